import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition, looking every 10 ms and later every 50, since each look takes from what it waits for; fails with the condition's own last error, or with what was waited for. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  { within = 30_000, what = 'the condition' }: { within?: number; what?: string } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + within;
  let last: unknown = null;
  for (let pause = 10; ; pause = Math.min(pause + 2, 50)) {
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
    await delay(pause);
  }
}

/**
 * As `eventually`, for what is promised within a time. Its clock is the pace of what answers: between two looks pass
 * 10 ms and one answer, so that a machine that is slow for the test, its server and its Redis alike gives them the
 * looks that an idle one would have given.
 * @param pace asks for an answer of those who are at work, which takes next to no time on an idle machine
 */
export async function promptly(
  look: () => boolean | Promise<boolean>,
  { ms, pace, what }: { ms: number; pace: () => Promise<unknown>; what: string },
): Promise<void> {
  for (let looks = 0; looks * 10 <= ms; looks += 1) {
    if (await look()) return;
    await delay(10);
    await pace();
  }
  throw new Error(`${what} did not come true within ${ms} ms`);
}
