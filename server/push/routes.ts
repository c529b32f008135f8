import { Hono } from 'hono';
import { PushKey, SubscribeCommand } from '../../shared/push.ts';
import { type Guarded, signedIn } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { invalid } from '../errors.ts';
import { describe, json } from '../validate.ts';
import { isReceiver } from './encrypt.ts';
import { checkEndpoint } from './endpoint.ts';
import { createDeviceStore } from './device-store.ts';
import { createSubscriptionStore } from './store.ts';
import type { VapidKeys } from './vapid.ts';

/** Which devices want to be told by push. */
export function pushRoutes(deps: Deps, vapid: VapidKeys) {
  const store = createSubscriptionStore(deps.redis, deps.now);
  const devices = createDeviceStore(deps.redis, deps.now);
  const app = new Hono<Guarded>();

  app.get('/key', describe('The key that subscriptions are made with', 200, PushKey), (c) =>
    c.json({ publicKey: vapid.publicKey }),
  );

  app.put(
    '/subscription',
    describe('Tell this device by push', 204),
    signedIn(deps),
    json(SubscribeCommand),
    async (c) => {
      const command = c.req.valid('json');
      await deps.limits.count('commands', c.var.session.personId);
      const check = checkEndpoint(command.endpoint, deps.env.PUSH_EXTRA_ORIGINS);
      if (!check.ok) throw invalid('endpoint', check.reason);
      if (!isReceiver(command.keys)) throw invalid('keys.p256dh', 'must be a point of the curve P-256');
      await store.put(c.var.session, { ...command, endpoint: check.url.href });
      await devices.subscribed(c.var.session);
      return c.body(null, 204);
    },
  );

  app.delete('/subscription', describe('Tell this device no more', 204), signedIn(deps), async (c) => {
    await store.remove(c.var.session);
    return c.body(null, 204);
  });

  return app;
}
