import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { paced } from '../../client/state/paced.ts';

it('[CU22] a storm is drawn now and then, a single change at once, and the last one always', () => {
  const timers: (() => void)[] = [];
  const clock = {
    at: 0,
    now: () => clock.at,
    later: (_ms: number, run: () => void) => {
      timers.push(run);
      return () => {};
    },
  };
  const source = signal(0);
  const shown = paced(source, () => 100, clock);
  clock.at = 1000;
  source.value = 1;
  expect(shown.value).toBe(1);
  for (const value of [2, 3, 4]) {
    clock.at += 10;
    source.value = value;
  }
  expect(shown.value).toBe(1);
  expect(timers).toHaveLength(1);
  clock.at = 1100;
  timers[0]?.();
  expect(shown.value).toBe(4);
  clock.at = 1300;
  source.value = 5;
  expect(shown.value).toBe(5);
});

it('[CU22] what must not wait does not', () => {
  const source = signal({ room: 'a', count: 0 });
  const shown = paced(source, (next, old) => (next.room === old.room ? 1e9 : 0), {
    now: () => 0,
    later: () => () => {},
  });
  source.value = { room: 'a', count: 1 };
  source.value = { room: 'b', count: 0 };
  expect(shown.value.room).toBe('b');
});
