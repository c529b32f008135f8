import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import type { IncidentMessage } from '../../../shared/push.ts';
import { AppError } from '../../../server/errors.ts';
import { encodeEntity } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import { copySubscriptions, createSubscriptionStore } from '../../../server/push/store.ts';
import { type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { endpointKey, neighbourhoodKeys, personKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys, seedPhones } from './seed.ts';

const hour = 3600 * 1000;

let service: PushService;
let app: TestApp;
let ends: (() => Promise<void>)[] = [];

async function work(over: Partial<PushWorkerDeps> = {}): Promise<void> {
  const worker = await startPushWorker({
    redis: app.redis,
    logger: pino({ level: 'silent' }),
    vapid: webPush.generateVAPIDKeys(),
    subject: 'mailto:watch@example.org',
    extraOrigins: [service.origin],
    pollMs: 50,
    ...over,
  });
  ends.push(() => worker.stop());
}

const newPhone = () => phoneOf(app);

const messageOf = ({ payload }: { payload: string }) => JSON.parse(payload) as IncidentMessage;

/** Resolves when nothing of push waits any more. */
async function drained(): Promise<void> {
  await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
    what: 'an empty queue',
  });
}

beforeEach(async () => {
  service = await startPushService();
  ends.push(() => service.close());
  app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
  ends.push(() => app.stop());
});
afterEach(async () => {
  expect(service.faults).toEqual([]);
  for (const end of ends.toReversed()) await end();
  ends = [];
});

describe('what changes after subscribing', () => {
  it('[PU35] tells a device also in a neighbourhood that its person founded or joined later', async () => {
    const { founder, id } = await street(newPhone, []);
    const ada = newPhone();
    await ada.found({ name: 'Rue des Roses' });
    const { endpoint, keys, id: subscriptionId } = service.newSubscription();
    await ada.must(ada.send('PUT', '/api/push/subscription', { endpoint, keys, locale: 'fr' }));
    const { neighbourhood } = await ada.found({ name: 'Rue des Tulipes' });
    await ada.accept((await founder.invite(id)).code, 'Ada');
    const bo = newPhone();
    await bo.accept((await ada.invite(neighbourhood.id)).code, 'Bo');
    await work();
    await founder.report(id);
    await bo.report(neighbourhood.id);
    await service.waitFor((received) => received.length >= 2);
    await drained();
    expect(service.received.map((got) => got.subscriptionId)).toEqual([subscriptionId, subscriptionId]);
    const told = service.received.map(messageOf);
    expect(told.map(({ neighbourhoodId }) => neighbourhoodId).toSorted()).toEqual(
      [id, neighbourhood.id].toSorted(),
    );
    expect(told.map(({ locale }) => locale)).toEqual(['fr', 'fr']);
  });

  it.each(['replaced', 'removed'])(
    '[PU35] leaves no copy of a subscription that is %s while it is copied',
    async (change) => {
      const store = createSubscriptionStore(app.redis, Date.now);
      const session = { personId: newId(), deviceId: newId() };
      const [neighbourhoodId, memberId] = [newId(), newId()];
      const { memberships } = personKeys(session.personId);
      await store.put(session, service.newSubscription());
      await app.redis.send(memberships, 'HSET', memberships, neighbourhoodId, memberId);
      const next = change === 'replaced' ? service.newSubscription() : null;
      let changes = 0;
      const slow: typeof app.redis = {
        ...app.redis,
        run: async (...args) => {
          // What is about to be written has been read: now it changes.
          changes += 1;
          if (changes === 1) await (next === null ? store.remove(session) : store.put(session, next));
          return await app.redis.run(...args);
        },
      };
      await copySubscriptions(slow, session.personId, neighbourhoodId, memberId);
      expect(changes).toBeGreaterThan(0);
      const [copy] = await store.load(neighbourhoodId, [session.deviceId]);
      expect(copy?.endpoint).toBe(next?.endpoint);
    },
  );

  it.each([
    ['unused for 90 days', { lastSeenAt: Date.now() - 90 * 24 * hour - 1000 }, false],
    ['a year old', { createdAt: Date.now() - 365 * 24 * hour - 1000 }, false],
    [
      'almost both',
      { lastSeenAt: Date.now() - 90 * 24 * hour + hour, createdAt: Date.now() - 365 * 24 * hour + hour },
      true,
    ],
  ])('[PU36] a session that is %s is told only while it lasts', async (_, times, isTold) => {
    const { founder, id } = await street(newPhone, []);
    const [old, other] = await seedPhones(app.redis, id, service, 2);
    if (old === undefined || other === undefined) throw new Error('nobody lives here');
    const { devices } = personKeys(old.personId);
    const device = { version: 1, createdAt: Date.now(), lastSeenAt: Date.now(), ...times };
    await app.redis.send(devices, 'HSET', devices, old.deviceId, encodeEntity(device));
    await work();
    await founder.report(id);
    await service.waitFor((received) => received.length >= (isTold ? 2 : 1));
    await drained();
    expect(service.attempts.map(({ subscriptionId }) => subscriptionId).toSorted()).toEqual(
      [other, ...(isTold ? [old] : [])].map(({ subscription }) => subscription.id).toSorted(),
    );
    const [stored] = await createSubscriptionStore(app.redis, Date.now).load(id, [old.deviceId]);
    expect(stored !== null).toBe(isTold);
    const owner = endpointKey(old.subscription.endpoint);
    expect(await app.redis.send(owner, 'EXISTS', owner)).toBe(isTold ? 1 : 0);
  });
});

