import type { Shift } from '../../shared/shifts.ts';
import { isOpenSwap } from '../../shared/swaps.ts';
import type { Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { coverIdOf, coverTimerName, createAskStore, swapTimerName } from './ask-store.ts';

/**
 * Gives what a commit writes beside a shift on which somebody may have no place any more: offers and questions about it
 * are looked at at once, and those without a place end, however the commit came about.
 */
export function createAskWaking(redis: Redis) {
  const asks = createAskStore(redis);
  return async (neighbourhoodId: string, { id: shiftId, signUps }: Shift, at: number): Promise<Write[]> => {
    const offers = (await asks.listSwaps(neighbourhoodId)).filter(
      (one) => isOpenSwap(one) && (one.shiftId === shiftId || one.forShiftId === shiftId),
    );
    const names = [
      ...signUps.map(({ memberId }) => coverTimerName(neighbourhoodId, coverIdOf(shiftId, memberId))),
      ...offers.map(({ id }) => swapTimerName(neighbourhoodId, id)),
    ];
    if (names.length === 0) return [];
    const { timers } = neighbourhoodKeys(neighbourhoodId);
    // Most were never asked for: only what has a timer is woken.
    return [['ZADD', timers, 'XX', ...names.flatMap((name) => [String(at), name])]];
  };
}
