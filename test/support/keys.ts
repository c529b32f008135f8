import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { scanKeys } from '../../server/redis/scan.ts';
import type { TestApp } from './app.ts';

/** Names of a neighbourhood's keys in which a text stands; what Redis keeps is JSON inside JSON here. */
export async function keysWith(
  { redis }: Pick<TestApp, 'redis'>,
  neighbourhoodId: string,
  text: string,
): Promise<string[]> {
  const { all, meta } = neighbourhoodKeys(neighbourhoodId);
  const found: string[] = [];
  for await (const names of scanKeys(redis, meta, all)) {
    for (const name of names) {
      const type = String(await redis.send(name, 'TYPE', name));
      const read: Record<string, string[]> = {
        hash: ['HGETALL', name],
        zset: ['ZRANGE', name, '0', '-1'],
        set: ['SMEMBERS', name],
        list: ['LRANGE', name, '0', '-1'],
        string: ['GET', name],
        stream: ['XRANGE', name, '-', '+'],
      };
      const [command = 'EXISTS', ...args] = read[type] ?? ['EXISTS', name];
      if (JSON.stringify(await redis.send(name, command, ...args)).includes(text)) found.push(name);
    }
  }
  return found;
}
