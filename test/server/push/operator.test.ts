import { pino } from 'pino';
import { register } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import { createAlarms } from '../../../server/push/alarms.ts';
import { countDelivery, deliveryBuckets, emptyCounters } from '../../../server/push/counters.ts';
import { serviceOf } from '../../../server/push/endpoint.ts';
import { createPushMetrics } from '../../../server/push/metrics.ts';
import { createPushQueue } from '../../../server/push/queue.ts';
import { createSubscriptionStore } from '../../../server/push/store.ts';
import { type PushWorker, type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { neighbourhoodKeys, partitionKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { seedPhones } from './seed.ts';

// What whoever runs the machine sees of pushing.

let service: PushService;
let app: TestApp;
let lines: string[] = [];
let ends: (() => Promise<void>)[] = [];
/** How far the worker's clock is ahead. */
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  lines = [];
  service = await startPushService();
  ends.push(() => service.close());
  app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
  ends.push(() => app.stop());
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
  // The process's metrics outlive the test.
  createPushMetrics()(emptyCounters());
});

async function work(over: Partial<PushWorkerDeps> = {}): Promise<PushWorker> {
  const worker = await startPushWorker({
    redis: app.redis,
    logger: pino({ level: 'error' }, { write: (line: string) => lines.push(line) }),
    vapid: webPush.generateVAPIDKeys(),
    subject: 'mailto:watch@example.org',
    extraOrigins: [service.origin],
    now: () => Date.now() + ahead,
    pollMs: 50,
    ...over,
  });
  ends.push(() => worker.stop());
  return worker;
}

const host = () => new URL(service.origin).host;
const ready = async () => (await phoneOf(app).get('/health/ready')).body;

/** The value of one line of the metrics. */
async function metric(name: string): Promise<number | null> {
  const line = (await register.metrics()).split('\n').find((text) => text.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}

describe('a push service that refuses our key', () => {
  it.each([401, 403])(
    '[PE4] with %i alarms the operator, and costs nobody their subscription',
    async (status) => {
      const { founder, id } = await street(() => phoneOf(app), []);
      const phones = await seedPhones(app.redis, id, service, 40);
      service.behaveAll({ status });
      const worker = await work();
      const count = createPushMetrics();
      await founder.report(id, { severity: 'severe' });
      await eventually(() => worker.counters.failed[`status-${status}`] === phones.length);
      // Once, and not for each of forty phones.
      expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
        { msg: 'a push service does not take our messages', service: host(), reason: `status-${status}` },
      ]);
      expect(lines.join('')).not.toContain('/push/');
      count(worker.counters);
      const gauge = `vigie_push_service_refusing{service="${host()}",reason="status-${status}"}`;
      expect(await metric(gauge)).toBe(1);
      expect(await ready()).toEqual({ status: 'ok', alarms: ['push'] });
      const store = createSubscriptionStore(app.redis, Date.now);
      const kept = await store.load(
        id,
        phones.map(({ deviceId }) => deviceId),
      );
      expect(kept.filter((each) => each !== null)).toHaveLength(phones.length);
      // The key is mended: what was owed is told, and the alarm ends.
      service.behaveAll('accept');
      ahead = 15 * 60 * 1000;
      await service.waitFor((received) => received.length === phones.length);
      await eventually(() => Object.keys(worker.counters.refusing).length === 0);
      count(worker.counters);
      expect(await metric(gauge)).toBeNull();
      expect(await ready()).toEqual({ status: 'ok' });
    },
  );

  it('[PE4] is named in the log every ten minutes at most, each reason by itself', () => {
    let now = 0;
    const refusing: Record<string, string> = {};
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    const alarms = createAlarms({ logger, clock: () => now, refusing });
    for (now = 0; now < 600_000; now += 60_000) alarms.refused('push.example', 'status-401');
    expect(lines).toHaveLength(1);
    alarms.refused('push.example', 'status-403');
    alarms.refused('other.example', 'status-401');
    expect(lines).toHaveLength(3);
    now = 600_000;
    alarms.refused('push.example', 'status-401');
    expect(lines).toHaveLength(4);
    expect(refusing).toEqual({ 'push.example': 'status-401', 'other.example': 'status-401' });
    alarms.taken('push.example');
    alarms.taken('push.example');
    expect(refusing).toEqual({ 'other.example': 'status-401' });
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg).slice(4)).toEqual([
      'the push service takes our messages again',
    ]);
  });
});

