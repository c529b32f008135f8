import * as v from 'valibot';
import { Drill, type DrillFigures, drillReminderMs, type DrillStep } from '../../shared/drills.ts';
import { Member } from '../../shared/neighbourhoods.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import { reachSeconds } from '../eventlog/reach.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asStrings } from '../redis/reply.ts';
import { type Reached, stepOf } from './drill.ts';

/** Members, or devices, looked at at once. */
const page = 500;
const mostListed = 12;
/** The field that the newest drill is guarded by: of two that are started at once one finds the other. */
const newest = 'newest';

const parse = (stored: string) => v.parse(Drill, JSON.parse(entityJson(stored)));

/** Stores a drill's next version, with its timers. @param last the newest before, where this one is new */
export function changedDrill(
  neighbourhoodId: string,
  drill: Drill,
  last: Drill | null = null,
): { guards: Guard[]; writes: Write[] } {
  const { drills, drillTimes, timers } = neighbourhoodKeys(neighbourhoodId);
  const { id, version, startedAt, endsAt, end } = drill;
  const timer = `drill:${neighbourhoodId}:${id}`;
  const guards: Guard[] = [{ key: drills, field: id, version: version - 1 }];
  const writes: Write[] = [
    ['HSET', drills, id, encodeEntity(drill)],
    end === null ? ['ZADD', timers, String(endsAt), timer] : ['ZREM', timers, timer],
  ];
  if (version > 1) return { guards, writes };
  return {
    // A time only grows, and so is a version of its own.
    guards: [...guards, { key: drills, field: newest, version: last?.startedAt ?? 0 }],
    writes: [
      ...writes,
      ['ZADD', drillTimes, String(startedAt), id],
      ['HSET', drills, newest, `${startedAt}|{}`],
      ['ZADD', timers, String(startedAt + drillReminderMs), `drill-due:${neighbourhoodId}`],
    ],
  };
}

