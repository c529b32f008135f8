import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition, looking every 10 ms; fails with the condition's own last error, or with what was waited for. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  { within = 10_000, what = 'the condition' }: { within?: number; what?: string } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + within;
  let last: unknown = null;
  for (;;) {
    try {
      const result = await look();
      if (result !== false && result !== null && result !== undefined) {
        return result as Exclude<T, false | null | undefined>;
      }
      last = null;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw last ?? new Error(`${what} did not come true within ${within} ms`);
    await delay(10);
  }
}
