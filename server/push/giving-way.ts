import type { InHand } from '../in-hand.ts';

export type GivingWayOptions = {
  /** Monotonic milliseconds. */
  clock?: () => number;
  /** While commands are in hand, it rests at most so many times as long as it works. */
  rests?: number;
};

/** What took longer in one go is made up for as if it had taken so long. */
const longestWorkMs = 2;

/**
 * Lets commands go first. Two threads that want one core take turns of some milliseconds, whatever their priority, and
 * a command has half a dozen steps that each may wait for a turn. So whoever tells phones asks here between any two
 * messages, and sleeps while a command is in hand: until none is, but no longer than its share, so that phones are
 * told, if slower, however many commands come.
 */
export function createGivingWay(
  inHand: InHand,
  { clock = () => performance.now(), rests = 3 }: GivingWayOptions = {},
): () => void {
  let since = clock();
  return function giveWay(): void {
    let count = Atomics.load(inHand, 0);
    const begun = clock();
    const end = begun + rests * Math.min(begun - since, longestWorkMs);
    for (let at = begun; count > 0 && at < end; at = clock()) {
      Atomics.wait(inHand, 0, count, end - at);
      count = Atomics.load(inHand, 0);
    }
    since = clock();
  };
}
