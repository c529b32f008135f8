import * as v from 'valibot';
import { defaultLockScreen, LockScreen, type SubscribeCommand } from '../../shared/push.ts';
import { Id, Locale, Timestamp } from '../../shared/text.ts';
import { hasEnded, type Session } from '../auth/session.ts';
import { AppError } from '../errors.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { endpointKey, neighbourhoodKeys, personKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asRecord, asString, asStrings } from '../redis/reply.ts';
import { WayKind } from '../../shared/ways.ts';
import { arrivalFields } from './device-store.ts';
import { isWayId, type StoredWay } from './ways/way.ts';

const putScript = loadScript(new URL('./put-subscription.lua', import.meta.url));
const claimScript = loadScript(new URL('./claim-endpoint.lua', import.meta.url));
const dropScript = loadScript(new URL('./drop-subscription.lua', import.meta.url));

/** So many devices of one person are told. */
export const maxSubscriptions = 10;
const claimAttempts = 5;
/** Longer than a session lives unused; a client that is used tells its subscription again each time. */
const ownedSeconds = 120 * 24 * 3600;

const held = {
  endpoint: v.string(),
  /** The endpoint's host: whose turn it is at a push service is decided by it. */
  host: v.string(),
  /** The device's language; null = the neighbourhood's. */
  locale: v.nullable(Locale),
  lockScreen: v.optional(LockScreen, defaultLockScreen),
};
const pushed = {
  ...held,
  keys: v.object({ p256dh: v.string(), auth: v.string() }),
};
/** No device, but told like one: what its address and secrets are lies with its person alone. */
const otherWay = { ...held, way: WayKind };

/** One device's subscription as its person holds it. */
const OwnSubscription = v.union([v.object(pushed), v.object(otherWay)]);
type OwnSubscription = v.InferOutput<typeof OwnSubscription>;

const whose = { personId: Id, memberId: Id };
/** One device's subscription as each of its person's neighbourhoods holds it. */
export const Subscription = v.union([v.object({ ...whose, ...pushed }), v.object({ ...whose, ...otherWay })]);
export type Subscription = v.InferOutput<typeof Subscription>;

/** A device, and the host of its push service. */
export type Device = { deviceId: string; host: string };

const Verification = v.object({ state: v.string() });
const SessionTimes = v.object({ createdAt: Timestamp, lastSeenAt: Timestamp });

const ownerOf = ({ personId, deviceId }: Session) => `${personId} ${deviceId}`;

async function getOwn(redis: Redis, { personId, deviceId }: Session): Promise<string | null> {
  const { subscriptions } = personKeys(personId);
  return asNullableString(await redis.send(subscriptions, 'HGET', subscriptions, deviceId));
}

/** Removes a device's copy in one neighbourhood; only that with this endpoint, if one is given. */
async function dropCopy(redis: Redis, neighbourhoodId: string, deviceId: string, endpoint: string) {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const indices = [keys.subscriptionOrder, keys.subscriptionMembers];
  await redis.run(dropScript, [keys.subscriptions, ...indices], [deviceId, endpoint]);
}

/** Makes a neighbourhood's copy of a device's subscription what the person holds, also while that changes. */
async function copyOwn(redis: Redis, session: Session, neighbourhoodId: string, memberId: string) {
  const { personId, deviceId } = session;
  const { subscriptions, subscriptionOrder, subscriptionMembers } = neighbourhoodKeys(neighbourhoodId);
  let held = await getOwn(redis, session);
  for (;;) {
    if (held === null) await dropCopy(redis, neighbourhoodId, deviceId, '');
    else {
      const own = v.parse(OwnSubscription, JSON.parse(held));
      const copy: Subscription = { personId, memberId, ...own };
      const args = [deviceId, JSON.stringify(copy), own.host, memberId];
      await redis.run(putScript, [subscriptions, subscriptionOrder, subscriptionMembers], args);
    }
    const before = held;
    held = await getOwn(redis, session);
    if (held === before) return;
  }
}

