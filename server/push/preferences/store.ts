import * as v from 'valibot';
import type { Member } from '../../../shared/neighbourhoods.ts';
import { Digest, Preferences } from '../../../shared/preferences.ts';
import { nextDigest } from '../../../shared/wanted.ts';
import { encodeEntity, entityJson } from '../../eventlog/eventlog.ts';
import { loadScript, type Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asNumber, asNullableString, asString, asStrings } from '../../redis/reply.ts';

const putScript = loadScript(new URL('./put-preferences.lua', import.meta.url));
const holdScript = loadScript(new URL('./hold-back.lua', import.meta.url));
const sendScript = loadScript(new URL('./send-digests.lua', import.meta.url));

/** So much waits for one member: whoever comes back after more looks at the map. */
export const mostHeld = 100;
/** For so long a member may look again at what their last digest told of. */
const digestSeconds = 7 * 24 * 3600;
/** The type of a pointer to a round of digests. */
export const digestType = 'digest.due';

type Last = NonNullable<Digest['last']>;
const Last = v.unwrap(Digest.entries.last);
const Count = v.pipe(v.string(), v.transform(Number), v.integer());

/** A digest that is due. */
export type DueDigest = { memberId: string; due: string; incidentIds: string[]; lastAt: number | null };
/** What becomes of one. @param again when it is due next, should something wait then */
export type DecidedDigest = {
  digest: DueDigest;
  again: number;
  tells: Last | null;
  doneWith: readonly string[];
};

const timerOf = (neighbourhoodId: string) => `digest:${neighbourhoodId}`;

export const parsePreferences = (stored: string): Preferences =>
  v.parse(Preferences, JSON.parse(entityJson(stored)));

