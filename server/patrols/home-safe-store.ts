import * as v from 'valibot';
import { CheckIn, Search, waitsFor } from '../../shared/home-safe.ts';
import { Member } from '../../shared/neighbourhoods.ts';
import { type Patrol, walkersOf } from '../../shared/patrols.ts';
import { Id } from '../../shared/text.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asStrings } from '../redis/reply.ts';
import { type Hidden, type HiddenSearch, searchSeenBy } from './hidden-search.ts';
import { checkInOf, isSearched, type Staff } from './home-safe.ts';
import { createPatrolStore } from './store.ts';
import { checkInTimerName } from './walker-timers.ts';

/** Members looked at at once. */
const page = 50;

export const StoredHidden: v.GenericSchema<unknown, HiddenSearch> = v.object({
  version: v.number(),
  searchId: Id,
  from: v.array(Id),
  seen: v.nullable(Search),
  // Those that were written before there was one lack it.
  name: v.optional(v.string(), ''),
});

export const checkInId = (patrolId: string, memberId: string) => derivedId('check-in', patrolId, memberId);

export const searchTimerName = (neighbourhoodId: string, searchId: string) =>
  `search:${neighbourhoodId}:${searchId}`;

/** Stands for a walker who is erased while they are looked for. */
export const nobodyId = (searchId: string) => derivedId('nobody', searchId);
/** Whether nothing but a name is left of whoever is, or was, looked for. */
export const isOfErased = ({ id, memberId, name }: Search): boolean =>
  name !== undefined && memberId === nobodyId(id);

/** Stores a check-in's next version with its timer. */
export function changedCheckIn(
  neighbourhoodId: string,
  checkIn: CheckIn,
): { guards: Guard[]; writes: Write[] } {
  const { checkIns, checkInTimes, timers } = neighbourhoodKeys(neighbourhoodId);
  const { id, version, patrolId, memberId, nextAt, since } = checkIn;
  const timer = checkInTimerName(neighbourhoodId, patrolId, memberId);
  return {
    guards: [{ key: checkIns, field: id, version: version - 1 }],
    writes: [
      ['HSET', checkIns, id, encodeEntity(checkIn)],
      ['ZADD', checkInTimes, String(since), id],
      nextAt === null ? ['ZREM', timers, timer] : ['ZADD', timers, String(nextAt), timer],
    ],
  };
}

/** Stores a search's next version with its timer and its indices. */
export function changedSearch(neighbourhoodId: string, search: Search): { guards: Guard[]; writes: Write[] } {
  const { searches, searchTimes, searchesOpen, timers } = neighbourhoodKeys(neighbourhoodId);
  const { id, version, beganAt, end, dueAt } = search;
  const timer = searchTimerName(neighbourhoodId, id);
  // Once it has ended nothing is left to do but to forget a name.
  const due = end === null ? dueAt : isOfErased(search) ? end.at : null;
  return {
    guards: [{ key: searches, field: id, version: version - 1 }],
    writes: [
      ['HSET', searches, id, encodeEntity(search)],
      ['ZADD', searchTimes, String(beganAt), id],
      end === null ? ['ZADD', searchesOpen, String(beganAt), id] : ['ZREM', searchesOpen, id],
      due === null ? ['ZREM', timers, timer] : ['ZADD', timers, String(due), timer],
    ],
  };
}

/** The guard that a search stays as it is. */
export const unchangedSearch = (neighbourhoodId: string, { id, version }: Search): Guard => ({
  key: neighbourhoodKeys(neighbourhoodId).searches,
  field: id,
  version,
});

/** Keeps from whom it is hidden that a search goes on. */
export function hiding(neighbourhoodId: string, hidden: HiddenSearch): { guards: Guard[]; writes: Write[] } {
  const { searchesHidden: key } = neighbourhoodKeys(neighbourhoodId);
  return {
    guards: [{ key, field: hidden.searchId, version: hidden.version - 1 }],
    writes: [['HSET', key, hidden.searchId, encodeEntity(hidden)]],
  };
}

/** The guard that nobody says anything of a walker meanwhile, nor begins to look for them. */
export const unchangedCheckIn = (neighbourhoodId: string, { id, version }: CheckIn): Guard => ({
  key: neighbourhoodKeys(neighbourhoodId).checkIns,
  field: id,
  version,
});

