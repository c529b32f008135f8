import * as v from 'valibot';
import { Blocking, Patrol, silenceMs, patrolMs, walkersOf } from '../../shared/patrols.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asStrings } from '../redis/reply.ts';
import { dueAt } from './patrol.ts';
import { newWalkersTimers } from './walker-timers.ts';

/** Those that ended so long ago are still told to whoever opens the map. */
export const recentMs = 24 * 3600 * 1000;
const mostRecent = 100;
/** More never started in the same millisecond. */
const mostAtOnce = 50;

const parse = (stored: string) => v.parse(Patrol, JSON.parse(entityJson(stored)));

/** The patrol that a member walks. */
const Walking = v.object({ version: v.number(), patrolId: v.string() });
const walking = (patrolId: string): v.InferOutput<typeof Walking> => ({ version: 1, patrolId });
const StoredBlocking = v.object({ version: v.number(), ...Blocking.entries });
export type StoredBlocking = v.InferOutput<typeof StoredBlocking>;

export const timerName = (neighbourhoodId: string, patrolId: string) =>
  `patrol:${neighbourhoodId}:${patrolId}`;

/**
 * Stores a patrol's next version with its timer and its indices; `countedRound` goes with it where the round may end.
 * Who comes must walk no other one at that moment.
 * @param before null for a new one
 */
export function changedPatrol(
  neighbourhoodId: string,
  before: Patrol | null,
  patrol: Patrol,
  at: number,
): { guards: Guard[]; writes: Write[] } {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const { id, startedAt } = patrol;
  const was = before === null ? [] : walkersOf(before);
  const is = walkersOf(patrol);
  const came = is.filter((memberId) => !was.includes(memberId));
  const went = was.filter((memberId) => !is.includes(memberId));
  const due = dueAt(patrol, at);
  const timer = timerName(neighbourhoodId, id);
  const open = patrol.state !== 'ended';
  return {
    guards: [
      { key: keys.patrols, field: id, version: patrol.version - 1 },
      ...came.map((memberId) => ({ key: keys.patrolOf, field: memberId, version: 0 })),
    ],
    writes: [
      ['HSET', keys.patrols, id, encodeEntity(patrol)],
      ...(before === null ? [['ZADD', keys.patrolTimes, String(startedAt), id] satisfies Write] : []),
      open ? ['ZADD', keys.patrolsOpen, String(startedAt), id] : ['ZREM', keys.patrolsOpen, id],
      due === null ? ['ZREM', keys.timers, timer] : ['ZADD', keys.timers, String(due), timer],
      ...came.map((memberId): Write => ['HSET', keys.patrolOf, memberId, encodeEntity(walking(id))]),
      ...(went.length > 0 ? [['HDEL', keys.patrolOf, ...went] satisfies Write] : []),
      ...(open ? [] : [keys.patrolHeard(id), keys.patrolVisits(id)].map((key): Write => ['UNLINK', key])),
      ...newWalkersTimers(neighbourhoodId, before, patrol),
    ],
  };
}

/** Keeps that a round reached a checkpoint, until it ends and without when. */
export function countedVisit(
  neighbourhoodId: string,
  patrolId: string,
  checkpointId: string,
): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).patrolVisits(patrolId);
  return {
    guard: { key, field: checkpointId, version: 0 },
    write: ['HSET', key, checkpointId, encodeEntity({ version: 1 })],
  };
}

