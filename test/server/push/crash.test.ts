import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import type { RedisTarget } from '../../../server/redis/client.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { createInHand } from '../../../server/in-hand.ts';
import { startPushThread } from '../../../server/push/thread.ts';
import { type PushWorker, type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys, seedPhones } from './seed.ts';

const vapid = webPush.generateVAPIDKeys();
const logger = pino({ level: 'silent' });

let ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function begin(options: { cluster?: boolean; delayMs?: number } = {}) {
  const service = await startPushService(options.delayMs === undefined ? {} : { delayMs: options.delayMs });
  ends.push(() => service.close());
  const app = await startApp({
    env: { PUSH_EXTRA_ORIGINS: service.origin },
    cluster: options.cluster ?? false,
  });
  ends.push(() => app.stop());
  const settings = { vapid, subject: 'mailto:watch@example.org', extraOrigins: [service.origin], pollMs: 50 };
  return { service, app, settings };
}

async function work(app: TestApp, deps: Omit<PushWorkerDeps, 'redis' | 'logger'>): Promise<PushWorker> {
  const redis = await app.server.connect();
  const worker = await startPushWorker({ redis, logger, ...deps });
  ends.push(() => worker.stop());
  return worker;
}

/** A push worker in a process of its own. @returns what kills it */
function workApart(target: RedisTarget, settings: object): () => Promise<void> {
  const entry = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', entry, JSON.stringify({ target, ...settings })], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  ends.push(kill);
  return kill;
}

const distinct = (service: PushService) =>
  new Set(service.received.map(({ subscriptionId }) => subscriptionId));

async function drained(app: TestApp): Promise<void> {
  await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
    what: 'an empty queue',
    within: 90_000,
  });
}

