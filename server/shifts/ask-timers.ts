import type { Deps } from '../deps.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { changedCover, changedSwap, createAskStore } from './ask-store.ts';
import { passCover } from './cover.ts';
import { createShiftStore } from './store.ts';
import { passSwap } from './swap.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/**
 * The timer `swap:<neighbourhood>:<swap>`: an offer that nobody took in time, or of a place that is no more, is over, and
 * a week later forgotten.
 */
export function swapTimer({ redis, eventLog, now }: TimerDeps) {
  const asks = createAskStore(redis);
  const rota = createShiftStore(redis);
  return async (neighbourhoodId: string, swapId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const before = await asks.getSwap(neighbourhoodId, swapId);
      if (before === null) return null;
      const load = async (id: string | null) => (id === null ? null : await rota.get(neighbourhoodId, id));
      const [shift, forShift] = await Promise.all([load(before.shiftId), load(before.forShiftId)]);
      const next = passSwap(before, { shift, forShift }, at);
      if (next.kind === 'wait') return next.dueAt;
      if (next.kind === 'forget') {
        const { swaps } = neighbourhoodKeys(neighbourhoodId);
        await redis.send(swaps, 'HDEL', swaps, swapId);
        return null;
      }
      const change = changedSwap(neighbourhoodId, next.swap);
      await eventLog.commit({
        ...{ neighbourhoodId, at, guards: [change.guard], writes: change.writes, body: {} },
        event: { type: 'swap.closed', by: null, swap: next.swap, shifts: [] },
      });
      // Looked at once more, moved or committed.
    }
  };
}

/**
 * The timer `cover:<neighbourhood>:<cover>`: who was silent is passed over for the next, and where nobody is left all
 * are told. However often and wherever it runs, each step is done once.
 */
export function coverTimer({ redis, eventLog, now }: TimerDeps) {
  const asks = createAskStore(redis);
  const rota = createShiftStore(redis);
  return async (neighbourhoodId: string, coverId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const before = await asks.getCover(neighbourhoodId, coverId);
      if (before === null) return null;
      const [shift, volunteers] = await Promise.all([
        rota.get(neighbourhoodId, before.shiftId),
        asks.listVolunteers(neighbourhoodId, at),
      ]);
      const next = passCover(before, shift, volunteers, at);
      if (next.kind === 'wait') return next.dueAt;
      if (next.kind === 'forget') {
        const { covers } = neighbourhoodKeys(neighbourhoodId);
        await redis.send(covers, 'HDEL', covers, coverId);
        return null;
      }
      const { cover, kind } = next;
      const change = changedCover(neighbourhoodId, cover, shift, at);
      await eventLog.commit({
        ...{ neighbourhoodId, at, guards: [change.guard], writes: change.writes, body: {} },
        event: { type: `cover.${kind}`, by: null, cover, shift: kind === 'closed' ? shift : null },
      });
      // Looked at once more, moved or committed.
    }
  };
}