/** Reads patrols, and what belongs to them. */
export function createPatrolStore(redis: Redis) {
  async function load(neighbourhoodId: string, ids: readonly string[]): Promise<Patrol[]> {
    if (ids.length === 0) return [];
    const { patrols } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(patrols, 'HMGET', patrols, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(value)] : []));
  }

  async function openIds(neighbourhoodId: string): Promise<string[]> {
    const { patrolsOpen } = neighbourhoodKeys(neighbourhoodId);
    // Bounded by `mostOpen`.
    return asStrings(await redis.send(patrolsOpen, 'ZRANGE', patrolsOpen, '0', '-1'));
  }

  async function getBlocking(neighbourhoodId: string, memberId: string): Promise<StoredBlocking> {
    const { patrolBlocking: key } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(key, 'HGET', key, memberId));
    return stored === null
      ? { version: 0, blocked: [] }
      : v.parse(StoredBlocking, JSON.parse(entityJson(stored)));
  }

  return {
    get: async (neighbourhoodId: string, id: string): Promise<Patrol | null> =>
      (await load(neighbourhoodId, [id]))[0] ?? null,

    /** Those that gather or run. */
    open: async (neighbourhoodId: string): Promise<Patrol[]> =>
      await load(neighbourhoodId, await openIds(neighbourhoodId)),

    countOpen: async (neighbourhoodId: string): Promise<number> => (await openIds(neighbourhoodId)).length,

    /** Those that gather or run, and those that started lately, oldest first. */
    async openOrRecent(neighbourhoodId: string, since: number): Promise<Patrol[]> {
      const { patrolTimes } = neighbourhoodKeys(neighbourhoodId);
      const range = ['+inf', String(since), 'BYSCORE', 'REV', 'LIMIT', '0', String(mostRecent)];
      const recent = asStrings(await redis.send(patrolTimes, 'ZRANGE', patrolTimes, ...range));
      const ids = new Set([...(await openIds(neighbourhoodId)), ...recent]);
      const found = await load(neighbourhoodId, [...ids]);
      return found.toSorted((a, b) => a.startedAt - b.startedAt);
    },

    /**
     * Those that started before the cursor, the newest first, whatever became of them.
     * @returns where to go on; null at the end
     */
    async page(
      neighbourhoodId: string,
      cursor: string | null,
      size: number,
    ): Promise<{ patrols: Patrol[]; cursor: string | null }> {
      const { patrolTimes: key } = neighbourhoodKeys(neighbourhoodId);
      const [startedAt = '+inf', last = ''] = cursor?.split('~') ?? [];
      const range = [startedAt, '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', String(size + mostAtOnce)];
      const found = asStrings(await redis.send(key, 'ZRANGE', key, ...range));
      // Those of the cursor's own moment come in the order of their ids, the greatest first.
      const ids = found.slice(found.indexOf(last) + 1, found.indexOf(last) + 1 + size);
      const patrols = await load(neighbourhoodId, ids);
      const end = patrols.at(-1);
      const more = ids.length === size && end !== undefined;
      return { patrols, cursor: more ? `${end.startedAt}~${end.id}` : null };
    },

    /** The patrol that the member walks, or gathers for; null where none. */
    async walkedBy(neighbourhoodId: string, memberId: string): Promise<string | null> {
      const { patrolOf } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(patrolOf, 'HGET', patrolOf, memberId));
      return stored === null ? null : v.parse(Walking, JSON.parse(entityJson(stored))).patrolId;
    },

    /** When a position of its walkers last came; null where none did. */
    async heardAt(neighbourhoodId: string, patrolId: string): Promise<number | null> {
      const key = neighbourhoodKeys(neighbourhoodId).patrolHeard(patrolId);
      const stored = asNullableString(await redis.send(key, 'GET', key));
      return stored === null ? null : Number(stored);
    },

    /** Whether the round, which has not ended, reached the checkpoint. */
    async hasVisited(neighbourhoodId: string, patrolId: string, checkpointId: string): Promise<boolean> {
      const key = neighbourhoodKeys(neighbourhoodId).patrolVisits(patrolId);
      return (await redis.send(key, 'HEXISTS', key, checkpointId)) === 1;
    },

    /** Notes that a position came: the time, and never which. */
    async hear(neighbourhoodId: string, patrolId: string, at: number): Promise<void> {
      const key = neighbourhoodKeys(neighbourhoodId).patrolHeard(patrolId);
      await redis.send(key, 'SET', key, String(at), 'PX', String(patrolMs + silenceMs));
    },

    getBlocking,

    /** Whom each of these members is not shown to. */
    async blocked(neighbourhoodId: string, memberIds: readonly string[]) {
      const { patrolBlocking: key } = neighbourhoodKeys(neighbourhoodId);
      const stored = memberIds.length === 0 ? [] : asArray(await redis.send(key, 'HMGET', key, ...memberIds));
      return new Map(
        memberIds.map((id, i): [string, readonly string[]] => {
          const value = stored[i];
          if (typeof value !== 'string') return [id, []];
          return [id, v.parse(StoredBlocking, JSON.parse(entityJson(value))).blocked];
        }),
      );
    },
  };
}
