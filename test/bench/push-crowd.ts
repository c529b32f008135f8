import { type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createECDH, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { connectRedis, type Redis } from '../../server/redis/client.ts';
import { seedPhones } from '../server/push/seed.ts';
import { Phone } from '../support/phone.ts';
import { selfSigned } from '../support/self-signed.ts';
import { startBuiltApp } from './built-app.ts';
import { messageOf, startChild, stopChild } from './child.ts';
import { median, medianRatio, quantile, ratioInterval, type Row, type Turn } from './figures.ts';
import type { PushOrder, PushReport } from './push-process.ts';

const crowd = 5000;
const street = 1000;
const raisers = 4;
/**
 * How long each raiser waits between two reports, about 40 a second of all and about as many as can be; and how often, by
 * turns, it is quiet for some seconds before two alerts go to the whole crowd: a percentile needs thousands of reports.
 */
const loads = {
  steady: { pauseMs: 100, tellings: 24, quietSeconds: 6 },
  full: { pauseMs: 10, tellings: 10, quietSeconds: 3 },
} as const;
/** What no member's budget for a day holds back. */
const grave = { severity: 'severe' };

type Service = { child: ChildProcess; origin: string };

async function startService(): Promise<Service> {
  const child = startChild('./push-process.ts');
  return { child, origin: `https://127.0.0.1:${await messageOf<number>(child)}` };
}

/** Where phones that nobody holds are subscribed. */
function subscriptionsAt(origin: string) {
  let made = 0;
  return {
    newSubscription() {
      const id = `${(made += 1)}-${randomBytes(6).toString('hex')}`;
      const pair = createECDH('prime256v1');
      const p256dh = pair.generateKeys('base64url');
      const keys = { p256dh, auth: randomBytes(16).toString('base64url') };
      return { id, endpoint: `${origin}/push/${id}`, keys };
    },
  };
}

/** Resolves when the service has accepted so many from now on. */
async function until({ child }: Service, count: number): Promise<void> {
  const reached = messageOf<PushReport>(child);
  child.send({ behave: 'accept', until: count } satisfies PushOrder);
  await reached;
}

/** Raises reports that are pushed to nobody, a few at a time, for so long. @returns milliseconds each took */
async function raise(
  founder: Phone,
  neighbourhoodId: string,
  pauseMs: number,
  done: () => boolean,
): Promise<number[]> {
  const took: number[] = [];
  const one = async () => {
    while (!done()) {
      const before = performance.now();
      await founder.report(neighbourhoodId);
      took.push(performance.now() - before);
      await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: raisers }, one));
  return took;
}

function after(seconds: number): () => boolean {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() >= end;
}

async function found(founder: Phone, redis: Redis, crowds: [Service, number][]): Promise<string> {
  const { neighbourhood } = await founder.found();
  for (const [service, count] of crowds) {
    for (let left = count; left > 0; left -= 500) {
      await seedPhones(redis, neighbourhood.id, subscriptionsAt(service.origin), Math.min(left, 500));
    }
  }
  return neighbourhood.id;
}

/** How long it takes to tell everybody while nothing else happens. */
async function tellEverybody(founder: Phone, loudId: string, service: Service, rounds: number): Promise<Row> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const told = until(service, crowd);
    const begun = performance.now();
    await founder.report(loudId, grave);
    await told;
    seconds.push((performance.now() - begun) / 1000);
  }
  return {
    figure: `${crowd} phones told over TLS, from the report to the last accepted`,
    ours: `${median(seconds).toFixed(1)} s`,
    peer: '',
    peerValue: `${(crowd / median(seconds)).toFixed(0)} a second`,
    ratio: null,
    aim: '',
  };
}