/** Reads who has said that they are well, and who is looked for. */
export function createHomeSafeStore(redis: Redis) {
  const patrols = createPatrolStore(redis);

  async function load<Schema extends v.GenericSchema>(key: string, ids: readonly string[], schema: Schema) {
    if (ids.length === 0) return [];
    const stored = asArray(await redis.send(key, 'HMGET', key, ...ids));
    return stored.map((value) =>
      typeof value === 'string' ? v.parse(schema, JSON.parse(entityJson(value))) : null,
    );
  }

  async function getCheckIn(neighbourhoodId: string, patrol: Patrol, memberId: string) {
    const id = checkInId(patrol.id, memberId);
    const [stored = null] = await load(neighbourhoodKeys(neighbourhoodId).checkIns, [id], CheckIn);
    return checkInOf(patrol, memberId, id, stored);
  }

  async function getSearch(neighbourhoodId: string, searchId: string): Promise<Search | null> {
    const [found = null] = await load(neighbourhoodKeys(neighbourhoodId).searches, [searchId], Search);
    return found;
  }

  async function getHidden(neighbourhoodId: string, searchId: string): Promise<HiddenSearch | null> {
    return (await listHidden(neighbourhoodId, [searchId]))[0] ?? null;
  }

  /** From whom it is hidden that these searches go on, or went on. */
  async function listHidden(neighbourhoodId: string, searchIds: readonly string[]): Promise<HiddenSearch[]> {
    const { searchesHidden } = neighbourhoodKeys(neighbourhoodId);
    return (await load(searchesHidden, searchIds, StoredHidden)).flatMap((hidden) => hidden ?? []);
  }

  /** Searches that go on; few, since each is a walker of a round. */
  async function openSearches(neighbourhoodId: string): Promise<Search[]> {
    const { searches, searchesOpen } = neighbourhoodKeys(neighbourhoodId);
    const ids = asStrings(await redis.send(searchesOpen, 'ZRANGE', searchesOpen, '0', '-1'));
    return (await load(searches, ids, Search)).flatMap((search) => search ?? []);
  }

  /** Whether anybody else could be asked at all, and whether volunteers could. */
  async function getRoles(neighbourhoodId: string, without: string) {
    const { memberOrder, members } = neighbourhoodKeys(neighbourhoodId);
    const roles = { volunteers: false, everyone: false };
    for (let from = 0; !roles.volunteers; from += page) {
      const range = ['ZRANGE', memberOrder, String(from), String(from + page - 1)];
      const ids = asStrings(await redis.send(memberOrder, ...range));
      for (const member of await load(members, ids, Member)) {
        if (member?.status !== 'active' || member.id === without) continue;
        roles.everyone = true;
        roles.volunteers ||= member.role !== 'resident';
      }
      if (ids.length < page) break;
    }
    return roles;
  }

  /**
   * Whom a search for a walker could ask. Who is overdue too is nobody to ask.
   * @param unasked who must not know of it
   */
  async function getStaff(
    neighbourhoodId: string,
    patrol: Patrol,
    memberId: string,
    unasked: readonly string[] = [],
  ): Promise<Staff> {
    const open = await patrols.open(neighbourhoodId);
    const { checkIns } = neighbourhoodKeys(neighbourhoodId);
    const others = patrol.walkers
      .map((walker) => walker.memberId)
      .filter((id) => id !== memberId && waitsFor(patrol, id) !== 'no');
    const walking = open
      .filter(({ id, state }) => id !== patrol.id && state === 'running')
      .flatMap((other) => walkersOf(other).map((id) => ({ id, patrolId: other.id })));
    const asked = [...new Set(others)].map((id) => ({ id, patrolId: patrol.id }));
    const named = [...asked, ...walking.filter(({ id }) => id !== memberId && !others.includes(id))];
    const states = await load(
      checkIns,
      named.map(({ id, patrolId }) => checkInId(patrolId, id)),
      CheckIn,
    );
    const reachable = named.filter(
      ({ id }, i) => !['overdue', 'searched'].includes(states[i]?.state ?? '') && !unasked.includes(id),
    );
    return {
      partners: reachable.filter(({ patrolId }) => patrolId === patrol.id).map(({ id }) => id),
      onDuty: reachable.filter(({ patrolId }) => patrolId !== patrol.id).map(({ id }) => id),
      ...(await getRoles(neighbourhoodId, memberId)),
    };
  }

  return {
    getPatrol: patrols.get,
    getCheckIn,
    getSearch,
    getHidden,
    listHidden,
    getStaff,

    /** What is kept of who must not see a search, with the name of whoever is looked for. */
    async withName(neighbourhoodId: string, { memberId }: Search, hidden: Hidden): Promise<HiddenSearch> {
      const [member] = await load(neighbourhoodKeys(neighbourhoodId).members, [memberId], Member);
      return { ...hidden, name: member?.name ?? '' };
    },

    /** The check-in that waits for the end of a search: of the round that they walk now, else of the search's. */
    async getWaiting(neighbourhoodId: string, patrol: Patrol, memberId: string) {
      const walked = await patrols.walkedBy(neighbourhoodId, memberId);
      const other =
        walked === null || walked === patrol.id ? null : await patrols.get(neighbourhoodId, walked);
      const now = other && (await getCheckIn(neighbourhoodId, other, memberId));
      if (other !== null && now !== null && isSearched(now)) return { round: other, checkIn: now };
      return { round: patrol, checkIn: await getCheckIn(neighbourhoodId, patrol, memberId) };
    },

    /** The search for a walker that goes on, as the server and as they themselves see it. */
    async searchFor(neighbourhoodId: string, memberId: string) {
      const search = (await openSearches(neighbourhoodId)).find((one) => one.memberId === memberId) ?? null;
      const hidden = search === null ? null : await getHidden(neighbourhoodId, search.id);
      const seen = search === null ? null : searchSeenBy(search, hidden, memberId);
      return { search, seen: seen?.end === null ? seen : null };
    },

    /** What of this goes into a snapshot: of rounds that are known, and searches that go on, as the member may see them. */
    async forSnapshot(neighbourhoodId: string, known: readonly Patrol[], memberId: string) {
      const { checkIns, searchesHidden } = neighbourhoodKeys(neighbourhoodId);
      const ids = known.flatMap(({ id, walkers }) => walkers.map((walker) => checkInId(id, walker.memberId)));
      const [found, searches] = await Promise.all([
        load(checkIns, [...new Set(ids)], CheckIn),
        openSearches(neighbourhoodId),
      ]);
      const hidden = await load(
        searchesHidden,
        searches.map(({ id }) => id),
        StoredHidden,
      );
      return {
        checkIns: found.flatMap((checkIn) => checkIn ?? []),
        searches: searches.flatMap((search, i) => searchSeenBy(search, hidden[i] ?? null, memberId) ?? []),
      };
    },
  };
}