describe('crashes', () => {
  // `npm run test:soak` does 20 rounds of 5,000.
  const rounds = Number(process.env['PUSH_ROUNDS'] ?? 3);
  const crowd = Number(process.env['PUSH_PHONES'] ?? 600);
  /** What may be sent and not written, and what may be on its way to one service. */
  const oneBatch = 100 + 32;

  it(`[PU28] [PE9] a worker killed in the middle of ${crowd} pushes, ${rounds} times, misses none and repeats at most a batch`, async () => {
    const { service, app, settings } = await begin({ delayMs: 5 });
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, crowd);
    const apart = { ...settings, leaseMs: 25_000, timeoutMs: 10_000, abandonedMs: 1000 };
    // Each worker's clock is ahead of its predecessor's by a lease: what that one held is due again at once.
    const ahead = (round: number) => round * apart.leaseMs;
    const repeated: number[] = [];
    /** How often each phone was told of each incident. */
    const told = () => {
      const counts = new Map<string, number>();
      for (const { subscriptionId, topic } of service.received) {
        const key = `${subscriptionId} ${topic}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return counts;
    };
    const finish = async (round: number) => {
      await service.waitFor(
        (received) => received.length >= crowd * round && told().size === crowd * round,
        60_000 + crowd * 100,
      );
      await drained(app);
      repeated.push(service.received.length - crowd * round - repeated.reduce((sum, each) => sum + each, 0));
    };
    for (let round = 1; round <= rounds; round += 1) {
      // The one that finishes what its predecessor was killed at is killed at the next.
      const kill = workApart(app.server.target, { ...apart, aheadMs: ahead(round) });
      if (round > 1) await finish(round - 1);
      // Severe, so that no day's budget holds any of it back.
      await founder.report(id, { severity: 'severe' });
      const sofar = service.received.length;
      const until = sofar + Math.ceil(crowd * (0.1 + Math.random() * 0.6));
      await service.waitFor((received) => received.length >= until, 60_000 + crowd * 100);
      await kill();
    }
    await work(app, { ...apart, now: () => Date.now() + ahead(rounds + 1) });
    await finish(rounds);
    // Said, not only bounded: how much repeats is what a change would show in.
    process.stdout.write(`repeated of ${crowd} pushes in ${rounds} crashes: ${repeated.join(', ')}\n`);
    expect(Math.max(...told().values())).toBeLessThanOrEqual(2);
    expect(Math.max(...repeated)).toBeLessThanOrEqual(oneBatch);
    expect(service.faults).toEqual([]);
  }, 3_600_000);

  it('[PU29] takes over what a worker read and did not live to tell', async () => {
    const { service, app, settings } = await begin();
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 3);
    const first = await work(app, settings);
    await first.stop();
    await founder.report(id);
    const { outbox } = neighbourhoodKeys(id);
    const read = await app.redis.send(
      outbox,
      ...['XREADGROUP', 'GROUP', 'push', 'dead', 'COUNT', '100', 'STREAMS', outbox, '>'],
    );
    expect(JSON.stringify(read)).toContain('incident.reported');
    await work(app, { ...settings, abandonedMs: 1500 });
    await service.waitFor((received) => received.length >= 3);
    await drained(app);
    expect(service.received).toHaveLength(3);
  });

  it('[PU30] two workers share the work, and every phone is told once', async () => {
    const { service, app, settings } = await begin({ delayMs: 2 });
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 200);
    const workers = [await work(app, settings), await work(app, settings)];
    for (let i = 0; i < 3; i += 1) await founder.report(id);
    await service.waitFor((received) => received.length >= 600);
    await drained(app);
    expect(service.received).toHaveLength(600);
    for (const worker of workers) expect(worker.counters.accepted).toBeGreaterThan(0);
  });

  it('[PU31] outlives a crash of Redis under way, and misses nobody', async () => {
    const { service, app, settings } = await begin({ delayMs: 5 });
    const { founder, id } = await street(() => phoneOf(app), []);
    const phones = await seedPhones(app.redis, id, service, 600);
    await work(app, { ...settings, leaseMs: 5000, timeoutMs: 4000, abandonedMs: 1000 });
    await founder.report(id);
    await service.waitFor((received) => received.length >= 150);
    await app.server.kill();
    await app.server.restart();
    await service.waitFor(() => distinct(service).size === phones.length, 90_000);
    await eventually(() => drained(app).then(() => true), { within: 90_000 });
    expect(service.received.length - phones.length).toBeLessThanOrEqual(100);
  }, 300_000);

  it('[PU31] sends nothing twice that it sent while Redis was away, although its lease has run out', async () => {
    const { service, app, settings } = await begin({ delayMs: 1500 });
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 20);
    const worker = await work(app, { ...settings, leaseMs: 7000, timeoutMs: 6000, abandonedMs: 1000 });
    await founder.report(id);
    await service.waitFor((received) => received.length === 20);
    // The messages have arrived, their answers have not.
    await app.server.kill();
    await eventually(() => worker.counters.accepted === 20);
    const awaySince = performance.now();
    await eventually(() => performance.now() - awaySince > 7000);
    await app.server.restart();
    await eventually(() => drained(app).then(() => true), { within: 90_000 });
    expect(service.received).toHaveLength(20);
  });

  it('[PU32] forgets outbox pointers that every reader has done with, and no other', async () => {
    const { service, app, settings } = await begin();
    const { founder, id } = await street(() => phoneOf(app), []);
    const [phone] = await seedPhones(app.redis, id, service, 1);
    const { outbox } = neighbourhoodKeys(id);
    const length = async () => Number(await app.redis.send(outbox, 'XLEN', outbox));
    await app.redis.send(outbox, 'XGROUP', 'CREATE', outbox, 'slow-reader', '0', 'MKSTREAM');
    const read = ['XREADGROUP', 'GROUP', 'slow-reader', 'one', 'COUNT'];
    await work(app, { ...settings, trimEveryMs: 60 });
    // Severe, so that no day's budget holds any of it back.
    for (let i = 0; i < 30; i += 1) await founder.report(id, { severity: 'severe' });
    await service.waitFor((received) => received.length === 30);
    const all = await length();
    expect(all).toBeGreaterThan(30);
    // The slow reader reads all but five, and acknowledges none.
    await app.redis.send(outbox, ...read, String(all - 5), 'STREAMS', outbox, '>');
    const pending = await app.redis.send(outbox, 'XPENDING', outbox, 'slow-reader', '-', '+', '1000');
    if (!Array.isArray(pending)) throw new TypeError('nothing pending');
    const ids = pending.map((entry) => String(Array.isArray(entry) ? entry[0] : ''));
    expect(await length()).toBe(all);
    // It acknowledges all but its third: from there on everything stays.
    await app.redis.send(outbox, 'XACK', outbox, 'slow-reader', ...ids.filter((_, i) => i !== 2));
    await eventually(async () => (await length()) === all - 2);
    await app.redis.send(outbox, 'XACK', outbox, 'slow-reader', ids[2] ?? '');
    await eventually(async () => (await length()) <= 6);
    expect(await length()).toBeGreaterThanOrEqual(5);
    expect(phone).toBeDefined();
  });

  it('[PU33] does the same on a Redis Cluster', async () => {
    const { service, app, settings } = await begin({ cluster: true });
    const { founder, id } = await street(() => phoneOf(app), []);
    const phones = await seedPhones(app.redis, id, service, 260);
    service.behave(phones[0]?.subscription.id ?? '', [{ status: 410 }]);
    service.behave(phones[1]?.subscription.id ?? '', [{ status: 503 }]);
    await work(app, { ...settings, trimEveryMs: 100 });
    await founder.report(id);
    await service.waitFor(() => distinct(service).size === 259);
    await drained(app);
    expect(service.received).toHaveLength(259);
    expect(service.faults).toEqual([]);
  });
});

describe('startPushThread', () => {
  const entry = new URL('../../../dist/server/push-worker.js', import.meta.url);
  const threadEnv = (origin: string) => ({
    VAPID_SUBJECT: undefined,
    PUBLIC_URL: undefined,
    PUSH_EXTRA_ORIGINS: [origin],
    SMTP_URL: undefined,
    SMTP_FROM: undefined,
    WAYS_EXTRA_ORIGINS: [],
    LOG_LEVEL: 'silent' as const,
  });

  it('[PU34] [PE14] sends from a thread of its own, which ends when it is told to', async () => {
    const { service, app } = await begin();
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 50);
    const inHand = createInHand();
    const thread = startPushThread({
      env: threadEnv(service.origin),
      target: app.server.target,
      ...{ vapid, logger, inHand, entry },
    });
    // However long a command takes, it is given way to and holds up nobody for good.
    Atomics.store(inHand, 0, 1);
    await founder.report(id);
    while (Atomics.notify(inHand, 0) === 0) await new Promise(setImmediate);
    await service.waitFor((received) => received.length === 50);
    await thread.stop();
    await founder.report(id);
    expect(service.received).toHaveLength(50);
    expect(service.received[0]?.claims.sub).toMatch(/^mailto:/u);
  });

  it('[PU34] waits for a Redis that is away, and starts its thread again when it dies', async () => {
    const { service, app } = await begin();
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 2);
    await founder.report(id);
    await app.server.kill();
    const dir = await mkdtemp(join(tmpdir(), 'vigie-push-thread-'));
    ends.push(() => rm(dir, { recursive: true }));
    const marker = JSON.stringify(join(dir, 'died'));
    const dying = join(dir, 'entry.mjs');
    await writeFile(
      dying,
      `import { existsSync, writeFileSync } from 'node:fs';
      if (existsSync(${marker})) await import(${JSON.stringify(entry.href)});
      else { writeFileSync(${marker}, ''); throw new Error('first start'); }`,
    );
    const lines: string[] = [];
    const thread = startPushThread({
      env: threadEnv(service.origin),
      target: app.server.target,
      vapid,
      logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
      inHand: createInHand(),
      entry: pathToFileURL(dying),
    });
    ends.push(() => thread.stop());
    await eventually(() => lines.join('').includes('the push thread ended'));
    await app.server.restart();
    await service.waitFor((received) => received.length === 2);
  });
});
