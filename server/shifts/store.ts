import * as v from 'valibot';
import { type Consent, consentOf } from '../../shared/consent.ts';
import { Commitments } from '../../shared/duty.ts';
import { Member } from '../../shared/neighbourhoods.ts';
import { longestShiftMs, PatrolWord, Shift, ShiftSeries, snapshotDays } from '../../shared/shifts.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber, asStrings } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';

const day = 24 * 3600 * 1000;
/** Shifts in one answer. */
export const mostShifts = 500;

const parse = <Schema extends v.GenericSchema>(schema: Schema, stored: string): v.InferOutput<Schema> =>
  v.parse(schema, JSON.parse(entityJson(stored)));

type Change = { guard: Guard; writes: Write[] };

export const shiftTimerName = (neighbourhoodId: string, shiftId: string) =>
  `shift:${neighbourhoodId}:${shiftId}`;

/**
 * Stores a shift's next version.
 * @param dueAt when its timer looks at it; null: never again
 */
export function changedShift(neighbourhoodId: string, shift: Shift, dueAt: number | null): Change {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const timer = shiftTimerName(neighbourhoodId, shift.id);
  const startsAt = String(shift.startsAt);
  const ofSeries = shift.seriesId === null ? null : keys.seriesShifts(shift.seriesId);
  return {
    guard: { key: keys.shifts, field: shift.id, version: shift.version - 1 },
    writes: [
      ['HSET', keys.shifts, shift.id, encodeEntity(shift)],
      ['ZADD', keys.shiftTimes, startsAt, shift.id],
      ...(ofSeries === null ? [] : [['ZADD', ofSeries, startsAt, shift.id] satisfies Write]),
      dueAt === null ? ['ZREM', keys.timers, timer] : ['ZADD', keys.timers, String(dueAt), timer],
    ],
  };
}

/** Takes a shift out that nobody is signed up for, or that is over and forgotten. */
export function goneShift(neighbourhoodId: string, { id, version, seriesId }: Shift): Change {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const ofSeries = seriesId === null ? null : keys.seriesShifts(seriesId);
  return {
    guard: { key: keys.shifts, field: id, version },
    writes: [
      ['HDEL', keys.shifts, id],
      ['ZREM', keys.shiftTimes, id],
      ...(ofSeries === null ? [] : [['ZREM', ofSeries, id] satisfies Write]),
      ['ZREM', keys.timers, shiftTimerName(neighbourhoodId, id)],
    ],
  };
}

/** Stores what a member is signed up for. */
export function changedCommitments(
  neighbourhoodId: string,
  commitments: Commitments,
): { guard: Guard; write: Write } {
  const { commitments: key } = neighbourhoodKeys(neighbourhoodId);
  const { memberId, version } = commitments;
  return {
    guard: { key, field: memberId, version: version - 1 },
    write: ['HSET', key, memberId, encodeEntity(commitments)],
  };
}

/** Stores a member's word on patrols. */
export function changedWord(neighbourhoodId: string, word: PatrolWord): { guard: Guard; write: Write } {
  const { patrolWords: key } = neighbourhoodKeys(neighbourhoodId);
  return {
    guard: { key, field: word.memberId, version: word.version - 1 },
    write: ['HSET', key, word.memberId, encodeEntity(word)],
  };
}

