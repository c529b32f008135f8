import { createEventLog } from '../../server/eventlog/eventlog.ts';
import { newId } from '../../server/ids.ts';
import { changedSearch } from '../../server/patrols/home-safe-store.ts';
import { changedPatrol } from '../../server/patrols/store.ts';
import { changedWord } from '../../server/shifts/store.ts';
import type { Redis } from '../../server/redis/client.ts';
import type { Search } from '../../shared/home-safe.ts';
import type { Patrol, PatrolChanged, PartnerCodeShown } from '../../shared/patrols.ts';
import type { Phone } from './phone.ts';

/** Members say that they want patrols. */
export async function wantPatrols(redis: Redis, n: string, memberIds: readonly string[]): Promise<void> {
  for (const memberId of memberIds) {
    const [command, key, ...args] = changedWord(n, { memberId, version: 1, word: 'agree', at: 1 }).write;
    await redis.send(key, command, key, ...args);
  }
}

/** Makes this member a volunteer. */
export const volunteer = (founder: Phone, n: string, memberId: string) =>
  founder.must(
    founder.send('PUT', `/api/neighbourhoods/${n}/members/${memberId}/role`, { role: 'volunteer' }),
  );

const path = (n: string, rest = '') => `/api/neighbourhoods/${n}/patrols${rest}`;

export async function startPatrol(phone: Phone, n: string, body: object = {}): Promise<Patrol> {
  return (await phone.must(phone.post<PatrolChanged>(path(n), body))).patrol;
}

/** One comes along with the code that the other's phone shows. */
export async function comeAlong(first: Phone, second: Phone, n: string, id: string): Promise<Patrol> {
  const { code } = await first.must(first.get<PartnerCodeShown>(path(n, `/${id}/code`)));
  return (await second.must(second.post<PatrolChanged>(path(n, `/${id}/walkers`), { code }))).patrol;
}

/** As if a round that was just begun had begun so many minutes ago: the server's own timers go by that. */
export async function beganAgo(redis: Redis, n: string, patrol: Patrol, minutes: number): Promise<Patrol> {
  const began = Date.now() - minutes * 60_000;
  const earlier = {
    ...patrol,
    version: patrol.version + 1,
    ...{ startedAt: began, runningSince: began },
    walkers: patrol.walkers.map((walker) => ({ ...walker, joinedAt: began })),
  };
  await createEventLog(redis).commit({
    ...{ neighbourhoodId: n, at: Date.now(), body: {} },
    event: { type: 'patrol.asked', by: null, patrol: earlier },
    ...changedPatrol(n, { ...patrol, state: 'gathering' }, earlier, Date.now()),
  });
  return earlier;
}

/** A walker did not answer, nor did anybody who was asked: as the last step leaves it. */
export async function lookedFor(redis: Redis, n: string, patrol: Patrol, memberId: string): Promise<Search> {
  const search: Search = {
    ...{ id: newId(), version: 1, patrolId: patrol.id, memberId, step: 'exhausted' },
    ...{ beganAt: Date.now(), lastAt: patrol.startedAt, ownerId: null, dueAt: null, end: null },
  };
  await createEventLog(redis).commit({
    ...{ neighbourhoodId: n, at: Date.now(), body: {} },
    event: { type: 'search.begun', by: null, search, checkIn: null, asked: [] },
    ...changedSearch(n, search),
  });
  return search;
}
