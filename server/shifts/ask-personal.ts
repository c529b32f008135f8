import type { Cover, Swap } from '../../shared/swaps.ts';
import type { Deps, Keeper } from '../deps.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { changedCover, coverTimerName, createAskStore, swapTimerName } from './ask-store.ts';

const isOfSwap = ({ by, to, takenBy }: Swap, memberId: string) => [by, to, takenBy].includes(memberId);
const isOfCover = ({ by, asked, takenBy }: Cover, memberId: string) =>
  by === memberId || takenBy === memberId || asked.includes(memberId);

/** What is kept of one member in offers and in who is asked: for handing it over, and for erasing it. */
export function askKeeper({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>): Keeper {
  const asks = createAskStore(redis);

  /** Somebody else's question goes on without them. */
  async function takeOut(neighbourhoodId: string, coverId: string, memberId: string): Promise<void> {
    for (;;) {
      const before = await asks.getCover(neighbourhoodId, coverId);
      if (before === null || !isOfCover(before, memberId)) return;
      const at = now();
      const asking = before.asking === memberId ? null : before.asking;
      const cover: Cover = {
        ...before,
        ...{ version: before.version + 1, asking, asked: before.asked.filter((id) => id !== memberId) },
        takenBy: before.takenBy === memberId ? null : before.takenBy,
        // The next is asked at once.
        until: before.state === 'asking' && asking === null ? at : before.until,
      };
      const { guard, writes } = changedCover(neighbourhoodId, cover, null, at);
      await eventLog.commit({
        ...{ neighbourhoodId, at, guards: [guard], writes, body: {} },
        // Nobody is told: what is asked next is an entry of its own.
        event: { type: 'entry.erased', by: null },
      });
    }
  }

  async function of(neighbourhoodId: string, memberId: string) {
    const [swaps, covers] = await Promise.all([
      asks.listSwaps(neighbourhoodId),
      asks.listCovers(neighbourhoodId),
    ]);
    return {
      swaps: swaps.filter((one) => isOfSwap(one, memberId)),
      covers: covers.filter((one) => isOfCover(one, memberId)),
    };
  }

  return {
    async handOver({ neighbourhoodId, memberId }) {
      const { swaps, covers } = await of(neighbourhoodId, memberId);
      // Whom else somebody's question went to is not theirs to take along.
      return {
        swaps,
        covers: covers.map(({ shiftId, at, state, until }) => ({ shiftId, at, state, until })),
      };
    },

    async erase({ neighbourhoodId, memberId }) {
      const keys = neighbourhoodKeys(neighbourhoodId);
      const { swaps, covers } = await of(neighbourhoodId, memberId);
      for (const { id } of swaps) {
        await redis.send(keys.swaps, 'HDEL', keys.swaps, id);
        await redis.send(keys.timers, 'ZREM', keys.timers, swapTimerName(neighbourhoodId, id));
      }
      for (const { id, by } of covers) {
        if (by !== memberId) await takeOut(neighbourhoodId, id, memberId);
        else {
          await redis.send(keys.covers, 'HDEL', keys.covers, id);
          await redis.send(keys.timers, 'ZREM', keys.timers, coverTimerName(neighbourhoodId, id));
        }
      }
      await redis.send(keys.coverAsked, 'HDEL', keys.coverAsked, memberId);
    },
  };
}
