import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import { createClaims } from '../../../server/push/claims.ts';
import { createLanes, type Job } from '../../../server/push/lanes.ts';
import type { Outcome } from '../../../server/push/outcome.ts';
import {
  createPushQueue,
  type DuePush,
  type HostRoom,
  longestWaitMs,
  type Place,
} from '../../../server/push/queue.ts';
import { createShares } from '../../../server/push/shares.ts';
import { startPushWorker } from '../../../server/push/worker.ts';
import { neighbourhoodKeys, partitionKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { startPushService } from '../../support/push-service.ts';
import { pushKeys, seedPhones } from './seed.ts';

let app: TestApp;
let ends: (() => Promise<void>)[] = [];
async function withApp(env: Record<string, string> = {}): Promise<void> {
  app = await startApp({ env });
  ends.push(() => app.stop());
}
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

describe('createShares', () => {
  it('[PE6] leaves room for the next host, however much the others want', () => {
    const shares = createShares();
    let name = 0;
    const fill = (host: string) => {
      let taken = 0;
      while (shares.take(`push ${(name += 1)}`, host)) taken += 1;
      return taken;
    };
    const shared = Array.from({ length: 20 }, (_, i) => fill(`host-${i}.example`));
    expect(shared[0]).toBeLessThanOrEqual(256);
    expect(shared.every((taken) => taken > 0)).toBe(true);
    expect(shares.roomOf('the-next.example')).toBeGreaterThan(0);
    // None of them gets more by asking again than a quarter of what is left.
    expect(fill('host-0.example')).toBe(0);
  });

  it('[PE6] counts each push once, whatever ends it and however often', () => {
    let told = 0;
    const shares = createShares({ capacity: 8, perHost: 8, onRoom: () => (told += 1) });
    expect(shares.take('a', 'one.example')).toBe(true);
    expect(shares.take('b', 'one.example')).toBe(true);
    expect(shares.free()).toBe(6);
    shares.give('a');
    shares.give('a');
    shares.give('never taken');
    expect(shares.free()).toBe(7);
    expect(told).toBe(0);
    // The last of a host: whoever waits for it looks again.
    shares.give('b');
    expect(told).toBe(1);
    expect(shares.hosts()).toEqual([]);
  });
});

describe('createLanes', () => {
  const failure: Outcome = { kind: 'retry', reason: 'timeout', afterMs: null, mayHaveArrived: true };

  it('[PE6] lets one attempt at a time find out whether a host that rested is back', async () => {
    let clock = 0;
    const lanes = createLanes({ clock: () => clock, perHost: 4, failures: 2, restMs: 5000 });
    const back: number[] = [];
    let outcome: Outcome = failure;
    let sent = 0;
    const job: Job = {
      startBefore: Infinity,
      send: async () => {
        sent += 1;
        return outcome;
      },
      putBack: (afterMs) => void back.push(afterMs),
    };
    for (let i = 0; i < 6; i += 1) lanes.offer('one.example', job);
    await eventually(() => back.length === 2);
    expect(sent).toBe(4);
    expect(lanes.resting()).toEqual([{ host: 'one.example', room: 0, restMs: 5000 }]);
    clock = 2000;
    expect(lanes.resting()).toEqual([{ host: 'one.example', room: 0, restMs: 3000 }]);
    clock = 5000;
    expect(lanes.resting()).toEqual([{ host: 'one.example', room: 1, restMs: 5000 }]);
    lanes.offer('one.example', job);
    expect(lanes.resting()).toEqual([{ host: 'one.example', room: 0, restMs: 5000 }]);
    await eventually(() => lanes.resting()[0]?.restMs === 10_000);
    clock = 15_000;
    outcome = { kind: 'accepted' };
    lanes.offer('one.example', job);
    await eventually(() => lanes.resting().length === 0);
  });

  const later = (status: number, afterMs: number): Outcome => ({
    ...{ kind: 'retry', reason: `status-${status}`, afterMs, mayHaveArrived: false },
  });

  /** A lane of one host whose jobs end as the test says. */
  function scripted() {
    const at = { clock: 1000 };
    const ends: ((outcome: Outcome) => void)[] = [];
    const back: number[] = [];
    const lanes = createLanes({ clock: () => at.clock, perHost: 4, failures: 3, restMs: 5000 });
    const resting = () => lanes.resting().map(({ room, restMs }) => [room, restMs]);
    const offer = (over: Partial<Job> = {}) =>
      lanes.offer('one.example', {
        startBefore: Infinity,
        send: () => new Promise<Outcome>((resolve) => void ends.push(resolve)),
        putBack: (afterMs) => void back.push(afterMs),
        ...over,
      });
    const end = async (outcome: Outcome) => {
      ends.shift()?.(outcome);
      await new Promise(setImmediate);
    };
    return { at, ends, back, resting, offer, end };
  }

  it('[PE12] rests at once for as long as the service asks, a quarter of an hour at most', async () => {
    const { at, ends, back, resting, offer, end } = scripted();
    for (let i = 0; i < 6; i += 1) offer();
    await end(later(503, 600_000));
    expect(back).toEqual([600_000, 600_000]);
    expect(resting()).toEqual([[0, 600_000]]);
    // What was under way says nothing against it, and may ask for more.
    await end({ kind: 'accepted' });
    expect(resting()).toEqual([[0, 600_000]]);
    await end(later(502, 3_600_000));
    expect(resting()).toEqual([[0, 900_000]]);
    await end(failure);
    expect(resting()).toEqual([[0, 900_000]]);
    at.clock += 900_000;
    expect(resting()).toEqual([[1, 5000]]);
    // One finds out whether it is back.
    for (let i = 0; i < 3; i += 1) offer();
    expect(ends).toHaveLength(1);
    await end({ kind: 'accepted' });
    expect([ends.length, resting()]).toEqual([2, []]);
  });

  it('[PE12] holds 429 and what somebody’s own receiver asks for against that message only', async () => {
    const { resting, offer, end } = scripted();
    offer();
    await end(later(429, 600_000));
    offer({ forItself: true });
    await end(later(503, 600_000));
    offer();
    await end(later(503, 0));
    expect(resting()).toEqual([]);
  });
});

describe('claim', () => {
  const partition = 5;
  const now = 1_800_000_000_000;
  const { pushDue } = partitionKeys(partition);
  beforeEach(() => withApp());

  async function makeDue(host: string, count: number, at: number): Promise<void> {
    for (let from = 0; from < count; from += 1000) {
      const members = Array.from({ length: Math.min(1000, count - from) }, (_, i) => [
        // As pages of a fan-out come.
        String(at + Math.floor((from + i) / 100)),
        `neighbourhood 1 ${host}-device-${String(from + i).padStart(5, '0')} ${host} 0`,
      ]);
      await app.redis.send(pushDue, 'ZADD', pushDue, ...members.flat());
    }
  }

  const take = (hosts: HostRoom[], from: Place | null = null, count = 100) =>
    createPushQueue(app.redis).claim(partition, {
      ...{ now, leaseMs: 45_000, count, room: 50, hosts, from },
    });
  /** Looks on for as long as there is more at once, as the worker does. */
  async function lookOn(hosts: HostRoom[], from: Place | null = null) {
    const pushes: DuePush[] = [];
    for (let place = from; ;) {
      const claimed = await take(hosts, place);
      pushes.push(...claimed.pushes);
      ({ place } = claimed);
      if (!claimed.more) return { pushes, place };
    }
  }
  const hostsOf = (pushes: { host: string }[]) => [...new Set(pushes.map(({ host }) => host))];

  it('[PE7] puts off what is due of a host that rests, so that it hides nobody behind it', async () => {
    await makeDue('dead.example', 12_000, now - 2000);
    await makeDue('good.example', 30, now - 1000);
    const dead = { host: 'dead.example', room: 0, restMs: 5000 };
    const { pushes } = await lookOn([dead]);
    expect(pushes).toHaveLength(30);
    expect(hostsOf(pushes)).toEqual(['good.example']);
    const waiting = await app.redis.send(pushDue, 'ZCOUNT', pushDue, String(now + 5000), String(now + 5200));
    expect(waiting).toBe(12_000);
    // One of them finds out whether the host is back; the others go on waiting.
    const later = { ...dead, room: 1 };
    const claimed = await createPushQueue(app.redis).claim(partition, {
      ...{ now: now + 5000, leaseMs: 45_000, count: 100, room: 50, hosts: [later] },
    });
    expect(claimed.pushes).toHaveLength(1);
  });

  it('[PE7] leaves what is due of a full host where it is, looks past it once, and comes back when there is room', async () => {
    await makeDue('full.example', 12_000, now - 3000);
    await makeDue('good.example', 30, now - 2000);
    const full = { host: 'full.example', room: 0, restMs: null };
    // Nobody waits for a look at all of them: it is one at a few hundred, and the next goes on from there.
    const first = await take([full]);
    expect(first).toMatchObject({ pushes: [], more: true, place: { behind: ['full.example'] } });
    const second = await lookOn([full], first.place);
    expect(hostsOf(second.pushes)).toEqual(['good.example']);
    expect(second.place.behind).toEqual(['full.example']);
    // Nothing is looked at twice in vain.
    const third = await take([full], second.place);
    expect(third).toMatchObject({ pushes: [], more: false, place: second.place });
    const fourth = await take([{ ...full, room: 20 }], third.place);
    expect(fourth.pushes).toHaveLength(20);
    expect(fourth.pushes[0]?.deviceId).toBe('full.example-device-00000');
    expect(fourth.place).toEqual({ ...third.place, behind: ['full.example'] });
    // And what came in behind meanwhile is found in the same look.
    await makeDue('late.example', 10, now - 1000);
    const fifth = await take([{ ...full, room: 20 }], fourth.place);
    expect(fifth.pushes.map(({ host }) => host).toSorted()).toEqual([
      ...Array.from({ length: 20 }, () => 'full.example'),
      ...Array.from({ length: 10 }, () => 'late.example'),
    ]);
  });

  it('[PE7] finds what was left behind a long line by looking on, a little at a time', async () => {
    await makeDue('full.example', 12_000, now - 3000);
    await makeDue('good.example', 1, now - 2000);
    await makeDue('full.example', 100, now - 1000);
    const full = { host: 'full.example', room: 0, restMs: null };
    const good = { host: 'good.example', room: 0, restMs: null };
    const { place } = await lookOn([full, good]);
    expect(place.behind.toSorted()).toEqual(['full.example', 'good.example']);
    const first = await take([full, { ...good, room: 5 }], place);
    expect(first).toMatchObject({ pushes: [], more: true, place: { behind: ['full.example'] } });
    const { pushes } = await lookOn([full, { ...good, room: 5 }], first.place);
    expect(hostsOf(pushes)).toEqual(['good.example']);
  });

  it('[PE7] what lies before the place that was looked up to is found at once, or where something is behind with the fifth asking', async () => {
    const held = { hold: () => true, again: () => undefined };
    const claimsWith = (perHost: number) =>
      createClaims({
        queue: createPushQueue(app.redis),
        shares: createShares({ perHost }),
        settler: held,
        resting: () => [],
        now: () => now,
        leaseMs: 45_000,
      });
    /** After how many askings a push is found that was put there late. */
    async function askings(claims: ReturnType<typeof createClaims>): Promise<number> {
      await claims.claim(partition);
      await makeDue('late.example', 1, now - 5000);
      for (let asked = 1; asked < 10; asked += 1) {
        claims.lookAgain();
        if (hostsOf((await claims.claim(partition)).pushes).includes('late.example')) return asked;
      }
      return Infinity;
    }
    await makeDue('some.example', 3, now - 3000);
    expect(await askings(claimsWith(50))).toBe(1);
    await app.redis.send(pushDue, 'DEL', pushDue);
    await makeDue('some.example', 3, now - 3000);
    expect(await askings(claimsWith(2))).toBe(5);
  });

  it('[PE7] is not asked again at once for what a clock that was set back left behind the longest wait', async () => {
    await makeDue('full.example', 2500, now + longestWaitMs + 1000);
    const full = { host: 'full.example', room: 0, restMs: null };
    expect(await take([full])).toMatchObject({ pushes: [], more: false });
    expect((await take([{ ...full, room: 20 }])).pushes).toHaveLength(20);
  });

  it('[PE7] forgets that a host was left behind when nothing of it is there any more', async () => {
    await makeDue('full.example', 10, now - 3000);
    const { place } = await take([{ host: 'full.example', room: 0, restMs: null }]);
    const next = await take([{ host: 'full.example', room: 50, restMs: null }], place);
    expect(next.pushes).toHaveLength(10);
    expect(next.place.behind).toEqual([]);
  });

  it('[PE9] a push that is settled twice at once is what the first of both says', async () => {
    const queue = createPushQueue(app.redis);
    const settleAs = async (...ends: ('done' | 'again')[]) => {
      await makeDue('some.example', 1, now - 3000);
      const { pushes } = await take([]);
      const [push] = pushes;
      if (push === undefined) throw new Error('nothing was due');
      const settlements = ends.map((end) => ({
        push,
        again: end === 'done' ? null : { at: now, attempt: push.attempt },
      }));
      const settled = await queue.settle(partition, now, settlements, []);
      const left = Number(await app.redis.send(pushDue, 'ZCARD', pushDue));
      await app.redis.send(pushDue, 'DEL', pushDue);
      return { settled, left };
    };
    expect(await settleAs('done', 'again')).toEqual({ settled: [true, false], left: 0 });
    expect(await settleAs('again', 'done')).toEqual({ settled: [true, true], left: 0 });
    expect(await settleAs('done', 'done')).toEqual({ settled: [true, false], left: 0 });
  });

  it('[PE7] takes everything once, whatever the rooms', async () => {
    for (const [i, host] of ['a.example', 'b.example', 'c.example'].entries()) {
      await makeDue(host, 300, now - 3000 + i);
    }
    let place: Place | null = null;
    const taken: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      const hosts = ['a.example', 'b.example', 'c.example'].map((host, i) => ({
        ...{ host, restMs: null },
        room: (round * 7 + i * 5) % 4 === 0 ? 0 : (round * (i + 3)) % 23,
      }));
      const claimed = await take(hosts, place, 40);
      place = claimed.place;
      taken.push(...claimed.pushes.map(({ deviceId }) => deviceId));
    }
    const rest = await take([], null, 1000);
    const last = await take([], rest.place, 1000);
    taken.push(...[...rest.pushes, ...last.pushes].map(({ deviceId }) => deviceId));
    expect(new Set(taken).size).toBe(taken.length);
    const left = await app.redis.send(pushDue, 'ZCOUNT', pushDue, '-inf', String(now));
    expect(taken.length + Number(left)).toBe(900);
    expect(taken.length).toBeGreaterThan(800);
  });
});

