import { newId } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys, partitionKeys, partitions } from '../redis/keys.ts';
import { asArray, asString, asStrings } from '../redis/reply.ts';

/** The neighbourhoods of one partition: each has its retention among the timers. */
async function neighbourhoodsOf(redis: Redis, partition: number): Promise<Set<string>> {
  const { timers } = partitionKeys(partition);
  const ids = new Set<string>();
  let cursor = '0';
  do {
    const [next, flat] = asArray(
      await redis.send(timers, 'ZSCAN', timers, cursor, 'MATCH', 'retention:*', 'COUNT', '500'),
    );
    cursor = asString(next);
    asStrings(flat ?? null).forEach((what, i) => {
      if (i % 2 === 0) ids.add(what.slice('retention:'.length));
    });
  } while (cursor !== '0');
  return ids;
}

/** Ids of all neighbourhoods. */
export async function listNeighbourhoodIds(redis: Redis): Promise<string[]> {
  const all: string[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    all.push(...(await neighbourhoodsOf(redis, partition)));
  }
  return all;
}

/**
 * Gives every log a new epoch, after entries were lost or a backup was restored: a seq may then name another entry
 * than before, so every device must start from a snapshot.
 * @returns how many logs there are
 */
export async function renewEpochs(redis: Redis): Promise<number> {
  const ids = await listNeighbourhoodIds(redis);
  for (const id of ids) {
    const { meta } = neighbourhoodKeys(id);
    await redis.send(meta, 'HSET', meta, 'epoch', newId());
  }
  return ids.length;
}
