import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import { createSubscriptionStore } from '../../../server/push/store.ts';
import { type PushWorker, type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { neighbourhoodKeys, partitions } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type Phone, street } from '../../support/phone.ts';
import {
  type Behaviour,
  type PushService,
  type Received,
  startPushService,
} from '../../support/push-service.ts';
import { pushKeys, seedPhones } from './seed.ts';

const vapid = webPush.generateVAPIDKeys();
const hour = 3600 * 1000;

let service: PushService;
let app: TestApp;
let ends: (() => Promise<void>)[] = [];
/** How far the worker's clock is ahead. */
let ahead = 0;
const clock = () => performance.now() + ahead;

async function work(over: Partial<PushWorkerDeps> = {}): Promise<PushWorker> {
  const worker = await startPushWorker({
    redis: app.redis,
    logger: pino({ level: 'silent' }),
    vapid,
    subject: 'mailto:watch@example.org',
    extraOrigins: [service.origin],
    now: () => Date.now() + ahead,
    pollMs: 50,
    ...over,
  });
  ends.push(() => worker.stop());
  return worker;
}

const newPhone = () => phoneOf(app);

async function subscribed(phone: Phone, locale?: string) {
  const subscription = service.newSubscription();
  const { endpoint, keys } = subscription;
  await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys, locale }));
  return subscription;
}

const to = (id: string) => service.received.filter(({ subscriptionId }) => subscriptionId === id);
const attemptsTo = (id: string) => service.attempts.filter(({ subscriptionId }) => subscriptionId === id);

/** What is left of its time: from the app's clock, which stands still, to when it was sent. */
function expectTtl(got: Received | undefined, seconds: number): void {
  expect(got?.ttl).toBeLessThanOrEqual(seconds);
  expect(got?.ttl).toBeGreaterThan(seconds - 120);
}

/** Resolves when nothing of push waits any more. */
async function drained(): Promise<void> {
  await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
    what: 'an empty queue',
  });
}

async function stillSubscribed(neighbourhoodId: string, deviceId: string): Promise<boolean> {
  const [found] = await createSubscriptionStore(app.redis, Date.now).load(neighbourhoodId, [deviceId]);
  return found !== null;
}

