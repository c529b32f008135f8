import * as v from 'valibot';
import { Member } from '../../shared/neighbourhoods.ts';
import type { Shift } from '../../shared/shifts.ts';
import { Cover, Swap } from '../../shared/swaps.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';
import { type Candidate, coverDueAt } from './cover.ts';
import { isNewcomer } from './shift.ts';
import { createShiftStore } from './store.ts';
import { swapDueAt } from './swap.ts';

const parse = <Schema extends v.GenericSchema>(schema: Schema, stored: string): v.InferOutput<Schema> =>
  v.parse(schema, JSON.parse(entityJson(stored)));

type Change = { guard: Guard; writes: Write[] };

/** One a shift and member: who asks again asks for the same. */
export const coverIdOf = (shiftId: string, memberId: string) => derivedId('cover', shiftId, memberId);

export const swapTimerName = (neighbourhoodId: string, swapId: string) => `swap:${neighbourhoodId}:${swapId}`;
export const coverTimerName = (neighbourhoodId: string, coverId: string) =>
  `cover:${neighbourhoodId}:${coverId}`;

/** Stores an offer's next version, with when time looks at it. */
export function changedSwap(neighbourhoodId: string, swap: Swap): Change {
  const { swaps, timers } = neighbourhoodKeys(neighbourhoodId);
  return {
    guard: { key: swaps, field: swap.id, version: swap.version - 1 },
    writes: [
      ['HSET', swaps, swap.id, encodeEntity(swap)],
      ['ZADD', timers, String(swapDueAt(swap)), swapTimerName(neighbourhoodId, swap.id)],
    ],
  };
}

/** Stores the next version of who is asked for a place, with when time looks at it, and that they were asked. */
export function changedCover(neighbourhoodId: string, cover: Cover, shift: Shift | null, at: number): Change {
  const { covers, coverAsked, timers } = neighbourhoodKeys(neighbourhoodId);
  return {
    guard: { key: covers, field: cover.id, version: cover.version - 1 },
    writes: [
      ['HSET', covers, cover.id, encodeEntity(cover)],
      ['ZADD', timers, String(coverDueAt(cover, shift)), coverTimerName(neighbourhoodId, cover.id)],
      ...(cover.asking === null ? [] : [['HSET', coverAsked, cover.asking, String(at)] satisfies Write]),
    ],
  };
}

/** Reads places that are offered and asked for, and who could be asked. */
export function createAskStore(redis: Redis) {
  const rota = createShiftStore(redis);

  async function list<Schema extends v.GenericSchema>(key: string, schema: Schema) {
    const found = new Map<string, v.InferOutput<Schema>>();
    for await (const page of scanHash(redis, key))
      for (const [id, stored] of page) found.set(id, parse(schema, stored));
    return [...found.values()];
  }

  async function getCovers(neighbourhoodId: string, ids: readonly string[]): Promise<Cover[]> {
    if (ids.length === 0) return [];
    const { covers } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(covers, 'HMGET', covers, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(Cover, value)] : []));
  }

  return {
    getCovers,

    async getSwap(neighbourhoodId: string, swapId: string): Promise<Swap | null> {
      const { swaps } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(swaps, 'HGET', swaps, swapId));
      return stored === null ? null : parse(Swap, stored);
    },

    async getCover(neighbourhoodId: string, coverId: string): Promise<Cover | null> {
      return (await getCovers(neighbourhoodId, [coverId]))[0] ?? null;
    },

    /** Whose place on this shift was asked for. */
    coversOf: (neighbourhoodId: string, { id, signUps }: Shift): Promise<Cover[]> =>
      getCovers(
        neighbourhoodId,
        signUps.map(({ memberId }) => coverIdOf(id, memberId)),
      ),

    /** Those that stand, and those that were over lately: a week later their timers forget them. */
    listSwaps: (neighbourhoodId: string): Promise<Swap[]> =>
      list(neighbourhoodKeys(neighbourhoodId).swaps, Swap),
    listCovers: (neighbourhoodId: string): Promise<Cover[]> =>
      list(neighbourhoodKeys(neighbourhoodId).covers, Cover),

    /** All volunteers and coordinators, with what decides whether they are free. */
    async listVolunteers(neighbourhoodId: string, at: number): Promise<Candidate[]> {
      const { members, coverAsked, hoursServed } = neighbourhoodKeys(neighbourhoodId);
      const volunteers = (await list(members, Member)).filter(
        ({ status, role }) => status === 'active' && role !== 'resident',
      );
      if (volunteers.length === 0) return [];
      const ids = volunteers.map(({ id }) => id);
      const [commitments, asked, served] = await Promise.all([
        rota.listCommitments(neighbourhoodId, ids),
        redis.send(coverAsked, 'HMGET', coverAsked, ...ids).then(asArray),
        redis.send(hoursServed, 'HMGET', hoursServed, ...ids).then(asArray),
      ]);
      return volunteers.map((member, i) => ({
        memberId: member.id,
        commitments: commitments[i] ?? { memberId: member.id, version: 0, shifts: [] },
        newcomer: isNewcomer(member, Number(served[i] ?? '0'), at),
        askedAt: Number(asked[i] ?? '0'),
      }));
    },
  };
}
