import { type Boundary, toGeometry } from '../../shared/geo/boundary.ts';
import { displayGeometry } from '../../shared/geo/simplify.ts';
import type { Locale } from '../../shared/text.ts';
import { AppError } from '../errors.ts';
import type { EventLog } from '../eventlog/eventlog.ts';
import { derivedId, hashSecret, newId, newSecret } from '../ids.ts';
import { found, invite } from '../neighbourhoods/neighbourhood.ts';
import {
  createNeighbourhoodStore,
  foundingGuard,
  foundingWrites,
  inviteChange,
} from '../neighbourhoods/store.ts';
import type { Redis } from '../redis/client.ts';

type Deps = { redis: Redis; eventLog: EventLog; now: () => number };
export type Founded = { id: string; isNew: boolean };

/** So long an invite made here opens its door, in hours. */
export const inviteHours = 7 * 24;

/**
 * Founds a neighbourhood without a founder: whoever accepts the first invite coordinates it. Its id follows from its
 * name and boundary, so founding it again finds it there and changes nothing.
 */
export async function foundImported(
  { eventLog, now }: Deps,
  place: { name: string; boundary: Boundary; locale: Locale; timeZone: string },
): Promise<Founded> {
  const { name, locale, timeZone } = place;
  const exact = JSON.stringify(toGeometry(place.boundary));
  const id = derivedId('imported neighbourhood', name, exact);
  const at = now();
  const boundary = displayGeometry(place.boundary);
  const { neighbourhood, event } = found({ id, name, boundary, locale, timeZone, at, founder: null });
  const committed = await eventLog.commit({
    neighbourhoodId: id,
    event,
    at,
    guards: [foundingGuard(id)],
    writes: foundingWrites(neighbourhood, exact),
    body: {},
    epoch: newId(),
  });
  return { id, isNew: committed !== null };
}

/**
 * Opens a single-use invite on the operator's behalf.
 * @returns its code, which is stored nowhere; null where the neighbourhood has members, who invite for themselves
 */
export async function inviteFirstMember({ redis, eventLog, now }: Deps, id: string): Promise<string | null> {
  const store = createNeighbourhoodStore(redis);
  if ((await store.getCoordinators(id)).version > 0) return null;
  const secret = newSecret();
  const at = now();
  const open = (await store.listInvites(id, at)).filter((i) => !i.revoked && i.uses < i.maxUses);
  const request = { id: derivedId('invite', secret), maxUses: 1, expiresInHours: inviteHours };
  const decided = invite(derivedId('operator', id), { ...request, openInvites: open.length }, at);
  if (!decided.ok) throw new AppError(decided.code);
  const stored = { ...decided.invite, secretHash: hashSecret(secret) };
  await eventLog.commit({
    neighbourhoodId: id,
    event: decided.event,
    at,
    ...inviteChange(id, 0, stored),
    body: {},
  });
  return `${id}.${secret}`;
}