/**
 * Tells a person's subscribed devices of a neighbourhood too that they have joined or founded since. May be repeated.
 * Call it once the membership is recorded: a device that subscribes meanwhile then finds it there.
 * @throws AppError UNAVAILABLE
 */
export async function copySubscriptions(
  redis: Redis,
  personId: string,
  neighbourhoodId: string,
  memberId: string,
): Promise<void> {
  const { subscriptions } = personKeys(personId);
  // Bounded by `maxSubscriptions`.
  const devices = asArray(await redis.send(subscriptions, 'HKEYS', subscriptions)).map(asString);
  for (const deviceId of devices) await copyOwn(redis, { personId, deviceId }, neighbourhoodId, memberId);
}

/**
 * Keeps subscriptions. A subscription belongs to a device's session: it holds while the session, the membership and
 * the endpoint do, which is asked again at each sending. Nothing here sends.
 * @param now epoch milliseconds
 */
export function createSubscriptionStore(redis: Redis, now: () => number) {
  /** Whether the session would still be let in, were its device to ask. */
  async function isSignedIn({ personId, deviceId }: Session): Promise<boolean> {
    if (isWayId(deviceId)) return await isVerified(personId, deviceId);
    const { devices } = personKeys(personId);
    const device = asNullableString(await redis.send(devices, 'HGET', devices, deviceId));
    return device !== null && !hasEnded(v.parse(SessionTimes, JSON.parse(entityJson(device))), now());
  }

  /** What a session is to a device its verification is to another way: nobody is told by it without. */
  async function isVerified(personId: string, wayId: string): Promise<boolean> {
    const { ways } = personKeys(personId);
    const way = asNullableString(await redis.send(ways, 'HGET', ways, wayId));
    return way !== null && v.parse(Verification, JSON.parse(entityJson(way))).state === 'verified';
  }

  async function neighbourhoodsOf(personId: string): Promise<[neighbourhoodId: string, memberId: string][]> {
    const { memberships } = personKeys(personId);
    // Bounded by `maxMemberships`.
    return Object.entries(asRecord(await redis.send(memberships, 'HGETALL', memberships)));
  }

  /** What the device holds, for itself. */
  async function own(session: Session) {
    const held = await getOwn(redis, session);
    const parsed = held === null ? null : v.parse(OwnSubscription, JSON.parse(held));
    return parsed !== null && 'keys' in parsed ? parsed : null;
  }

  async function endpointOf(session: Session): Promise<string | null> {
    const held = await getOwn(redis, session);
    return held === null ? null : v.parse(OwnSubscription, JSON.parse(held)).endpoint;
  }

  async function release(session: Session, endpoint: string): Promise<void> {
    await redis.run(claimScript, [endpointKey(endpoint)], [ownerOf(session), '', '0']);
  }

  /** Makes the endpoint this device's. @throws AppError CONFLICT while another person's device has it */
  async function claim(session: Session, endpoint: string): Promise<void> {
    const me = ownerOf(session);
    let expected = '';
    for (let attempt = 0; attempt < claimAttempts; attempt += 1) {
      const args = [expected, me, String(ownedSeconds)];
      const owner = asString(await redis.run(claimScript, [endpointKey(endpoint)], args));
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

  /**
   * Removes what the device itself holds, then its copies in all neighbourhoods: whoever copies meanwhile sees that it
   * is gone. Only those with this endpoint, if one is given.
   */
  async function dropEverywhere({ personId, deviceId }: Session, endpoint: string): Promise<void> {
    const { subscriptions, pushArrivals } = personKeys(personId);
    await redis.run(dropScript, [subscriptions], [deviceId, endpoint]);
    await redis.send(pushArrivals, 'HDEL', pushArrivals, ...arrivalFields(deviceId));
    for (const [neighbourhoodId] of await neighbourhoodsOf(personId)) {
      await dropCopy(redis, neighbourhoodId, deviceId, endpoint);
    }
  }

  /** Removes a device's copy in one neighbourhood, whose membership has ended. */
  async function dropFrom(neighbourhoodId: string, deviceId: string): Promise<void> {
    await dropCopy(redis, neighbourhoodId, deviceId, '');
  }

  async function refuseTooMany({ personId, deviceId }: Session): Promise<void> {
    const { subscriptions } = personKeys(personId);
    const known = asArray(await redis.send(subscriptions, 'HKEYS', subscriptions))
      .map(asString)
      .filter((id) => !isWayId(id));
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
    const { endpoint, keys } = command;
    const { host } = new URL(endpoint);
    await refuseTooMany(session);
    await claim(session, endpoint);
    const before = await own(session);
    if (before !== null && before.endpoint !== endpoint) await release(session, before.endpoint);
    const lockScreen = before?.lockScreen ?? defaultLockScreen;
    // A service worker that renews a subscription does not know in which language the page is read.
    const { locale = before?.locale ?? null } = command;
    await keep(session, { endpoint, host, keys, locale, lockScreen });
  }

  /** What this device's lock screen may say. @throws AppError CONFLICT where it is not subscribed */
  async function showOnLockScreen(session: Session, lockScreen: LockScreen): Promise<void> {
    const before = await own(session);
    if (before === null) throw new AppError('CONFLICT');
    await keep(session, { ...before, lockScreen });
  }

  /** Tells of what a person holds in all their neighbourhoods. */
  async function keep(session: Session, own: OwnSubscription): Promise<void> {
    const { subscriptions } = personKeys(session.personId);
    await redis.send(subscriptions, 'HSET', subscriptions, session.deviceId, JSON.stringify(own));
    for (const [neighbourhoodId, memberId] of await neighbourhoodsOf(session.personId)) {
      await copyOwn(redis, session, neighbourhoodId, memberId);
    }
  }

  /** Tells a person by this way too, in all their neighbourhoods. It has been verified. */
  async function putWay(personId: string, way: StoredWay): Promise<void> {
    const { id: deviceId, kind, locale, lockScreen } = way;
    // All mails leave by one server; of the others each is its own, so that one that fails holds up nobody else.
    const host = kind === 'email' ? 'smtp' : deviceId;
    await keep({ personId, deviceId }, { endpoint: deviceId, host, locale, lockScreen, way: kind });
  }

  /** The subscribed devices of a person, without the addresses and keys that only we and the push service need. */
  async function listOwn(personId: string) {
    const { subscriptions } = personKeys(personId);
    // Bounded by `maxSubscriptions`.
    const stored = Object.entries(asRecord(await redis.send(subscriptions, 'HGETALL', subscriptions)));
    return stored
      .filter(([id]) => !isWayId(id))
      .map(([deviceId, json]) => {
        const { host, locale, lockScreen } = v.parse(v.object(pushed), JSON.parse(json));
        return { deviceId, pushService: host, locale, lockScreen };
      });
  }

  /** Removes a device's subscription everywhere. Does nothing where there is none. */
  async function remove(session: Session): Promise<void> {
    const endpoint = await endpointOf(session);
    await dropEverywhere(session, '');
    // Last, so that nobody else can have the endpoint before; a claim that a crash leaves here ends by itself.
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

  /** Subscribed devices of some members, each with its host. */
  async function devicesOf(neighbourhoodId: string, memberIds: readonly string[]) {
    const { subscriptionMembers: key } = neighbourhoodKeys(neighbourhoodId);
    const found = await Promise.all(
      // '!' is the character after the space: bounded by `maxSubscriptions` a member.
      memberIds.map((id) => redis.send(key, 'ZRANGE', key, `[${id} `, `(${id}!`, 'BYLEX')),
    );
    return found.flatMap(asStrings).map((name): Device => {
      const [, deviceId = '', host = ''] = name.split(' ');
      return { deviceId, host };
    });
  }

  return {
    put,
    putWay,
    own,
    showOnLockScreen,
    listOwn,
    remove,
    removeGone,
    dropFrom,
    load,
    devicesOf,
    isSignedIn,
  };
}

export type SubscriptionStore = ReturnType<typeof createSubscriptionStore>;
