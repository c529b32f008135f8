import * as v from 'valibot';
import type { Me } from '../../shared/auth.ts';
import { Member, Neighbourhood } from '../../shared/neighbourhoods.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import { memberIdOf } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys, personKeys } from '../redis/keys.ts';
import { asNullableString, asRecord } from '../redis/reply.ts';

/** So many neighbourhoods one person may belong to. */
export const maxMemberships = 50;

/** A member's record, whatever their status; null where there is none. */
export async function getMember(
  redis: Redis,
  neighbourhoodId: string,
  memberId: string,
): Promise<Member | null> {
  const { members } = neighbourhoodKeys(neighbourhoodId);
  const stored = asNullableString(await redis.send(members, 'HGET', members, memberId));
  return stored === null ? null : v.parse(Member, JSON.parse(entityJson(stored)));
}

/** The person's membership while it is active; null otherwise. */
export async function findMembership(
  redis: Redis,
  personId: string,
  neighbourhoodId: string,
): Promise<Member | null> {
  const member = await getMember(redis, neighbourhoodId, memberIdOf(personId, neighbourhoodId));
  return member?.status === 'active' ? member : null;
}

/** The person's neighbourhoods: their own record claims, each neighbourhood's decides whether it holds. */
export async function listMemberships(redis: Redis, personId: string): Promise<Me['memberships']> {
  const keys = personKeys(personId);
  // A person's own doing, and bounded by `maxMemberships`.
  const claims = Object.entries(asRecord(await redis.send(keys.memberships, 'HGETALL', keys.memberships)));
  const found = await Promise.all(
    claims.map(async ([id, memberId]) => {
      const { meta } = neighbourhoodKeys(id);
      const [stored, member] = await Promise.all([
        redis.send(meta, 'HGET', meta, 'neighbourhood'),
        getMember(redis, id, memberId),
      ]);
      if (typeof stored !== 'string' || member?.status !== 'active') return [];
      const { name } = v.parse(Neighbourhood, JSON.parse(entityJson(stored)));
      return [{ neighbourhood: { id, name }, member }];
    }),
  );
  return found.flat().toSorted((a, b) => a.neighbourhood.name.localeCompare(b.neighbourhood.name));
}
