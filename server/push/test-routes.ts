import { Hono } from 'hono';
import * as v from 'valibot';
import { Neighbourhood } from '../../shared/neighbourhoods.ts';
import {
  ArrivedCommand,
  defaultLockScreen,
  PushDevice,
  PushDeviceCommand,
  type PushTest,
  PushTested,
  type TestMessage,
} from '../../shared/push.ts';
import type { Locale } from '../../shared/text.ts';
import { type Guarded, signedIn } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys, personKeys } from '../redis/keys.ts';
import { asNullableString, asStrings } from '../redis/reply.ts';
import { describe, json } from '../validate.ts';
import { createDeviceStore } from './device-store.ts';
import type { Outcome } from './outcome.ts';
import { createSender, topicOf } from './sender.ts';
import { createSubscriptionStore } from './store.ts';
import { createVapid, type VapidKeys, vapidSubject } from './vapid.ts';

/** Whoever waits for a test looks at the screen for so long; later it would only surprise. */
const ttlSeconds = 60;

function said({ kind }: Outcome): PushTest['outcome'] {
  if (kind === 'accepted' || kind === 'gone') return kind;
  return kind === 'retry' ? 'unreachable' : 'refused';
}

/** Of whoever's device has not said its language: that of their neighbourhood, the first of several. */
async function localeOf(redis: Redis, personId: string): Promise<Locale> {
  const { memberships } = personKeys(personId);
  // Bounded by `maxMemberships`.
  const ids = asStrings(await redis.send(memberships, 'HKEYS', memberships));
  for (const id of ids) {
    const { meta } = neighbourhoodKeys(id);
    const stored = asNullableString(await redis.send(meta, 'HGET', meta, 'neighbourhood'));
    if (stored !== null) return v.parse(Neighbourhood, JSON.parse(entityJson(stored))).locale;
  }
  return 'en';
}

/** What a device knows of its own pushes: what its lock screen says, when one came last, and whether a test comes. */
export function pushTestRoutes(deps: Deps, vapid: VapidKeys) {
  const { redis, env, limits, now } = deps;
  const store = createSubscriptionStore(redis, now);
  const devices = createDeviceStore(redis, now);
  const app = new Hono<Guarded>();

  app.get(
    '/device',
    describe('What is known of pushes to this device', 200, PushDevice),
    signedIn(deps),
    async (c) => {
      const { session } = c.var;
      await limits.count('reads', session.personId);
      const [own, known] = await Promise.all([store.own(session), devices.get(session)]);
      return c.json({ subscribed: own !== null, lockScreen: own?.lockScreen ?? defaultLockScreen, ...known });
    },
  );

  app.put(
    '/device',
    describe('Choose what this device’s lock screen may say', 204),
    signedIn(deps),
    json(PushDeviceCommand),
    async (c) => {
      await limits.count('commands', c.var.session.personId);
      await store.showOnLockScreen(c.var.session, c.req.valid('json').lockScreen);
      return c.body(null, 204);
    },
  );

  app.put(
    '/arrival',
    describe('Say that a push got to this device', 204),
    signedIn(deps),
    json(ArrivedCommand),
    async (c) => {
      const { session } = c.var;
      await limits.count('receipts', session.personId);
      await devices.arrived(session, c.req.valid('json').test);
      return c.body(null, 204);
    },
  );

  // Sent at once and from here: whoever asks waits for what the push service says, and it is one message.
  app.post(
    '/test',
    describe('Send a push to this device', 201, PushTested),
    signedIn(deps),
    json(v.strictObject({})),
    async (c) => {
      const { session } = c.var;
      const command = await commandOf(c);
      const own = await store.own(session);
      if (own === null) throw new AppError('CONFLICT');
      const id = derivedId('push test', session.deviceId, command.id);
      const { test: last } = await devices.get(session);
      if (last?.id === id) {
        c.header('Idempotency-Replayed', 'true');
        return c.json({ test: last }, 201);
      }
      await limits.count('pushTests', session.personId);
      const sentAt = now();
      await devices.putTest(session, { id, sentAt, outcome: 'accepted' });
      const message: TestMessage = {
        kind: 'test',
        testId: id,
        locale: own.locale ?? (await localeOf(redis, session.personId)),
      };
      const subject = vapidSubject(env);
      const sender = createSender({
        ...{ vapid: createVapid(vapid, subject, now), extraOrigins: env.PUSH_EXTRA_ORIGINS, now },
      });
      const result = await sender.send(own, {
        ...{ payload: Buffer.from(JSON.stringify(message)), urgency: 'high', ttl: ttlSeconds },
        topic: topicOf(`test ${session.deviceId}`),
      });
      sender.close();
      const outcome = said(result);
      if (outcome === 'gone') await store.removeGone(session, own.endpoint);
      else if (outcome !== 'accepted') await devices.putTest(session, { id, sentAt, outcome });
      return c.json({ test: { id, sentAt, outcome, arrivedAt: null } }, 201);
    },
  );

  return app;
}
