import { reachSeconds } from '../eventlog/reach.ts';
import { loadScript, type Redis, type Reply } from '../redis/client.ts';
import { neighbourhoodKeys, partitionKeys } from '../redis/keys.ts';
import { asArray, asNumber, asRecord, asString, asStrings } from '../redis/reply.ts';
import type { Device } from './store.ts';

const fanOutScript = loadScript(new URL('./fan-out.lua', import.meta.url));
const fanOutToldScript = loadScript(new URL('./fan-out-told.lua', import.meta.url));
const claimScript = loadScript(new URL('./claim-due.lua', import.meta.url));
const outboxAgeScript = loadScript(new URL('./outbox-age.lua', import.meta.url));
const settleScript = loadScript(new URL('./settle-due.lua', import.meta.url));

const group = 'push';
// All processes are one consumer: an entry goes to one reader anyway, and whose it was says its idle time.
const consumer = 'worker';
const pageSize = 250;
/** So many pointers are read at once. */
export const readAtOnce = 100;
const progressSeconds = 24 * 3600;
/** So many pushes may be due in one partition before further alerts wait in the outbox, where each is one line. */
const dueAtMost = 100_000;
/** No push is put off longer than this. */
export const longestWaitMs = 24 * 3600 * 1000;

/** As many pushes are due as may be: the alert waits in the outbox until some have ended. */
export class TooManyDue extends Error {
  override readonly name = 'TooManyDue';
}

/** A pointer of the outbox to an entry of a neighbourhood's log. */
export type Pointer = { id: string; neighbourhoodId: string; seq: number; type: string };

/** One message for one device that has to be sent. */
export type DuePush = {
  neighbourhoodId: string;
  seq: number;
  deviceId: string;
  host: string;
  attempt: number;
};

/** How many pushes of a host may be taken, and how long it rests where it does. */
export type HostRoom = { host: string; room: number; restMs: number | null };
/** Where a look at what is due got to, and the hosts of which something stayed there. */
export type Place = { reached: string; behind: string[] };

type ClaimOptions = {
  now: number;
  leaseMs: number;
  count: number;
  /** For hosts that are not named. */
  room: number;
  hosts?: readonly HostRoom[];
  /** Where the last look got to: what stayed there is looked at again only as there is room for it. */
  from?: Place | null;
};
type Claimed = {
  pushes: DuePush[];
  /** There is more to take or to look at, at once. */
  more: boolean;
  place: Place;
};

/** What becomes of a due push: done with, or due again. */
export type Settlement = { push: DuePush; again: { at: number; attempt: number } | null };

/** What is known by it of devices that an alert, or its correction, was sent to; what each says: `settle-due.lua`. */
export type Note = {
  neighbourhoodId: string;
  subjectId: string;
  says: 'accepted' | 'unknown' | 'refused' | 'last' | 'given-up' | 'corrected';
  devices: readonly Device[];
};

const alertPrefix = ({ neighbourhoodId, seq }: { neighbourhoodId: string; seq: number }) =>
  `${neighbourhoodId} ${seq} `;

/** A due push's name in its zset. */
export const nameOf = (push: DuePush) => `${alertPrefix(push)}${push.deviceId} ${push.host} ${push.attempt}`;

function parseName(name: string): DuePush {
  const [neighbourhoodId = '', seq, deviceId = '', host = '', attempt] = name.split(' ');
  return { neighbourhoodId, seq: Number(seq), deviceId, host, attempt: Number(attempt) };
}

function pointerOf(reply: Reply): Pointer {
  const [id, fields] = asArray(reply);
  const { n = '', s, t = '' } = asRecord(fields ?? []);
  return { id: asString(id), neighbourhoodId: n, seq: Number(s), type: t };
}

/**
 * The durable side of pushing, one partition at a time: outbox pointers become due pushes, due pushes are claimed,
 * sent and settled. Whatever dies in between is claimed again after its lease.
 */
