import type { Redis } from './client.ts';
import { asArray, asString, asStrings } from './reply.ts';

/**
 * Names of keys, a page at a time: Redis serves others between. It looks through all keys of a node, so this is for
 * what happens rarely.
 * @param slot a key of the slot that the names share
 * @param pattern Redis' own: ids hold none of its characters
 */
export async function* scanKeys(redis: Redis, slot: string, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, names] = asArray(await redis.send(slot, 'SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000'));
    cursor = asString(next);
    const found = asStrings(names ?? null);
    if (found.length > 0) yield found;
  } while (cursor !== '0');
}

/** Members of a set, a page at a time. One may come twice while the set grows. */
export async function* scanSet(redis: Redis, key: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, members] = asArray(await redis.send(key, 'SSCAN', key, cursor, 'COUNT', '500'));
    cursor = asString(next);
    const found = asStrings(members ?? null);
    if (found.length > 0) yield found;
  } while (cursor !== '0');
}

/** Fields and values of a hash, a page at a time. A field may come twice while the hash grows. */
export async function* scanHash(redis: Redis, key: string): AsyncGenerator<[field: string, value: string][]> {
  let cursor = '0';
  do {
    const [next, flat] = asArray(await redis.send(key, 'HSCAN', key, cursor, 'COUNT', '500'));
    cursor = asString(next);
    const values = asStrings(flat ?? null);
    const pairs: [string, string][] = [];
    for (let i = 0; i + 1 < values.length; i += 2) pairs.push([values[i] ?? '', values[i + 1] ?? '']);
    if (pairs.length > 0) yield pairs;
  } while (cursor !== '0');
}
