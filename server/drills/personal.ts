import type { Drill } from '../../shared/drills.ts';
import type { Deps, Keeper } from '../deps.ts';
import { encodeEntity } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';
import { createDrillStore } from './store.ts';

const day = 24 * 3600 * 1000;
/** More than there can be within the longest retention: six days lie between two. */
const all = 1000;

type KeeperDeps = Pick<Deps, 'redis' | 'now'>;

const names = ({ by, end }: Drill, memberId: string) => by === memberId || end?.by === memberId;

/** What is kept of one member's drills: for handing it over, and for erasing it. */
export function drillKeeper({ redis }: Pick<KeeperDeps, 'redis'>): Keeper {
  const store = createDrillStore(redis);
  return {
    async handOver({ neighbourhoodId, memberId }) {
      const drills = await store.list(neighbourhoodId, all);
      const own = drills.filter(({ by }) => by === memberId);
      return { drills: own.map(({ id, startedAt }) => ({ id, startedAt })) };
    },

    /** That there was a drill stays, without who held it; which devices it was sent to goes. */
    async erase({ neighbourhoodId, memberId }) {
      const { drills, drillDevices } = neighbourhoodKeys(neighbourhoodId);
      for (const drill of await store.list(neighbourhoodId, all)) {
        const key = drillDevices(drill.id);
        await redis.send(key, 'ZREMRANGEBYLEX', key, `[${memberId} `, `(${memberId}!`);
        if (!names(drill, memberId)) continue;
        const { version, by, end } = drill;
        const without: Drill = {
          ...{ ...drill, version: version + 1, by: by === memberId ? null : by },
          end: end === null ? null : { ...end, by: end.by === memberId ? null : end.by },
        };
        await redis.send(drills, 'HSET', drills, drill.id, encodeEntity(without));
      }
    },
  };
}

/** Forgets drills after so many days; which devices they were sent to goes by itself, sooner. */
export function forgetDrills({ redis, now }: KeeperDeps) {
  return async (neighbourhoodId: string, days: number): Promise<void> => {
    const { drills, drillTimes } = neighbourhoodKeys(neighbourhoodId);
    const until = String(now() - days * day);
    const ids = asStrings(await redis.send(drillTimes, 'ZRANGE', drillTimes, '-inf', until, 'BYSCORE'));
    if (ids.length === 0) return;
    await redis.send(drills, 'HDEL', drills, ...ids);
    // Last: what a crash leaves is found again.
    await redis.send(drillTimes, 'ZREM', drillTimes, ...ids);
  };
}