export function createPushQueue(redis: Redis, { dueLimit = dueAtMost }: { dueLimit?: number } = {}) {
  /** Makes the consumer group; from the outbox's beginning, so that nothing written before it is missed. */
  async function open(partition: number): Promise<void> {
    const { outbox } = partitionKeys(partition);
    try {
      await redis.send(outbox, 'XGROUP', 'CREATE', outbox, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
    }
  }

  /** Pointers that nobody has read yet. */
  async function readNew(partition: number): Promise<Pointer[]> {
    const { outbox } = partitionKeys(partition);
    const args = ['GROUP', group, consumer, 'COUNT', String(readAtOnce), 'STREAMS', outbox, '>'];
    const reply = await redis.send(outbox, 'XREADGROUP', ...args);
    if (reply === null) return [];
    const [stream] = asArray(reply);
    return asArray(asArray(stream ?? null)[1] ?? null).map(pointerOf);
  }

  /** Pointers that somebody read at least so long ago and never acknowledged. */
  async function readAbandoned(partition: number, idleMs: number): Promise<Pointer[]> {
    const { outbox } = partitionKeys(partition);
    const args = [group, consumer, String(idleMs), '0', 'COUNT', String(readAtOnce)];
    const [, entries] = asArray(await redis.send(outbox, 'XAUTOCLAIM', outbox, ...args));
    return asArray(entries ?? []).map(pointerOf);
  }

  async function acknowledge(partition: number, pointers: Pointer[]): Promise<void> {
    if (pointers.length === 0) return;
    const { outbox } = partitionKeys(partition);
    await redis.send(outbox, 'XACK', outbox, group, ...pointers.map(({ id }) => id));
  }

  /** Which of these neighbourhoods have anybody to push to: what the others' entries say need not be read. */
  async function withSubscriptions(neighbourhoodIds: string[]): Promise<Set<string>> {
    const found = new Set<string>();
    await Promise.all(
      Array.from(new Set(neighbourhoodIds), async (id) => {
        const { subscriptionOrder } = neighbourhoodKeys(id);
        if ((await redis.send(subscriptionOrder, 'EXISTS', subscriptionOrder)) === 1) found.add(id);
      }),
    );
    return found;
  }

  const pageArgs = (pointer: Pointer, now: number) => [
    group,
    pointer.id,
    alertPrefix(pointer),
    ...[now, pageSize, progressSeconds, dueLimit].map(String),
  ];

  /** @throws TooManyDue */
  function mayBeMore(made: number): boolean {
    if (made === -2) throw new TooManyDue('too many pushes are due');
    return made >= 0;
  }

  /**
   * Makes the next page of an alert's pushes due.
   * @param devices only these; null = all that are subscribed
   * @returns whether there may be more
   * @throws TooManyDue
   */
  async function fanOutPage(pointer: Pointer, now: number, devices: Device[] | null): Promise<boolean> {
    const keys = neighbourhoodKeys(pointer.neighbourhoodId);
    const these = devices?.map(({ deviceId, host }) => `${deviceId} ${host}`);
    const made = await redis.run(
      fanOutScript,
      [keys.subscriptionOrder, keys.pushDue, keys.pushProgress(pointer.seq), keys.outbox],
      [...pageArgs(pointer, now), these === undefined ? 'all' : 'these', ...(these ?? [])],
    );
    return mayBeMore(asNumber(made));
  }

  /**
   * Makes the next page due of what goes to exactly the devices that were told of it before.
   * @param ends whether devices that turn out to have been told meanwhile are to get it as well
   * @param besides further devices, told or not; where it ends, without those to which the alert is under way
   * @returns whether there may be more
   * @throws TooManyDue
   */
  async function fanOutToldPage(
    pointer: Pointer,
    now: number,
    { subjectId, ends, besides }: { subjectId: string; ends: boolean; besides: Device[] },
  ): Promise<boolean> {
    const keys = neighbourhoodKeys(pointer.neighbourhoodId);
    const made = await redis.run(
      fanOutToldScript,
      [
        keys.phonesTold(subjectId),
        keys.pushDue,
        keys.pushProgress(pointer.seq),
        keys.outbox,
        keys.phonesCorrected(subjectId),
        keys.subscriptions,
        keys.phonesTried(subjectId),
      ],
      [
        ...pageArgs(pointer, now),
        ends ? 'mark' : 'unmark',
        ...besides.map(({ deviceId, host }) => `${deviceId} ${host}`),
      ],
    );
    return mayBeMore(asNumber(made));
  }

  /** Devices that turn out to have been told of the incident from now on get no correction for it: it is open again. */
  async function unmark(neighbourhoodId: string, incidentId: string): Promise<void> {
    const { phonesCorrected } = neighbourhoodKeys(neighbourhoodId);
    await redis.send(phonesCorrected(incidentId), 'DEL', phonesCorrected(incidentId));
  }

  /** Takes due pushes, of each host as many as there is room for; unless settled before, others may take them after the lease. */
  async function claim(partition: number, options: ClaimOptions): Promise<Claimed> {
    const { pushDue } = partitionKeys(partition);
    const { now, leaseMs, count, room, hosts = [], from = null } = options;
    const behind = from?.behind ?? [];
    const args = [
      ...[now, leaseMs, count, longestWaitMs, room].map(String),
      from?.reached ?? '',
      String(behind.length),
      ...behind,
      ...hosts.flatMap(({ host, room, restMs }) => [
        host,
        String(room),
        restMs === null ? '' : String(Math.ceil(restMs)),
      ]),
    ];
    const [more, reached, left, names] = asArray(await redis.run(claimScript, [pushDue], args));
    return {
      pushes: asStrings(names ?? []).map(parseName),
      more: more === 1,
      place: { reached: asString(reached ?? null), behind: asStrings(left ?? []) },
    };
  }

  /**
   * Settles pushes of one partition and notes what is known by them, in one step.
   * @returns for each push, whether it was this call that settled it
   */
  async function settle(
    partition: number,
    now: number,
    settlements: readonly Settlement[],
    notes: readonly Note[],
  ): Promise<boolean[]> {
    const settled = settlements.flatMap(({ push, again }) => [
      nameOf(push),
      String(again?.at ?? 0),
      again === null ? '' : nameOf({ ...push, attempt: again.attempt }),
    ]);
    const noted = notes.flatMap(({ says, devices }) => [
      says,
      String(devices.length),
      ...devices.flatMap(({ deviceId, host }) => [deviceId, host]),
    ]);
    const keysOf = ({ neighbourhoodId, subjectId }: Note) => {
      const keys = neighbourhoodKeys(neighbourhoodId);
      return [
        keys.phonesTold(subjectId),
        keys.phonesTried(subjectId),
        keys.phonesCorrected(subjectId),
        keys.reached(subjectId, 'alert', 'told'),
        keys.reached(subjectId, 'correction', 'told'),
      ];
    };
    const reply = await redis.run(
      settleScript,
      [partitionKeys(partition).pushDue, ...notes.flatMap(keysOf)],
      [String(now), String(reachSeconds), String(settlements.length), ...settled, ...noted],
    );
    return asArray(reply).map((found) => found === 1);
  }

  /** Since when the oldest push waits, in epoch milliseconds; null while none does. */
  async function oldestDue(partition: number): Promise<number | null> {
    const { pushDue } = partitionKeys(partition);
    const [, at] = asStrings(await redis.send(pushDue, 'ZRANGE', pushDue, '0', '0', 'WITHSCORES'));
    return at === undefined ? null : Number(at);
  }

  /** For how many milliseconds the oldest pointer waits that is not wholly made due; 0 while none does. */
  async function outboxAge(partition: number): Promise<number> {
    const { outbox } = partitionKeys(partition);
    return asNumber(await redis.run(outboxAgeScript, [outbox], [group]));
  }

  /**
   * Forgets what every consumer group of the outbox has acknowledged. What it reads can only grow meanwhile, so
   * nothing that somebody still needs is forgotten.
   */
  async function trim(partition: number): Promise<void> {
    const { outbox } = partitionKeys(partition);
    const groups = asArray(await redis.send(outbox, 'XINFO', 'GROUPS', outbox));
    let needed: string | null = null;
    for (const reply of groups) {
      const info = recordOf(reply);
      const name = asString(info.get('name'));
      const [, oldestPending] = asArray(await redis.send(outbox, 'XPENDING', outbox, name));
      const from =
        typeof oldestPending === 'string' ? oldestPending : asString(info.get('last-delivered-id'));
      if (needed === null || isBefore(from, needed)) needed = from;
    }
    if (needed !== null) await redis.send(outbox, 'XTRIM', outbox, 'MINID', needed);
  }

  return {
    open,
    readNew,
    readAbandoned,
    acknowledge,
    withSubscriptions,
    fanOutPage,
    fanOutToldPage,
    unmark,
    claim,
    settle,
    oldestDue,
    outboxAge,
    trim,
  };
}

export type PushQueue = ReturnType<typeof createPushQueue>;

function recordOf(reply: Reply): Map<string, Reply> {
  const flat = asArray(reply);
  const record = new Map<string, Reply>();
  for (let i = 0; i + 1 < flat.length; i += 2) record.set(asString(flat[i]), flat[i + 1] ?? null);
  return record;
}

function isBefore(a: string, b: string): boolean {
  const [aTime = 0, aCount = 0] = a.split('-').map(Number);
  const [bTime = 0, bCount = 0] = b.split('-').map(Number);
  return aTime === bTime ? aCount < bCount : aTime < bTime;
}