/** Keeps how members want to be told, and what waits for them. Nothing of it is in the log. */
export function createPreferenceStore(redis: Redis) {
  /** null for whoever chose nothing. */
  async function get(neighbourhoodId: string, memberId: string): Promise<Preferences | null> {
    const { preferences } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(preferences, 'HGET', preferences, memberId));
    return stored === null ? null : parsePreferences(stored);
  }

  /** @returns false where it, or the membership, changed meanwhile */
  async function put(
    neighbourhoodId: string,
    member: Member,
    preferences: Preferences,
    at: number,
  ): Promise<boolean> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const reply = await redis.run(
      putScript,
      [
        ...[keys.preferences, keys.members, keys.preferenceChanges],
        ...[keys.preferenceCounts, keys.digestsDue, keys.timers],
      ],
      [
        ...[member.id, String(member.version), String(preferences.version - 1), encodeEntity(preferences)],
        ...[String(nextDigest(preferences, at)), timerOf(neighbourhoodId)],
      ],
    );
    return reply === 'stored';
  }

  /** Keeps an incident for these members' digests. */
  async function holdBack(
    neighbourhoodId: string,
    incidentId: string,
    members: readonly { memberId: string; due: number }[],
    at: number,
  ): Promise<void> {
    if (members.length === 0) return;
    const keys = neighbourhoodKeys(neighbourhoodId);
    await redis.run(
      holdScript,
      [keys.digestsDue, keys.timers, ...members.map(({ memberId }) => keys.heldBack(memberId))],
      [
        ...[incidentId, String(at), String(mostHeld), timerOf(neighbourhoodId)],
        ...members.flatMap(({ memberId, due }) => [memberId, String(due)]),
      ],
    );
  }

  async function getLast(neighbourhoodId: string, memberId: string): Promise<Last | null> {
    const key = neighbourhoodKeys(neighbourhoodId).digest(memberId);
    const stored = asNullableString(await redis.send(key, 'GET', key));
    return stored === null ? null : v.parse(Last, JSON.parse(stored));
  }

  async function heldBackFrom(neighbourhoodId: string, memberId: string): Promise<string[]> {
    const key = neighbourhoodKeys(neighbourhoodId).heldBack(memberId);
    return asStrings(await redis.send(key, 'ZRANGE', key, '0', '-1'));
  }

  async function getDigest(neighbourhoodId: string, memberId: string): Promise<Digest> {
    const [last, waiting] = await Promise.all([
      getLast(neighbourhoodId, memberId),
      heldBackFrom(neighbourhoodId, memberId),
    ]);
    return { last, waiting };
  }

  /** Digests that are due, the oldest first. */
  async function due(neighbourhoodId: string, at: number, most: number): Promise<DueDigest[]> {
    const { digestsDue: key } = neighbourhoodKeys(neighbourhoodId);
    const range = ['-inf', String(at), 'BYSCORE', 'LIMIT', '0', String(most), 'WITHSCORES'];
    const flat = asStrings(await redis.send(key, 'ZRANGE', key, ...range));
    const members = flat.flatMap((memberId, i) =>
      i % 2 === 0 ? [{ memberId, due: flat[i + 1] ?? '' }] : [],
    );
    return await Promise.all(
      members.map(async ({ memberId, due }) => {
        const [incidentIds, last] = await Promise.all([
          heldBackFrom(neighbourhoodId, memberId),
          getLast(neighbourhoodId, memberId),
        ]);
        return { memberId, due, incidentIds, lastAt: last?.at ?? null };
      }),
    );
  }

  /** When the next digest is due; null where nothing waits. */
  async function nextDue(neighbourhoodId: string): Promise<number | null> {
    const { digestsDue: key } = neighbourhoodKeys(neighbourhoodId);
    const [, at] = asStrings(await redis.send(key, 'ZRANGE', key, '0', '0', 'WITHSCORES'));
    return at === undefined ? null : Number(at);
  }

  async function countRounds(neighbourhoodId: string): Promise<number> {
    const { preferenceCounts: key } = neighbourhoodKeys(neighbourhoodId);
    return Number(asNullableString(await redis.send(key, 'HGET', key, 'digests')) ?? 0);
  }

  /** Sends a round of digests, after so many rounds. @returns whether no other round came in between */
  async function send(neighbourhoodId: string, decided: DecidedDigest[], after: number): Promise<boolean> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const round = after + 1;
    const told = await redis.run(
      sendScript,
      [
        ...[keys.digestsDue, keys.preferenceCounts, keys.outbox, keys.outboxChannel],
        keys.digestRound(round),
        ...decided.flatMap(({ digest: { memberId } }) => [keys.heldBack(memberId), keys.digest(memberId)]),
      ],
      [
        ...[neighbourhoodId, digestType, String(digestSeconds), String(round)],
        ...decided.flatMap(({ digest: { memberId, due }, again, tells, doneWith }) => [
          ...[memberId, due, String(again), tells === null ? '' : JSON.stringify(tells)],
          ...[String(tells?.incidentIds.length ?? 0), String(doneWith.length), ...doneWith],
        ]),
      ],
    );
    return asNumber(told) >= 0;
  }

  /** Of how much a round tells each member. */
  async function getRound(neighbourhoodId: string, round: number): Promise<Map<string, number>> {
    const key = neighbourhoodKeys(neighbourhoodId).digestRound(round);
    // Bounded by the size of a round.
    const flat = asStrings(await redis.send(key, 'HGETALL', key));
    return new Map(
      flat.flatMap((memberId, i) => (i % 2 === 0 ? [[memberId, v.parse(Count, flat[i + 1])] as const] : [])),
    );
  }

  /** Nothing of a member stays. May be repeated. */
  async function forget(neighbourhoodId: string, memberId: string): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const last = await countRounds(neighbourhoodId);
    // What is older than a day has expired; a round is sent to many, so few of them are young.
    const rounds = Array.from({ length: Math.min(last, 200) }, (_, i) => keys.digestRound(last - i));
    await Promise.all([
      redis.send(keys.preferences, 'HDEL', keys.preferences, memberId),
      redis.send(keys.preferenceChanges, 'ZREM', keys.preferenceChanges, memberId),
      redis.send(keys.digestsDue, 'ZREM', keys.digestsDue, memberId),
      redis.send(keys.heldBack(memberId), 'UNLINK', keys.heldBack(memberId)),
      redis.send(keys.digest(memberId), 'UNLINK', keys.digest(memberId)),
      redis.send(keys.attention, 'HDEL', keys.attention, memberId),
      ...rounds.map((key) => redis.send(key, 'HDEL', key, memberId)),
    ]);
  }

  /** What changed after that many changes, and how many members have chosen something at all. */
  async function changesAfter(neighbourhoodId: string, change: number) {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const { preferenceChanges: key } = keys;
    const [changed, count] = await Promise.all([
      redis.send(key, 'ZRANGE', key, `(${change}`, '+inf', 'BYSCORE', 'WITHSCORES'),
      redis.send(key, 'ZCARD', key),
    ]);
    const flat = asStrings(changed);
    const memberIds = flat.filter((_, i) => i % 2 === 0);
    const upTo = Number(flat.at(-1) ?? change);
    return { memberIds, upTo, count: asNumber(count) };
  }

  async function getMany(
    neighbourhoodId: string,
    memberIds: readonly string[],
  ): Promise<Map<string, Preferences>> {
    const { preferences } = neighbourhoodKeys(neighbourhoodId);
    const found = new Map<string, Preferences>();
    for (let from = 0; from < memberIds.length; from += 500) {
      const some = memberIds.slice(from, from + 500);
      const stored = asArray(await redis.send(preferences, 'HMGET', preferences, ...some));
      for (const [i, memberId] of some.entries()) {
        const entity = stored[i] ?? null;
        if (entity !== null) found.set(memberId, parsePreferences(asString(entity)));
      }
    }
    return found;
  }

  return {
    ...{ get, put, holdBack, getDigest, due, nextDue, countRounds, send, getRound, forget },
    ...{ changesAfter, getMany },
  };
}

export type PreferenceStore = ReturnType<typeof createPreferenceStore>;
