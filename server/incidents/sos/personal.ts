import type { Deps, Keeper } from '../../deps.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { createSosStore, lastField, walkTimerName } from './store.ts';

/** What is kept of one member for their SOS: for handing it over, and for erasing it. Codes are nobody's to take along. */
export function sosKeeper({ redis }: Pick<Deps, 'redis'>): Keeper {
  const store = createSosStore(redis);
  return {
    async handOver({ neighbourhoodId, memberId }) {
      const [{ sharing, codes }, walk] = await Promise.all([
        store.getSettings(neighbourhoodId, memberId),
        store.getWalk(neighbourhoodId, memberId),
      ]);
      return { sos: { sharing, hasCodes: codes !== null, walk } };
    },

    async erase({ neighbourhoodId, memberId }) {
      const { sos, sosSettings, walks, timers } = neighbourhoodKeys(neighbourhoodId);
      await redis.send(timers, 'ZREM', timers, walkTimerName(neighbourhoodId, memberId));
      await redis.send(walks, 'HDEL', walks, memberId);
      await redis.send(sosSettings, 'HDEL', sosSettings, memberId);
      await redis.send(sos, 'HDEL', sos, lastField(memberId));
    },
  };
}
