import * as v from 'valibot';
import { Invite, Member, Neighbourhood } from '../../shared/neighbourhoods.ts';
import { Id } from '../../shared/text.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys, personKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber, asStrings } from '../redis/reply.ts';

/** An invite as stored: with the hash of the secret in its link. */
export const StoredInvite = v.object({ ...Invite.entries, secretHash: v.string() });
export type StoredInvite = v.InferOutput<typeof StoredInvite>;

/** Who coordinates, as one entity: two coordinators who remove each other at once cannot both succeed. */
const Coordinators = v.object({ version: v.number(), ids: v.array(Id) });
export type Coordinators = v.InferOutput<typeof Coordinators>;

const parse = <Schema extends v.GenericSchema>(schema: Schema, stored: string) =>
  v.parse(schema, JSON.parse(entityJson(stored)));

/** An invite without the hash of its secret. */
export const parseInvite = (stored: string): Invite => parse(Invite, stored);

/** Reads neighbourhoods, members and invites; says which writes and guards change them. */
export function createNeighbourhoodStore(redis: Redis) {
  async function getNeighbourhood(id: string): Promise<Neighbourhood | null> {
    const { meta } = neighbourhoodKeys(id);
    const stored = asNullableString(await redis.send(meta, 'HGET', meta, 'neighbourhood'));
    return stored === null ? null : parse(Neighbourhood, stored);
  }

  async function getCoordinators(id: string): Promise<Coordinators> {
    const { meta } = neighbourhoodKeys(id);
    const stored = asNullableString(await redis.send(meta, 'HGET', meta, 'coordinators'));
    return stored === null ? { version: 0, ids: [] } : parse(Coordinators, stored);
  }

  /** Active members in the order of joining; bounded by the neighbourhood's greatest size. */
  async function listMembers(id: string): Promise<Member[]> {
    const keys = neighbourhoodKeys(id);
    const ids = asStrings(await redis.send(keys.memberOrder, 'ZRANGE', keys.memberOrder, '0', '-1'));
    if (ids.length === 0) return [];
    const stored = asArray(await redis.send(keys.members, 'HMGET', keys.members, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(Member, value)] : []));
  }

  async function countMembers(id: string): Promise<number> {
    const keys = neighbourhoodKeys(id);
    return asNumber(await redis.send(keys.memberOrder, 'ZCARD', keys.memberOrder));
  }

  async function getInvite(id: string, inviteId: string): Promise<StoredInvite | null> {
    const keys = neighbourhoodKeys(id);
    const stored = asNullableString(await redis.send(keys.invites, 'HGET', keys.invites, inviteId));
    return stored === null ? null : parse(StoredInvite, stored);
  }

  /** Invites that have not expired, newest first, used up and revoked ones too. */
  async function listInvites(id: string, at: number): Promise<StoredInvite[]> {
    const keys = neighbourhoodKeys(id);
    const ids = asStrings(
      await redis.send(
        keys.inviteExpiry,
        'ZRANGE',
        keys.inviteExpiry,
        `(${at}`,
        '+inf',
        'BYSCORE',
        'LIMIT',
        '0',
        '500',
      ),
    );
    if (ids.length === 0) return [];
    const stored = asArray(await redis.send(keys.invites, 'HMGET', keys.invites, ...ids));
    return stored
      .flatMap((value) => (typeof value === 'string' ? [parse(StoredInvite, value)] : []))
      .toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** The exact boundary, as GeoJSON text. */
  async function getBoundary(id: string): Promise<string | null> {
    const keys = neighbourhoodKeys(id);
    return asNullableString(await redis.send(keys.boundary, 'GET', keys.boundary));
  }

  return {
    getNeighbourhood,
    getCoordinators,
    listMembers,
    countMembers,
    getInvite,
    listInvites,
    getBoundary,
  };
}

/** Writes for a new neighbourhood. */
export function foundingWrites(neighbourhood: Neighbourhood, exactBoundary: string): Write[] {
  const keys = neighbourhoodKeys(neighbourhood.id);
  return [
    ['HSET', keys.meta, 'neighbourhood', encodeEntity(neighbourhood)],
    ['SET', keys.boundary, exactBoundary],
    ['ZADD', keys.timers, String(neighbourhood.foundedAt), `retention:${neighbourhood.id}`],
  ];
}

