import * as v from 'valibot';
import type { SubscribeCommand } from '../../shared/push.ts';
import { Id, Locale } from '../../shared/text.ts';
import type { Session } from '../auth/session.ts';
import { AppError } from '../errors.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { endpointKey, neighbourhoodKeys, personKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber, asRecord, asString } from '../redis/reply.ts';

const putScript = loadScript(new URL('./put-subscription.lua', import.meta.url));
const claimScript = loadScript(new URL('./claim-endpoint.lua', import.meta.url));
const dropScript = loadScript(new URL('./drop-subscription.lua', import.meta.url));

/** So many devices of one person are told. */
export const maxSubscriptions = 10;
const claimAttempts = 5;

/** One device's subscription as each of its person's neighbourhoods holds it. */
export const Subscription = v.object({
  personId: Id,
  memberId: Id,
  endpoint: v.string(),
  /** The endpoint's host: whose turn it is at a push service is decided by it. */
  host: v.string(),
  keys: v.object({ p256dh: v.string(), auth: v.string() }),
  /** The device's language; null = the neighbourhood's. */
  locale: v.nullable(Locale),
});
export type Subscription = v.InferOutput<typeof Subscription>;

const ownerOf = ({ personId, deviceId }: Session) => `${personId} ${deviceId}`;

/**
 * Keeps subscriptions. A subscription belongs to a device's session: it holds while the session, the membership and
 * the endpoint do, which is asked again at each sending. Nothing here sends.
 */
export function createSubscriptionStore(redis: Redis) {
  async function isSignedIn({ personId, deviceId }: Session): Promise<boolean> {
    const { devices } = personKeys(personId);
    return asNumber(await redis.send(devices, 'HEXISTS', devices, deviceId)) === 1;
  }

  async function neighbourhoodsOf(personId: string): Promise<[neighbourhoodId: string, memberId: string][]> {
    const { memberships } = personKeys(personId);
    // Bounded by `maxMemberships`.
    return Object.entries(asRecord(await redis.send(memberships, 'HGETALL', memberships)));
  }

  async function endpointOf({ personId, deviceId }: Session): Promise<string | null> {
    const { subscriptions } = personKeys(personId);
    const stored = asNullableString(await redis.send(subscriptions, 'HGET', subscriptions, deviceId));
    return stored === null ? null : v.parse(Subscription.entries.endpoint, JSON.parse(stored).endpoint);
  }

  async function release(session: Session, endpoint: string): Promise<void> {
    await redis.run(claimScript, [endpointKey(endpoint)], [ownerOf(session), '']);
  }

  /** Makes the endpoint this device's. @throws AppError CONFLICT while another person's device has it */
  async function claim(session: Session, endpoint: string): Promise<void> {
    const me = ownerOf(session);
    let expected = '';
    for (let attempt = 0; attempt < claimAttempts; attempt += 1) {
      const owner = asString(await redis.run(claimScript, [endpointKey(endpoint)], [expected, me]));
      if (owner === me) return;
      const [personId = '', deviceId = ''] = owner.split(' ');
      const other = { personId, deviceId };
      // A browser keeps its endpoint when its person signs out and somebody signs in: only who is there owns it.
      if (owner !== '' && personId !== session.personId && (await isSignedIn(other))) {
        throw new AppError('CONFLICT');
      }
      if (owner !== '') await dropEverywhere(other, endpoint);
      expected = owner;
    }
    throw new AppError('CONFLICT');
  }

  /** Removes the device's copies in all neighbourhoods, then its own; only those with this endpoint, if one is given. */
  async function dropEverywhere({ personId, deviceId }: Session, endpoint: string): Promise<void> {
    for (const [neighbourhoodId] of await neighbourhoodsOf(personId)) {
      await dropFrom(neighbourhoodId, deviceId, endpoint);
    }
    const { subscriptions } = personKeys(personId);
    await redis.run(dropScript, [subscriptions, subscriptions], [deviceId, endpoint]);
  }

  /** Removes a device's copy in one neighbourhood: the membership or the session behind it has ended. */
  async function dropFrom(neighbourhoodId: string, deviceId: string, endpoint = ''): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    await redis.run(dropScript, [keys.subscriptions, keys.subscriptionOrder], [deviceId, endpoint]);
  }

  async function refuseTooMany({ personId, deviceId }: Session): Promise<void> {
    const { subscriptions } = personKeys(personId);
    const known = asArray(await redis.send(subscriptions, 'HKEYS', subscriptions)).map(asString);
    if (known.includes(deviceId) || known.length < maxSubscriptions) return;
    let left = known.length;
    for (const other of known) {
      if (await isSignedIn({ personId, deviceId: other })) continue;
      await remove({ personId, deviceId: other });
      left -= 1;
    }
    if (left >= maxSubscriptions) throw new AppError('CONFLICT');
  }

  /**
   * Stores a device's subscription, in place of an earlier one, in all neighbourhoods of its person.
   * @throws AppError CONFLICT for another person's endpoint, and beyond `maxSubscriptions` devices
   */
  async function put(session: Session, command: SubscribeCommand): Promise<void> {
    const { personId, deviceId } = session;
    const { endpoint, keys, locale = null } = command;
    const { host } = new URL(endpoint);
    await refuseTooMany(session);
    await claim(session, endpoint);
    const before = await endpointOf(session);
    if (before !== null && before !== endpoint) await release(session, before);
    const own = personKeys(personId).subscriptions;
    await redis.send(own, 'HSET', own, deviceId, JSON.stringify({ endpoint }));
    for (const [neighbourhoodId, memberId] of await neighbourhoodsOf(personId)) {
      const { subscriptions, subscriptionOrder } = neighbourhoodKeys(neighbourhoodId);
      const subscription: Subscription = { personId, memberId, endpoint, host, keys, locale };
      await redis.run(
        putScript,
        [subscriptions, subscriptionOrder],
        [deviceId, JSON.stringify(subscription), host],
      );
    }
  }

  /** Removes a device's subscription everywhere. Does nothing where there is none. */
  async function remove(session: Session): Promise<void> {
    const endpoint = await endpointOf(session);
    await dropEverywhere(session, '');
    if (endpoint !== null) await release(session, endpoint);
  }

  /** The push service says that this endpoint is gone: removes exactly it, not what the device has by now. */
  async function removeGone(session: Session, endpoint: string): Promise<void> {
    await dropEverywhere(session, endpoint);
    await release(session, endpoint);
  }

  /** Subscriptions of these devices in one neighbourhood; null where there is none. */
  async function load(neighbourhoodId: string, deviceIds: string[]): Promise<(Subscription | null)[]> {
    const { subscriptions } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(subscriptions, 'HMGET', subscriptions, ...deviceIds));
    return stored.map((json) => (json === null ? null : v.parse(Subscription, JSON.parse(asString(json)))));
  }

  return { put, remove, removeGone, dropFrom, load, isSignedIn };
}

export type SubscriptionStore = ReturnType<typeof createSubscriptionStore>;