/** Reads drills, and how far they got. */
export function createDrillStore(redis: Redis) {
  async function get(neighbourhoodId: string, drillId: string): Promise<Drill | null> {
    const { drills } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(drills, 'HGET', drills, drillId));
    return stored === null ? null : parse(stored);
  }

  /** The newest first. */
  async function list(neighbourhoodId: string, most = mostListed): Promise<Drill[]> {
    const { drills, drillTimes } = neighbourhoodKeys(neighbourhoodId);
    const range = ['0', String(most - 1), 'REV'];
    const ids = asStrings(await redis.send(drillTimes, 'ZRANGE', drillTimes, ...range));
    if (ids.length === 0) return [];
    const stored = asArray(await redis.send(drills, 'HMGET', drills, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(value)] : []));
  }

  /** What is known of these devices, in their order. @param at a moment of the drill, or its end */
  async function reachedOf(
    neighbourhoodId: string,
    drillId: string,
    deviceIds: string[],
    at: number,
  ): Promise<Reached[]> {
    if (deviceIds.length === 0) return [];
    const keys = neighbourhoodKeys(neighbourhoodId);
    const [waiting, told, got, saw] = [
      keys.drillWaiting(drillId),
      keys.phonesTold(drillId),
      keys.reached(drillId, 'alert', 'got'),
      keys.reached(drillId, 'alert', 'saw'),
    ];
    const [waits, places, gots, saws] = await Promise.all([
      redis.send(waiting, 'ZMSCORE', waiting, ...deviceIds),
      redis.send(told, 'ZMSCORE', told, ...deviceIds),
      redis.send(got, 'SMISMEMBER', got, ...deviceIds),
      redis.send(saw, 'SMISMEMBER', saw, ...deviceIds),
    ]);
    return deviceIds.map((_, i) => ({
      told: typeof asArray(places)[i] === 'string',
      got: asArray(gots)[i] === 1,
      saw: asArray(saws)[i] === 1,
      // Null where it does not wait: no moment is before it.
      waiting: Number(asArray(waits)[i]) > at,
    }));
  }

  /** The devices that a member had as the drill began. */
  async function devicesOf(neighbourhoodId: string, drillId: string, memberId: string): Promise<string[]> {
    const key = neighbourhoodKeys(neighbourhoodId).drillDevices(drillId);
    // '!' is the character after the space.
    const found = asStrings(await redis.send(key, 'ZRANGE', key, `[${memberId} `, `(${memberId}!`, 'BYLEX'));
    return found.map((name) => name.split(' ')[1] ?? '');
  }

  /** How far a drill got to one member. */
  async function stepFor(
    neighbourhoodId: string,
    drillId: string,
    memberId: string,
    at: number,
  ): Promise<DrillStep> {
    const devices = await devicesOf(neighbourhoodId, drillId, memberId);
    return stepOf(await reachedOf(neighbourhoodId, drillId, devices, at));
  }

  /**
   * Of which devices somebody who says on this one that they saw it saw the drill: this one or, where it does not go
   * there, those of theirs that were told, since they followed a mail's link or took up another screen.
   */
  async function devicesSeenBy(
    neighbourhoodId: string,
    drillId: string,
    { memberId, deviceId }: { memberId: string; deviceId: string },
  ): Promise<string[]> {
    const devices = await devicesOf(neighbourhoodId, drillId, memberId);
    if (devices.length === 0 || devices.includes(deviceId)) return [deviceId];
    const told = neighbourhoodKeys(neighbourhoodId).phonesTold(drillId);
    const places = asArray(await redis.send(told, 'ZMSCORE', told, ...devices));
    return devices.filter((_, i) => typeof places[i] === 'string');
  }

  /** What was known of each member's devices, all of them, a page at a time. */
  async function allReached(
    neighbourhoodId: string,
    drillId: string,
    at: number,
  ): Promise<Map<string, Reached[]>> {
    const key = neighbourhoodKeys(neighbourhoodId).drillDevices(drillId);
    const found = new Map<string, Reached[]>();
    for (let from = '-'; ;) {
      const range = [from, '+', 'BYLEX', 'LIMIT', '0', String(page)];
      const names = asStrings(await redis.send(key, 'ZRANGE', key, ...range));
      const devices = names.map((name) => name.split(' '));
      const reached = await reachedOf(
        neighbourhoodId,
        drillId,
        devices.map(([, deviceId = '']) => deviceId),
        at,
      );
      for (const [i, [memberId = '']] of devices.entries()) {
        const of = reached[i];
        if (of !== undefined) found.set(memberId, [...(found.get(memberId) ?? []), of]);
      }
      const last = names.at(-1);
      if (last === undefined || names.length < page) return found;
      from = `(${last}`;
    }
  }

  return {
    get,
    list,
    stepFor,
    devicesSeenBy,
    last: async (neighbourhoodId: string): Promise<Drill | null> =>
      (await list(neighbourhoodId, 1))[0] ?? null,

    /** Notes who is subscribed as the drill begins: who is told no more meanwhile was not reached all the same. */
    async noteDevices(neighbourhoodId: string, drillId: string): Promise<void> {
      const { subscriptionMembers: from, drillDevices } = neighbourhoodKeys(neighbourhoodId);
      const to = drillDevices(drillId);
      await redis.send(from, 'COPY', from, to, 'REPLACE');
      await redis.send(to, 'EXPIRE', to, String(reachSeconds));
    },

    /** How many of the members it got how far to. */
    async figures(neighbourhoodId: string, drillId: string, at: number): Promise<DrillFigures> {
      const { memberOrder, members } = neighbourhoodKeys(neighbourhoodId);
      const reached = await allReached(neighbourhoodId, drillId, at);
      const figures: DrillFigures = {
        ...{ answered: 0, shown: 0, accepted: 0, waiting: 0, refused: 0, none: 0 },
      };
      for (let from = 0; ; from += page) {
        const range = ['ZRANGE', memberOrder, String(from), String(from + page - 1)];
        const ids = asStrings(await redis.send(memberOrder, ...range));
        if (ids.length === 0) return figures;
        for (const stored of asArray(await redis.send(members, 'HMGET', members, ...ids))) {
          if (typeof stored !== 'string') continue;
          const member = v.parse(Member, JSON.parse(entityJson(stored)));
          if (member.status === 'active') figures[stepOf(reached.get(member.id) ?? [])] += 1;
        }
      }
    },
  };
}