/** Writes and the guard for a neighbourhood's next version; what is over by now is forgotten at once. */
export function settingsChange(neighbourhood: Neighbourhood, at: number): { guard: Guard; writes: Write[] } {
  const { id, version } = neighbourhood;
  const { meta, timers } = neighbourhoodKeys(id);
  return {
    guard: { key: meta, field: 'neighbourhood', version: version - 1 },
    writes: [
      ['HSET', meta, 'neighbourhood', encodeEntity(neighbourhood)],
      ['ZADD', timers, String(at), `retention:${id}`],
    ],
  };
}

export function foundingGuard(id: string): Guard {
  return { key: neighbourhoodKeys(id).meta, field: 'neighbourhood', version: 0 };
}

/** Hashes by member id of what goes with a membership. */
export function hashesOfMembers(neighbourhoodId: string): string[] {
  const keys = neighbourhoodKeys(neighbourhoodId);
  return [keys.kits, keys.patrolWords, keys.patrolBlocking, keys.hoursServed, keys.coverAsked];
}

/**
 * Writes and guards that turn one version of a member into the next, who coordinates included.
 * @param at when, in epoch milliseconds
 * @param alone whether who coordinates is guarded and rewritten in any case
 */
export function memberChange(
  neighbourhoodId: string,
  before: Member | null,
  after: Member,
  coordinators: Coordinators,
  at: number,
  alone = false,
): { guards: Guard[]; writes: Write[] } {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const guards: Guard[] = [{ key: keys.members, field: after.id, version: before?.version ?? 0 }];
  const writes: Write[] = [['HSET', keys.members, after.id, encodeEntity(after)]];
  if (after.status === 'active' && before?.status !== 'active') {
    writes.push(['ZADD', keys.memberOrder, String(after.joinedAt), after.id]);
  }
  if (after.status === 'removed') {
    writes.push(
      ['ZREM', keys.memberOrder, after.id],
      ['ZADD', keys.membersLeft, String(at), after.id],
      // Whoever counted on them learns of it.
      ['ZADD', keys.timers, String(at), `memberLeft:${neighbourhoodId}:${after.id}`],
      // What they could bring, what they said and whom they hid from is of no use any more.
      ...hashesOfMembers(neighbourhoodId).map((key): Write => ['HDEL', key, after.id]),
    );
  } else if (before?.status === 'removed') writes.push(['ZREM', keys.membersLeft, after.id]);
  const coordinated = before?.status === 'active' && before.role === 'coordinator';
  const coordinates = after.status === 'active' && after.role === 'coordinator';
  if (alone || coordinated !== coordinates) {
    const others = coordinators.ids.filter((id) => id !== after.id);
    const next = { version: coordinators.version + 1, ids: coordinates ? [...others, after.id] : others };
    guards.push({ key: keys.meta, field: 'coordinators', version: coordinators.version });
    writes.push(['HSET', keys.meta, 'coordinators', encodeEntity(next)]);
  }
  return { guards, writes };
}

/**
 * Writes who brought a member in: whom they count together with follows from it.
 * @param inviterId null for who founded the neighbourhood, or was its first member
 */
export function inviterWrite(neighbourhoodId: string, memberId: string, inviterId: string | null): Write {
  const { inviters } = neighbourhoodKeys(neighbourhoodId);
  return ['HSET', inviters, memberId, inviterId ?? ''];
}

/** Writes and guards for the next version of an invite; `before` is 0 for a new one. */
export function inviteChange(
  neighbourhoodId: string,
  before: number,
  invite: StoredInvite,
): { guards: Guard[]; writes: Write[] } {
  const keys = neighbourhoodKeys(neighbourhoodId);
  return {
    guards: [{ key: keys.invites, field: invite.id, version: before }],
    writes: [
      ['HSET', keys.invites, invite.id, encodeEntity(invite)],
      ['ZADD', keys.inviteExpiry, String(invite.expiresAt), invite.id],
    ],
  };
}

/** Tells every process that this membership ended; in the same commit as the end itself. */
export function revocationWrite(neighbourhoodId: string, memberId: string, at: number): Write {
  const { revocations } = neighbourhoodKeys(neighbourhoodId);
  const oldest = String(at - 3600 * 1000);
  return [
    'XADD',
    revocations,
    'MINID',
    '~',
    oldest,
    '*',
    'neighbourhood',
    neighbourhoodId,
    'member',
    memberId,
  ];
}

/** Records at the person what the neighbourhood has decided. */
export async function recordMembership(
  redis: Redis,
  personId: string,
  neighbourhoodId: string,
  memberId: string,
) {
  const keys = personKeys(personId);
  await redis.send(keys.memberships, 'HSET', keys.memberships, neighbourhoodId, memberId);
}