beforeEach(async () => {
  ahead = 0;
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

describe('who is told what', () => {
  it('[PU20] tells every other neighbour once, with no more than category and neighbourhood', async () => {
    const { founder, id, neighbours } = await street(newPhone, ['Bo', 'Cy', 'Di']);
    const own = await subscribed(founder);
    const [bo, cy] = [
      await subscribed(neighbours[0]?.phone ?? founder, 'fr'),
      await subscribed(neighbours[1]?.phone ?? founder),
    ];
    await work();
    const { incident } = await founder.report(id, {
      category: 'fire',
      answers: {},
      severity: 'severe',
      title: 'Secret title',
      description: 'Secret words',
    });
    await service.waitFor((received) => received.length >= 2);
    await drained();
    expect(service.received).toHaveLength(2);
    expect(to(own.id)).toEqual([]);
    const about = {
      kind: 'alert',
      neighbourhoodId: id,
      neighbourhoodName: 'Rue des Lilas',
      incidentId: incident.id,
      category: 'fire',
      severity: 'severe',
    };
    expect(JSON.parse(to(bo.id)[0]?.payload ?? '')).toEqual({ ...about, locale: 'fr' });
    expect(JSON.parse(to(cy.id)[0]?.payload ?? '')).toEqual({ ...about, locale: 'en' });
    expect(to(bo.id)[0]).toMatchObject({ urgency: 'high', vapidKey: vapid.publicKey });
    expectTtl(to(bo.id)[0], 4 * 3600);
  });

  it('[PU20] keeps the reporter out also when neighbours do not see who it was', async () => {
    const { founder, id, neighbours } = await street(newPhone);
    const own = await subscribed(founder);
    await subscribed(neighbours[0]?.phone ?? founder);
    // What names nobody is told to volunteers first.
    const role = `/api/neighbourhoods/${id}/members/${neighbours[0]?.member.id}/role`;
    await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
    await work();
    await founder.report(id, { anonymous: true, severity: 'minor' });
    await service.waitFor((received) => received.length === 1);
    await drained();
    expect(attemptsTo(own.id)).toEqual([]);
    expect(service.received[0]).toMatchObject({ urgency: 'normal' });
    expectTtl(service.received[0], 3600);
  });

  it('[PU20] tells nobody of what is no alert, and nobody elsewhere', async () => {
    const { founder, id } = await street(newPhone, ['Bo']);
    const elsewhere = await street(newPhone, ['Cy']);
    await seedPhones(app.redis, elsewhere.id, service, 3);
    await work();
    await founder.invite(id);
    await founder.report(id);
    await drained();
    const { outbox } = neighbourhoodKeys(id);
    await eventually(async () => {
      const groups = JSON.stringify(await app.redis.send(outbox, 'XINFO', 'GROUPS', outbox));
      return groups.includes('"lag",0') && groups.includes('"pending",0');
    });
    expect(service.attempts).toEqual([]);
  });

  it('[PU21] counts each phone that was reached, once', async () => {
    const { founder, id } = await street(newPhone, []);
    await seedPhones(app.redis, id, service, 300);
    await work();
    const { incident } = await founder.report(id);
    await service.waitFor((received) => received.length >= 300);
    await eventually(async () => {
      const path = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
      return (await founder.must(founder.get<IncidentDetail>(path))).reach.phones === 300;
    });
    expect(new Set(service.received.map(({ subscriptionId }) => subscriptionId)).size).toBe(300);
    expect(service.received).toHaveLength(300);
  });

  it('[PU22] tells nobody whose device was signed out or whose membership ended, also between two attempts', async () => {
    const { founder, id, neighbours } = await street(newPhone, ['Bo', 'Cy', 'Di']);
    const [bo, cy, di] = neighbours;
    if (bo === undefined || cy === undefined || di === undefined) throw new Error('nobody lives here');
    const subscriptions = [
      await subscribed(bo.phone),
      await subscribed(cy.phone),
      await subscribed(di.phone),
    ];
    const [toBo, toCy, toDi] = subscriptions.map(({ id: subscriptionId }) => subscriptionId);
    service.behave(toDi ?? '', [{ status: 503 }]);
    await bo.phone.send('DELETE', '/api/session');
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${cy.member.id}`);
    const worker = await work();
    await founder.report(id);
    await eventually(() => attemptsTo(toDi ?? '').length > 0);
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${di.member.id}`);
    await drained();
    expect([attemptsTo(toBo ?? ''), attemptsTo(toCy ?? '')]).toEqual([[], []]);
    expect(to(toDi ?? '').length).toBeLessThanOrEqual(1);
    expect(worker.counters.removed).toBeGreaterThanOrEqual(2);
  });
});

describe('a bad day at the push service', () => {
  it('[PU23] removes a subscription after 404 and 410, and after nothing else', async () => {
    const { founder, id } = await street(newPhone, []);
    const answers: [Behaviour, boolean][] = [
      [{ status: 404 }, false],
      [{ status: 410 }, false],
      [{ status: 400 }, true],
      [{ status: 401 }, true],
      [{ status: 403 }, true],
      [{ status: 413 }, true],
      [{ status: 429, headers: { 'Retry-After': '0' } }, true],
      [{ status: 500 }, true],
      [{ status: 503 }, true],
      [{ status: 302, headers: { Location: service.origin } }, true],
      ['reset', true],
      ['hang', true],
      ['slow-body', true],
      ['huge-body', true],
      ['endless-body', true],
      ['accept', true],
    ];
    const phones = await seedPhones(app.redis, id, service, answers.length);
    for (const [i, [behaviour]] of answers.entries()) {
      service.behave(phones[i]?.subscription.id ?? '', [behaviour]);
    }
    await work({ timeoutMs: 2000 });
    await founder.report(id);
    // All but the two that are gone and the four that wait for the operator are served at last.
    await service.waitFor((received) => new Set(received.map((got) => got.subscriptionId)).size === 10);
    for (const [i, [, stays]] of answers.entries()) {
      await expect
        .poll(async () => [answers[i], await stillSubscribed(id, phones[i]?.deviceId ?? '')])
        .toEqual([answers[i], stays]);
    }
    const gone = phones.slice(0, 2).map(({ subscription }) => subscription);
    // The endpoint itself is free too.
    const bo = newPhone();
    await bo.accept((await founder.invite(id)).code, 'Bo');
    for (const { endpoint, keys } of gone) {
      expect((await bo.send('PUT', '/api/push/subscription', { endpoint, keys })).status).toBe(204);
    }
  });

  it('[PU24] sends nothing before Retry-After, then what it owes', async () => {
    const { founder, id } = await street(newPhone, []);
    const [phone] = await seedPhones(app.redis, id, service, 1);
    const subscriptionId = phone?.subscription.id ?? '';
    const date = new Date(Date.now() + 1_800_000).toUTCString();
    service.behave(subscriptionId, [
      { status: 429, headers: { 'Retry-After': '600' } },
      { status: 503, headers: { 'Retry-After': date } },
    ]);
    const worker = await work({ clock });
    await founder.report(id);
    // The clock moves when the worker has read the answer, not when the service has given it.
    await eventually(() => worker.counters.failed['status-429'] === 1);
    ahead = 300_000;
    await looksTwice();
    expect(attemptsTo(subscriptionId)).toHaveLength(1);
    ahead = 602_000;
    await eventually(() => worker.counters.failed['status-503'] === 1);
    ahead = 1_500_000;
    await looksTwice();
    expect(attemptsTo(subscriptionId)).toHaveLength(2);
    ahead = 1_802_000;
    await service.waitFor((received) => received.length === 1);
  });

  it('[PE12] leaves a service alone for as long as it asks, from the first such answer on', async () => {
    const { founder, id } = await street(newPhone, []);
    const phones = await seedPhones(app.redis, id, service, 100);
    service.behaveAll({ status: 503, headers: { 'Retry-After': '600' } });
    const worker = await work({ clock });
    await founder.report(id);
    // What had begun by then.
    await eventually(() => worker.counters.failed['status-503'] === 32);
    ahead = 590_000;
    await looksTwice();
    expect(service.attempts).toHaveLength(32);
    service.behaveAll('accept');
    ahead = 602_000;
    await service.waitFor((received) => received.length === phones.length);
  });

  it('[PU25] serves everybody once the service is back, however it failed before', async () => {
    const { founder, id } = await street(newPhone, []);
    const phones = await seedPhones(app.redis, id, service, 40);
    const failures: Behaviour[] = [
      { status: 500 },
      { status: 503 },
      'reset',
      { status: 429 },
      { status: 502 },
    ];
    for (const [i, { subscription }] of phones.entries()) {
      service.behave(subscription.id, [failures[i % 5] ?? 'reset', failures[(i + 2) % 5] ?? 'reset']);
    }
    await work();
    await founder.report(id);
    const served = () => new Set(service.received.map(({ subscriptionId }) => subscriptionId));
    // The clock runs ahead, so that back-offs of minutes pass in this test's seconds; not past the alert's own time.
    await eventually(
      () => {
        ahead = Math.min(ahead + 1000, hour / 2);
        return served().size === 40;
      },
      { within: 90_000, what: 'all forty' },
    );
    await drained();
    expect(service.received).toHaveLength(40);
  });

  it('[PU26] gives up an alert whose time is over, and never sends one that was too old to begin with', async () => {
    const { founder, id } = await street(newPhone, []);
    const [phone] = await seedPhones(app.redis, id, service, 1);
    const subscriptionId = phone?.subscription.id ?? '';
    service.behaveAll({ status: 503, headers: { 'Retry-After': '300' } });
    await founder.report(id, { severity: 'minor' });
    app.clock.now += 2 * hour;
    ahead = 2 * hour;
    await founder.report(id, { severity: 'minor' });
    const worker = await work({ clock });
    await eventually(() => worker.counters.failed['status-503'] === 1);
    ahead += hour - 200_000;
    await eventually(() => worker.counters.expired === 1);
    await drained();
    // Once, and once more before its time was over; the older one never.
    expect(attemptsTo(subscriptionId)).toHaveLength(2);
    expect(service.received).toEqual([]);
    expect(await stillSubscribed(id, phone?.deviceId ?? '')).toBe(true);
  });

  it('[PU27] lets no host that hangs hold up another', async () => {
    const { founder, id } = await street(newPhone, []);
    const hanging = await startPushService();
    ends.push(() => hanging.close());
    hanging.behaveAll('hang');
    // More than a worker takes in hand at a time.
    await seedPhones(app.redis, id, hanging, 800);
    const phones = await seedPhones(app.redis, id, service, 200);
    const worker = await work({ extraOrigins: [service.origin, hanging.origin] });
    await founder.report(id);
    await service.waitFor((received) => received.length === phones.length);
    // Not one attempt at the other host has ended by then.
    expect(worker.counters.failed).toEqual({});
    expect(hanging.attempts.length).toBeGreaterThan(0);
    // After one round of time-outs that host rests, and then gets one attempt at a time.
    await eventually(() => (worker.counters.failed['timeout'] ?? 0) >= 16, { within: 60_000 });
    await looksTwice();
    expect(hanging.attempts.length).toBeLessThanOrEqual(33);
  });
});

/** Waits until the worker has looked at every partition's queue twice more. */
async function looksTwice(): Promise<void> {
  const looks = async () => {
    const stats = String(await app.redis.send('x', 'INFO', 'commandstats'));
    return Number(/cmdstat_evalsha:calls=(\d+)/u.exec(stats)?.[1] ?? 0);
  };
  const before = await looks();
  await eventually(async () => (await looks()) > before + 2 * partitions);
}