/** What telling everybody costs whoever reports something else meanwhile, and what they cost it. */
async function besideReports(
  founder: Phone,
  { quietId, loudId }: { quietId: string; loudId: string },
  service: Service,
  { pauseMs, tellings, quietSeconds }: (typeof loads)[keyof typeof loads],
): Promise<Row[]> {
  const raiseUntil = (done: () => boolean) => raise(founder, quietId, pauseMs, done);
  // All of the quiet and all of the loud seconds: a percentile of a few says little on a machine that others share.
  const turns: Turn[] = [];
  let loudMs = 0;
  for (let i = 0; i < tellings; i += 1) {
    const peers = await raiseUntil(after(quietSeconds));
    const told = until(service, 2 * crowd);
    let done = false;
    void told.then(() => (done = true));
    const begun = performance.now();
    await Promise.all([founder.report(loudId, grave), founder.report(loudId, grave)]);
    turns.push({ peers, ours: await raiseUntil(() => done) });
    await told;
    loudMs += performance.now() - begun;
  }
  const [loud, quiet] = [turns.flatMap(({ ours }) => ours), turns.flatMap(({ peers }) => peers)];
  const rate = (loud.length / loudMs) * 1000;
  const pushes = (tellings * 2 * crowd * 1000) / loudMs;
  return [0.5, 0.99].map((share) => {
    const [ours, idle] = [quantile(loud, share), quantile(quiet, share)];
    const [low, high] = ratioInterval(turns, share);
    return {
      figure: `p${share * 100} of ${rate.toFixed(0)} other reports a second while ${pushes.toFixed(0)} phones a second are told`,
      ours: `${ours.toFixed(1)} ms`,
      peer: `the same while nobody is told (9 of 10 ratios: ${low.toFixed(2)} to ${high.toFixed(2)})`,
      peerValue: `${idle.toFixed(1)} ms`,
      ratio: ours / idle,
      aim: share === 0.99 ? '≤ 1.1' : '',
    };
  });
}

const failures = { hang: 'hangs', unavailable: 'answers 503', reset: 'breaks connections' } as const;

/** How much later one service's phones are told because another fails. */
async function besideFailing(
  founder: Phone,
  redis: Redis,
  [good, other]: [Service, Service],
  rounds: number,
): Promise<Row[]> {
  const id = await found(founder, redis, [
    [other, street],
    [good, street],
  ]);
  const tell = async (behave: PushOrder['behave']): Promise<number> => {
    const goodTold = until(good, street);
    const otherTold = behave === 'accept' ? until(other, street) : null;
    if (otherTold === null) other.child.send({ behave, until: Infinity } satisfies PushOrder);
    const begun = performance.now();
    await founder.report(id, grave);
    await goodTold;
    const took = performance.now() - begun;
    // What the other owes is told before the next round.
    await (otherTold ?? until(other, street));
    return took;
  };
  await tell('accept');
  const samples = {
    accept: [] as number[],
    hang: [] as number[],
    unavailable: [] as number[],
    reset: [] as number[],
  };
  for (let round = 0; round < rounds; round += 1) {
    const order = ['accept', 'hang', 'unavailable', 'reset'] as const;
    for (const behave of round % 2 === 0 ? order : order.toReversed())
      samples[behave].push(await tell(behave));
  }
  return (['hang', 'unavailable', 'reset'] as const).map((failure) => ({
    figure: `${street} phones of a service told while another with as many ${failures[failure]}`,
    ours: `${median(samples[failure]).toFixed(0)} ms`,
    peer: 'while the other works',
    peerValue: `${median(samples.accept).toFixed(0)} ms`,
    ratio: medianRatio(samples[failure], samples.accept),
    aim: '≤ 1.05',
  }));
}

/** A whole server that tells thousands of phones at two push services over TLS. */
export async function benchPushCrowd(rounds: number): Promise<{ rows: Row[] }> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-bench-ca-'));
  const ca = join(dir, 'ca.pem');
  await writeFile(ca, selfSigned.cert);
  const services = await Promise.all([startService(), startService()]);
  const app = await startBuiltApp({
    PUSH_EXTRA_ORIGINS: services.map(({ origin }) => origin).join(','),
    NODE_EXTRA_CA_CERTS: ca,
  });
  const redis = await connectRedis({ kind: 'socket', path: app.redisSocket }, pino({ level: 'silent' }));
  try {
    const founder = new Phone((path, init) => fetch(app.url + path, init));
    const quietId = (await founder.found()).neighbourhood.id;
    const loudId = await found(founder, redis, [[services[0], crowd]]);
    // A server that is not warm yet has quiet seconds that flatter what follows.
    await raise(founder, quietId, loads.full.pauseMs, after(loads.full.quietSeconds));
    const rows = [await tellEverybody(founder, loudId, services[0], 3 * rounds)];
    for (const load of [loads.steady, loads.full])
      rows.push(...(await besideReports(founder, { quietId, loudId }, services[0], load)));
    return { rows: [...rows, ...(await besideFailing(founder, redis, services, rounds))] };
  } finally {
    await redis.close();
    await app.stop();
    for (const { child } of services) await stopChild(child);
    await rm(dir, { recursive: true });
  }
}
