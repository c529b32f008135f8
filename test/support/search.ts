import { newId } from '../../server/ids.ts';
import { changedSearch } from '../../server/patrols/home-safe-store.ts';
import type { Redis } from '../../server/redis/client.ts';
import type { Search, SearchStep } from '../../shared/home-safe.ts';

/** A walker is looked for, without the hour that it takes to come so far. */
export async function seedSearch(
  redis: Redis,
  n: string,
  patrolId: string,
  memberId: string,
  step: SearchStep = 'everyone',
): Promise<string> {
  const search: Search = {
    ...{ id: newId(), version: 1, patrolId, memberId, step, beganAt: 1, lastAt: null },
    ...{ ownerId: null, dueAt: null, end: null },
  };
  for (const [command, key, ...args] of changedSearch(n, search).writes)
    await redis.send(key, command, key, ...args);
  return search.id;
}