describe('entries that nobody can read', () => {
  it('[PU37] holds up no alert behind it, says so without its content, and is done with', async () => {
    const { founder, id } = await street(newPhone, []);
    await seedPhones(app.redis, id, service, 1);
    const { log, outbox } = neighbourhoodKeys(id);
    for (const entry of ['{"at":1,"type":"incident.reported","incident":{"title":"Secret"}}', '{"Secret']) {
      const entryId = String(await app.redis.send(log, 'XADD', log, '0-*', 'e', entry));
      const seq = entryId.slice(2);
      await app.redis.send(outbox, 'XADD', outbox, '*', 'n', id, 's', seq, 't', 'incident.reported');
    }
    await founder.report(id);
    await founder.report(id);
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    // Nothing is taken over as abandoned within this test's time.
    await work({ logger, abandonedMs: 3600_000 });
    await service.waitFor((received) => received.length === 2);
    await drained();
    await eventually(async () => {
      const groups = JSON.stringify(await app.redis.send(outbox, 'XINFO', 'GROUPS', outbox));
      return groups.includes('"lag",0') && groups.includes('"pending",0');
    });
    const errors = lines.filter((line) => line.includes('"level":50'));
    expect(errors).toHaveLength(2);
    expect(lines.join('')).not.toContain('Secret');
  });

  it('[PU37] leaves an alert that Redis refused for later, and goes on with the next', async () => {
    const { founder, id } = await street(newPhone, []);
    await seedPhones(app.redis, id, service, 1);
    const { incident: first } = await founder.report(id);
    const { incident: second } = await founder.report(id);
    let refusals = 0;
    const redis: typeof app.redis = {
      ...app.redis,
      send: async (key, ...args) => {
        if (args[0] === 'XRANGE' && refusals === 0) {
          refusals += 1;
          throw new AppError('UNAVAILABLE');
        }
        return await app.redis.send(key, ...args);
      },
    };
    await work({ redis, abandonedMs: 4000 });
    await service.waitFor((received) => received.length === 2);
    expect(
      service.received.map(({ payload }) => (JSON.parse(payload) as IncidentMessage).incidentId),
    ).toEqual([second.id, first.id]);
  });
});
