import { encodeEntity } from '../../server/eventlog/eventlog.ts';
import { newId } from '../../server/ids.ts';
import type { Redis } from '../../server/redis/client.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { type Drill, drillMs } from '../../shared/drills.ts';

/** A drill that goes on, which no list knows. */
export async function seedDrill(redis: Redis, n: string, memberId: string): Promise<string> {
  const { drills } = neighbourhoodKeys(n);
  const startedAt = Date.now();
  const drill: Drill = {
    ...{ id: newId(), version: 1, by: memberId, startedAt, endsAt: startedAt + drillMs, end: null },
  };
  await redis.send(drills, 'HSET', drills, drill.id, encodeEntity(drill));
  return drill.id;
}