describe('the metrics', () => {
  it('[PE5] tell what came of each attempt at each service, and how long it took since the commit', async () => {
    const { founder, id } = await street(() => phoneOf(app), []);
    const phones = await seedPhones(app.redis, id, service, 12);
    service.behave(phones[0]?.subscription.id ?? '', [{ status: 410 }]);
    service.behave(phones[1]?.subscription.id ?? '', [{ status: 503 }]);
    const attempts = (outcome: string) =>
      metric(`vigie_push_attempts_total{service="${host()}",outcome="${outcome}"}`);
    const slow = () => metric('vigie_push_delivery_seconds_bucket{le="300"}');
    const all = () => metric('vigie_push_delivery_seconds_bucket{le="+Inf"}');
    const [slowBefore, allBefore] = [(await slow()) ?? 0, (await all()) ?? 0];
    const count = createPushMetrics();
    await founder.report(id);
    // Nobody was there to send for ten minutes.
    ahead = 600_000;
    const worker = await work();
    await eventually(() => worker.counters.accepted === 11);
    count(worker.counters);
    // What was counted is not counted again.
    count(worker.counters);
    expect(await attempts('accepted')).toBe(11);
    expect(await attempts('gone')).toBe(1);
    expect(await attempts('status-503')).toBe(1);
    expect((await all()) ?? 0).toBe(allBefore + 11);
    expect((await slow()) ?? 0).toBe(slowBefore);
    expect(worker.counters).toMatchObject({ accepted: 11, failed: { gone: 1, 'status-503': 1 } });
  });

  it('[PE5] sort times into their buckets, also of clocks that are apart', () => {
    const counters = emptyCounters();
    for (const ms of [-5, 0, 50, 51, 3_600_000, 3_600_001, 90_000_000]) countDelivery(counters, ms);
    const filled = counters.delivery.map(({ count }) => count);
    expect(filled.slice(0, 2)).toEqual([3, 1]);
    expect(filled.slice(-2)).toEqual([1, 2]);
    expect(filled).toHaveLength(deliveryBuckets.length + 1);
  });

  it('[PE5] tell how late the oldest push is', async () => {
    const { founder, id } = await street(() => phoneOf(app), []);
    // More than a worker takes in hand for one service.
    await seedPhones(app.redis, id, service, 400);
    service.behaveAll('hang');
    const worker = await work({ abandonedMs: 150, leaseMs: 240_000, timeoutMs: 120_000 });
    await founder.report(id);
    await eventually(() => service.attempts.length > 0);
    ahead = 60_000;
    await eventually(() => worker.counters.queueAgeMs >= 60_000);
    const count = createPushMetrics();
    count(worker.counters);
    expect(await metric('vigie_push_queue_age_seconds')).toBeGreaterThanOrEqual(60);
    // Nobody waits for the ends of what hangs.
    await service.close();
  });

  it('[PE13] tell how long an entry waits for a worker, or in its hands', async () => {
    const partition = 7;
    const { outbox } = partitionKeys(partition);
    const queue = createPushQueue(app.redis);
    const waits = async () => {
      expect((await app.app.request('/metrics')).status).toBe(200);
      return await metric('vigie_push_outbox_age_seconds');
    };
    /** Its number is when it was written. */
    const write = (minutesAgo: number) =>
      app.redis.send(
        ...([outbox, 'XADD', outbox, `${Date.now() - minutesAgo * 60_000}-0`] as const),
        ...['n', 'some', 's', '1', 't', 'incident.reported'],
      );
    expect(await waits()).toBe(0);
    await write(30);
    expect(Math.floor(((await waits()) ?? 0) / 60)).toBe(30);
    await queue.open(partition);
    expect(Math.floor(((await waits()) ?? 0) / 60)).toBe(30);
    const pointers = await queue.readNew(partition);
    await write(20);
    expect(Math.floor(((await waits()) ?? 0) / 60)).toBe(30);
    await queue.acknowledge(partition, pointers);
    expect(Math.floor(((await waits()) ?? 0) / 60)).toBe(20);
    await queue.acknowledge(partition, await queue.readNew(partition));
    expect(await waits()).toBe(0);
  });

  it('[PE15] what told nobody is acknowledged without a look of the worker', async () => {
    await work({ pollMs: 60_000 });
    const { founder, id } = await street(() => phoneOf(app), []);
    await founder.report(id);
    const { outbox } = neighbourhoodKeys(id);
    const groups = async () => JSON.stringify(await app.redis.send(outbox, 'XINFO', 'GROUPS', outbox));
    await eventually(async () => /"pending",0,.*"lag",0/u.test(await groups()));
    expect(await app.redis.send(outbox, 'XLEN', outbox)).toBeGreaterThanOrEqual(2);
  });

  it('[PE5] count the many hosts of one service as one', () => {
    expect(serviceOf('fcm.googleapis.com')).toBe('fcm.googleapis.com');
    expect(serviceOf('wns2-par02p.notify.windows.com')).toBe('*.notify.windows.com');
    expect(serviceOf('updates.push.services.mozilla.com')).toBe('updates.push.services.mozilla.com');
    expect(serviceOf('web.push.apple.com')).toBe('web.push.apple.com');
    expect(serviceOf('api.push.apple.com')).toBe('*.push.apple.com');
    expect(serviceOf('127.0.0.1:9999')).toBe('127.0.0.1:9999');
  });
});
