import type { Deps, PersonKeeper } from '../deps.ts';
import { createDeviceStore } from './device-store.ts';
import { createSubscriptionStore } from './store.ts';

/** The push subscriptions of one person: for handing over which there are, and for erasing them. */
export function subscriptionKeeper({ redis, now }: Pick<Deps, 'redis' | 'now'>): PersonKeeper {
  const store = createSubscriptionStore(redis, now);
  const devices = createDeviceStore(redis, now);
  return {
    async handOver(personId) {
      const own = await store.listOwn(personId);
      const arrivals = await Promise.all(own.map(({ deviceId }) => devices.get({ personId, deviceId })));
      return { notifications: own.map((device, i) => ({ ...device, ...arrivals[i] })) };
    },
    async erase(personId) {
      for (const { deviceId } of await store.listOwn(personId)) await store.remove({ personId, deviceId });
    },
  };
}