describe('a worker', () => {
  const settings = {
    logger: pino({ level: 'silent' }),
    vapid: webPush.generateVAPIDKeys(),
    subject: 'mailto:watch@example.org',
    pollMs: 50,
  };

  it('[PE6] tells everybody else while many services hang, each with more than its share', async () => {
    const services = await Promise.all(Array.from({ length: 7 }, () => startPushService()));
    for (const service of services) ends.push(() => service.close());
    const [good, ...hanging] = services;
    if (good === undefined) throw new Error('no service');
    const extraOrigins = services.map(({ origin }) => origin);
    await withApp({ PUSH_EXTRA_ORIGINS: extraOrigins.join(',') });
    const { founder, id } = await street(() => phoneOf(app), []);
    for (const service of hanging) {
      service.behaveAll('hang');
      await seedPhones(app.redis, id, service, 110);
    }
    await seedPhones(app.redis, id, good, 40);
    const worker = await startPushWorker({ redis: app.redis, extraOrigins, ...settings, timeoutMs: 25_000 });
    ends.push(() => worker.stop());
    await founder.report(id);
    await good.waitFor((received) => received.length === 40);
    // Not one attempt at the others has ended by then.
    expect(worker.counters.failed).toEqual({});
    for (const service of hanging) service.disconnect();
  });

  it('[PE8] makes no more due than there is room for, and tells all of it in the end', async () => {
    const service = await startPushService();
    ends.push(() => service.close());
    await withApp({ PUSH_EXTRA_ORIGINS: service.origin });
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 600);
    service.behaveAll({ status: 429, headers: { 'Retry-After': '1' } });
    const worker = await startPushWorker({
      ...{ redis: app.redis, extraOrigins: [service.origin], ...settings },
      ...{ dueLimit: 250, abandonedMs: 300 },
    });
    ends.push(() => worker.stop());
    const { pushDue, outbox } = neighbourhoodKeys(id);
    await founder.report(id);
    await eventually(() => worker.counters.postponed >= 2);
    expect(await app.redis.send(pushDue, 'ZCARD', pushDue)).toBe(250);
    expect(JSON.stringify(await app.redis.send(outbox, 'XPENDING', outbox, 'push'))).toMatch(/^\[[1-9]/u);
    service.behaveAll('accept');
    await service.waitFor(
      (received) => new Set(received.map(({ subscriptionId }) => subscriptionId)).size === 600,
      90_000,
    );
    await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')));
  });
});