/** Reads shifts, series, who is signed up for what, and whether there are patrols at all. */
export function createShiftStore(redis: Redis) {
  /** Those of these that are there, in this order. */
  async function load(neighbourhoodId: string, ids: readonly string[]): Promise<Shift[]> {
    if (ids.length === 0) return [];
    const { shifts } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(shifts, 'HMGET', shifts, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(Shift, value)] : []));
  }

  /** Shifts that are not over at `from` and start before `to`, the earliest first. */
  async function between(
    neighbourhoodId: string,
    from: number,
    to: number,
    limit = mostShifts,
  ): Promise<Shift[]> {
    const { shiftTimes } = neighbourhoodKeys(neighbourhoodId);
    const range = ['ZRANGE', shiftTimes, String(from - longestShiftMs), `(${to}`, 'BYSCORE'];
    const ids = asStrings(await redis.send(shiftTimes, ...range, 'LIMIT', '0', String(limit)));
    return (await load(neighbourhoodId, ids)).filter(({ endsAt }) => endsAt > from);
  }

  async function getCommitments(neighbourhoodId: string, memberId: string): Promise<Commitments> {
    const [found] = await listCommitments(neighbourhoodId, [memberId]);
    return found ?? { memberId, version: 0, shifts: [] };
  }

  /** One for each of these members, in this order. */
  async function listCommitments(
    neighbourhoodId: string,
    memberIds: readonly string[],
  ): Promise<Commitments[]> {
    if (memberIds.length === 0) return [];
    const { commitments: key } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(key, 'HMGET', key, ...memberIds));
    return memberIds.map((memberId, i) => {
      const value = stored[i];
      return typeof value === 'string' ? parse(Commitments, value) : { memberId, version: 0, shifts: [] };
    });
  }

  async function listSeries(neighbourhoodId: string): Promise<ShiftSeries[]> {
    const found = new Map<string, ShiftSeries>();
    for await (const page of scanHash(redis, neighbourhoodKeys(neighbourhoodId).shiftSeries)) {
      for (const [id, stored] of page) found.set(id, parse(ShiftSeries, stored));
    }
    return [...found.values()].toSorted((a, b) => a.plannedAt - b.plannedAt);
  }

  /** Of active members: what the others said counts no more. */
  async function listWords(neighbourhoodId: string): Promise<PatrolWord[]> {
    const { patrolWords, members } = neighbourhoodKeys(neighbourhoodId);
    const found = new Map<string, PatrolWord>();
    for await (const page of scanHash(redis, patrolWords)) {
      const stored = asArray(await redis.send(members, 'HMGET', members, ...page.map(([id]) => id)));
      page.forEach(([id, word], i) => {
        const member = stored[i];
        if (typeof member === 'string' && parse(Member, member).status === 'active')
          found.set(id, parse(PatrolWord, word));
      });
    }
    return [...found.values()].toSorted((a, b) => a.at - b.at);
  }

  return {
    load,
    between,
    getCommitments,
    listCommitments,
    listSeries,
    listWords,

    async get(neighbourhoodId: string, shiftId: string): Promise<Shift | null> {
      return (await load(neighbourhoodId, [shiftId]))[0] ?? null;
    },

    /** All of a series that are there and not over, the earliest first; bounded by how far ahead a series is made. */
    async ofSeries(neighbourhoodId: string, seriesId: string, from: number): Promise<Shift[]> {
      const key = neighbourhoodKeys(neighbourhoodId).seriesShifts(seriesId);
      const range = ['ZRANGE', key, String(from - longestShiftMs), '+inf', 'BYSCORE'];
      const ids = asStrings(await redis.send(key, ...range, 'LIMIT', '0', String(mostShifts)));
      return await load(neighbourhoodId, ids);
    },

    /** What a snapshot tells a member: the shifts of the coming two weeks, and theirs. */
    async forSnapshot(neighbourhoodId: string, memberId: string, at: number): Promise<Shift[]> {
      const [soon, { shifts }] = await Promise.all([
        between(neighbourhoodId, at - day, at + snapshotDays * day),
        getCommitments(neighbourhoodId, memberId),
      ]);
      const known = new Set(soon.map(({ id }) => id));
      const mine = shifts.map(({ shiftId }) => shiftId).filter((id) => !known.has(id));
      return [...soon, ...(await load(neighbourhoodId, mine))];
    },

    async getSeries(neighbourhoodId: string, seriesId: string): Promise<ShiftSeries | null> {
      const { shiftSeries } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(shiftSeries, 'HGET', shiftSeries, seriesId));
      return stored === null ? null : parse(ShiftSeries, stored);
    },

    async getWord(neighbourhoodId: string, memberId: string): Promise<PatrolWord | null> {
      const { patrolWords } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(patrolWords, 'HGET', patrolWords, memberId));
      return stored === null ? null : parse(PatrolWord, stored);
    },

    /** Whether there are patrols here, by what the members say now. */
    async getConsent(neighbourhoodId: string): Promise<Consent> {
      const { memberOrder } = neighbourhoodKeys(neighbourhoodId);
      const [words, active] = await Promise.all([
        listWords(neighbourhoodId),
        redis.send(memberOrder, 'ZCARD', memberOrder),
      ]);
      return consentOf(words, asNumber(active));
    },

    /** Milliseconds of the shifts that a member has served. */
    async getServed(neighbourhoodId: string, memberId: string): Promise<number> {
      const { hoursServed } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(hoursServed, 'HGET', hoursServed, memberId));
      return Number(stored ?? '0');
    },
  };
}
