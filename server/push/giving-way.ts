import { begunBy, type InHand, nowInHand, sleepWhile } from '../in-hand.ts';

export type GivingWayOptions = {
  /** Monotonic milliseconds. */
  clock?: () => number;
  sleep?: typeof sleepWhile;
};

/** While commands are in hand it rests at most so many times as long as it works. */
const restsWhile = 3;
/**
 * So soon after a command the next may come: it rests so many times as long as it works, though none is in hand, or for as
 * short as the system can (on Linux some 0.1 ms, which is more than that for most messages).
 */
const soonMs = 500;
const restsBetween = 0.25;
/** What took longer in one go is made up for as if it had taken so long. */
const longestWorkMs = 2;

/**
 * Lets commands go first. Two threads that want one core take turns of some milliseconds, whatever their priority, and
 * a command has half a dozen steps that each may wait for a turn. So whoever tells phones asks here between any two
 * messages, and sleeps while a command is in hand: until none is, but no longer than its share, so that phones are
 * told, if slower, however many commands come. Where commands follow each other it also sleeps for a moment between
 * them: the next one, and what Redis and the disk still do for the last, find the core free at once.
 */
export function createGivingWay(inHand: InHand, options: GivingWayOptions = {}): () => void {
  const { clock = () => performance.now(), sleep = sleepWhile } = options;
  let since = clock();
  let begun = begunBy(inHand);
  let soonUntil = -Infinity;
  return function giveWay(): void {
    const at = clock();
    const worked = Math.min(at - since, longestWorkMs);
    if (begunBy(inHand) !== begun) soonUntil = at + soonMs;
    begun = begunBy(inHand);
    const end = at + restsWhile * worked;
    let count = nowInHand(inHand);
    if (count === 0 && at < soonUntil) {
      sleep(inHand, 0, restsBetween * worked);
      count = nowInHand(inHand);
    }
    // What is slept through is what was looked at: whoever ends the last one in between wakes nobody.
    for (let here = clock(); count > 0 && here < end; here = clock()) {
      sleep(inHand, count, end - here);
      count = nowInHand(inHand);
    }
    since = clock();
  };
}
