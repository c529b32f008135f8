import type { Member } from '../../../shared/neighbourhoods.ts';
import { encodeEntity } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import { createSubscriptionStore } from '../../../server/push/store.ts';
import type { Redis } from '../../../server/redis/client.ts';
import { neighbourhoodKeys, personKeys } from '../../../server/redis/keys.ts';
import type { PushService, TestSubscription } from '../../support/push-service.ts';

export type SeededPhone = {
  personId: string;
  deviceId: string;
  memberId: string;
  subscription: TestSubscription;
};

/** Neighbours with a subscribed phone each, written without the many requests that joining takes. */
export async function seedPhones(
  redis: Redis,
  neighbourhoodId: string,
  service: Pick<PushService, 'newSubscription'>,
  count: number,
): Promise<SeededPhone[]> {
  const store = createSubscriptionStore(redis, Date.now);
  const { members } = neighbourhoodKeys(neighbourhoodId);
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const personId = newId();
      const deviceId = newId();
      const memberId = newId();
      const member: Member = {
        ...{ id: memberId, version: 1, name: `Neighbour ${i}`, role: 'resident' },
        ...{ status: 'active', joinedAt: 1 },
      };
      const keys = personKeys(personId);
      await redis.send(members, 'HSET', members, memberId, encodeEntity(member));
      await redis.send(keys.memberships, 'HSET', keys.memberships, neighbourhoodId, memberId);
      const device = { version: 1, createdAt: Date.now(), lastSeenAt: Date.now() };
      await redis.send(keys.devices, 'HSET', keys.devices, deviceId, encodeEntity(device));
      const subscription = service.newSubscription();
      const { endpoint, keys: subscriptionKeys } = subscription;
      await store.put({ personId, deviceId }, { endpoint, keys: subscriptionKeys });
      return { personId, deviceId, memberId, subscription };
    }),
  );
}

/** Every key under which something of push lies, for "nothing is left". */
export async function pushKeys(redis: Redis): Promise<string[]> {
  const found = await redis.send('x', 'KEYS', '*');
  if (!Array.isArray(found)) throw new TypeError('no keys');
  return found.map(String).filter((key) => /:e:|:subscriptions|:push:/u.test(key));
}
