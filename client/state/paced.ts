import { effect, type ReadonlySignal, signal } from '@preact/signals';

type Clock = { now: () => number; later: (ms: number, run: () => void) => () => void };

/**
 * Follows a signal: at once while changes are rare, and at most every `pause` milliseconds in a storm, always ending
 * with the latest value. What is drawn from thousands of items must not be drawn again for each of them.
 */
export function paced<Value>(
  source: ReadonlySignal<Value>,
  pause: (next: Value, shown: Value) => number,
  clock: Clock,
): ReadonlySignal<Value> {
  const shown = signal(source.peek());
  let changedAt = -Infinity;
  let waiting = false;
  const show = () => {
    shown.value = source.peek();
    changedAt = clock.now();
  };
  effect(() => {
    const next = source.value;
    const wait = changedAt + pause(next, shown.peek()) - clock.now();
    if (wait <= 0) show();
    else if (!waiting) {
      waiting = true;
      clock.later(wait, () => {
        waiting = false;
        show();
      });
    }
  });
  return shown;
}
