import type { Deps, PersonKeeper } from '../deps.ts';
import { createSubscriptionStore } from './store.ts';

/** The push subscriptions of one person: for handing over which there are, and for erasing them. */
export function subscriptionKeeper({ redis, now }: Pick<Deps, 'redis' | 'now'>): PersonKeeper {
  const store = createSubscriptionStore(redis, now);
  return {
    handOver: async (personId) => ({ notifications: await store.listOwn(personId) }),
    async erase(personId) {
      for (const { deviceId } of await store.listOwn(personId)) await store.remove({ personId, deviceId });
    },
  };
}
