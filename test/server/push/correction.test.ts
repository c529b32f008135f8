import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import type { PushMessage } from '../../../shared/push.ts';
import { newId } from '../../../server/ids.ts';
import { createPushQueue, type Note } from '../../../server/push/queue.ts';
import { createTold } from '../../../server/push/told.ts';
import { type PushWorker, type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { closeIncident } from '../../support/incident-scene.ts';
import { type Phone, street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys, type SeededPhone, seedPhones } from './seed.ts';

let service: PushService;
let app: TestApp;
let ends: (() => Promise<void>)[] = [];
/** How far the workers' clock is ahead. */
let ahead = 0;

async function work(over: Partial<PushWorkerDeps> = {}): Promise<PushWorker> {
  const worker = await startPushWorker({
    redis: app.redis,
    logger: pino({ level: 'silent' }),
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

/** Resolves when every pointer has become due pushes. */
async function allRead(neighbourhoodId: string): Promise<void> {
  const { outbox } = neighbourhoodKeys(neighbourhoodId);
  await eventually(
    async () => {
      const groups = JSON.stringify(await app.redis.send(outbox, 'XINFO', 'GROUPS', outbox));
      return groups.includes('"lag",0') && groups.includes('"pending",0');
    },
    { what: 'an outbox that was read' },
  );
}

/** Resolves when nothing of push waits any more: every pointer read, every push settled. */
async function drained(neighbourhoodId: string): Promise<void> {
  await allRead(neighbourhoodId);
  await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
    what: 'an empty queue',
  });
}

/** What each phone got, in order: the kind, and of a correction how it ended. */
function got({ subscription }: SeededPhone): string[] {
  return service.received
    .filter(({ subscriptionId }) => subscriptionId === subscription.id)
    .map(({ payload }) => {
      const message = JSON.parse(payload) as PushMessage;
      return message.kind === 'correction' ? message.outcome : message.kind;
    });
}

const attempts = ({ subscription }: SeededPhone) =>
  service.attempts.filter(({ subscriptionId }) => subscriptionId === subscription.id).length;

async function scene(phones: number) {
  const { id, founder } = await street(() => phoneOf(app), []);
  const seeded = await seedPhones(app.redis, id, service, phones);
  const about = (incidentId: string) => `/api/neighbourhoods/${id}/incidents/${incidentId}`;
  return {
    id,
    founder,
    phones: seeded,
    /** The phone at this place. */
    at: (i: number): SeededPhone => seeded[i] ?? seeded[0] ?? ({} as SeededPhone),
    close: (incidentId: string, kind = 'resolved', phone: Phone = founder) =>
      phone.must(phone.post(`${about(incidentId)}/resolution`, { kind, reason: 'It is over.' })),
    reopen: (incidentId: string) =>
      founder.must(founder.post(`${about(incidentId)}/reopening`, { reason: 'It is not.' })),
    reach: async (incidentId: string) =>
      (await founder.must(founder.get<IncidentDetail>(about(incidentId)))).reach,
  };
}

beforeEach(async () => {
  ahead = 0;
  service = await startPushService();
  ends.push(() => service.close());
  app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
  ends.push(() => app.stop());
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
  expect(service.faults).toEqual([]);
});

describe('a correction', () => {
  it.each(['resolved', 'false-alarm', 'unfounded'])(
    '[OC2] that it is %s goes to exactly the phones that the alert reached, in the place of the alert',
    async (kind) => {
      const { id, founder, phones, at, close, reach } = await scene(255);
      // Two never get the alert: one is gone, of the other the service wants nothing.
      service.behave(at(0).subscription.id, [{ status: 410 }]);
      service.behave(at(1).subscription.id, [{ status: 413 }, { status: 413 }, { status: 413 }]);
      await work();
      const { incident } = await founder.report(id);
      await service.waitFor((received) => received.length === 253);
      await drained(id);
      // Who comes after the alert has nothing to be corrected.
      const late = await seedPhones(app.redis, id, service, 3);
      // Who has left meanwhile is told nothing any more.
      const { members } = neighbourhoodKeys(id);
      const gone = at(2);
      const stored = String(await app.redis.send(members, 'HGET', members, gone.memberId));
      await app.redis.send(members, 'HSET', members, gone.memberId, stored.replace('"active"', '"removed"'));
      await close(incident.id, kind);
      await service.waitFor((received) => received.length >= 253 + 252);
      await drained(id);
      expect(service.received).toHaveLength(253 + 252);
      for (const phone of phones.slice(3)) expect(got(phone)).toEqual(['alert', kind]);
      expect([at(0), at(1), at(2), ...late].map(got)).toEqual([[], [], ['alert'], [], [], []]);
      const topics = new Set(service.received.map(({ topic }) => topic));
      expect(topics.size).toBe(1);
      await eventually(async () => (await reach(incident.id)).correction.told === 252);
      expect(await reach(incident.id)).toMatchObject({ phones: 253, alert: { told: 253 } });
    },
  );

  it('[OC2] is told nobody where time alone ended it', async () => {
    const { id, founder, phones } = await scene(3);
    await work();
    const { incident } = await founder.report(id);
    await service.waitFor((received) => received.length === 3);
    await closeIncident(app, id, incident.id);
    await drained(id);
    expect(phones.map(got)).toEqual([['alert'], ['alert'], ['alert']]);
  });

  it('[OC3] drops what was not sent yet, also between two attempts, and those phones hear nothing at all', async () => {
    const { id, founder, at, close } = await scene(3);
    service.behave(at(0).subscription.id, [{ status: 429, headers: { 'Retry-After': '60' } }]);
    service.behave(at(1).subscription.id, [{ status: 429, headers: { 'Retry-After': '60' } }]);
    await work();
    const { incident } = await founder.report(id);
    await service.waitFor((received) => received.length === 1);
    await eventually(() => attempts(at(0)) + attempts(at(1)) === 2);
    await close(incident.id);
    await service.waitFor((received) => received.length === 2);
    ahead = 120_000;
    await drained(id);
    expect([0, 1, 2].map((i) => got(at(i)))).toEqual([[], [], ['alert', 'resolved']]);
    expect([0, 1, 2].map((i) => attempts(at(i)))).toEqual([1, 1, 2]);
  });

  it('[OC3] sends neither alert nor correction where it was over before anything was sent', async () => {
    const { id, founder, phones, close } = await scene(3);
    const { incident } = await founder.report(id);
    await close(incident.id);
    await work();
    await drained(id);
    expect(service.attempts).toEqual([]);
    expect(phones.flatMap(got)).toEqual([]);
  });

  it('[OC4] goes also where nobody knows whether the alert arrived', async () => {
    const { id, founder, at, close } = await scene(2);
    service.behave(at(0).subscription.id, ['reset', { status: 429, headers: { 'Retry-After': '60' } }]);
    await work();
    const { incident } = await founder.report(id);
    // What the second attempt was answered says nothing of the first.
    await eventually(() => attempts(at(0)) === 2 && attempts(at(1)) === 1);
    await close(incident.id, 'false-alarm');
    ahead = 70_000;
    await eventually(() => got(at(0)).length > 0);
    await drained(id);
    expect([got(at(0)), got(at(1))]).toEqual([['false-alarm'], ['alert', 'false-alarm']]);
  });

  it('[OC4] goes also to a phone whose alert is accepted while the corrections go out, once', async () => {
    const { id, founder, at, close } = await scene(2);
    service.behave(at(0).subscription.id, ['hang']);
    // The attempt is under way until it times out; the correction has gone out by then.
    await work({ timeoutMs: 1500 });
    const { incident } = await founder.report(id);
    await eventually(() => attempts(at(0)) === 1 && got(at(1)).length === 1);
    await close(incident.id);
    await eventually(() => got(at(1)).length === 2);
    ahead = 30_000;
    await eventually(() => got(at(0)).length > 0);
    await drained(id);
    expect([got(at(0)), got(at(1))]).toEqual([['resolved'], ['alert', 'resolved']]);
  });

  it('[OC4] goes also to phones that a dead worker had in hand', async () => {
    const { id, founder, at, close } = await scene(1);
    const { incident } = await founder.report(id);
    // A worker that died between its attempt and its note of it: the push is claimed, and the device tried.
    const queue = createPushQueue(app.redis);
    const { partition } = neighbourhoodKeys(id);
    await queue.open(partition);
    const pointers = await queue.readNew(partition);
    const pointer = pointers.find(({ type }) => type === 'incident.reported');
    await queue.acknowledge(partition, pointers);
    if (pointer === undefined) throw new Error('there is no alert');
    while (await queue.fanOutPage(pointer, Date.now(), null));
    await queue.claim(partition, { now: Date.now(), leaseMs: 45_000, count: 10, room: 10 });
    await createTold(app.redis).trying(id, incident.id, [at(0).deviceId]);
    await close(incident.id);
    await work();
    await allRead(id);
    expect(got(at(0))).toEqual([]);
    ahead = 50_000;
    await eventually(() => got(at(0)).length > 0);
    await drained(id);
    expect(got(at(0))).toEqual(['resolved']);
  });

  it('[OC8] is followed by the news that it is open again, and by the next correction', async () => {
    const { id, founder, phones, close, reopen, reach } = await scene(2);
    await work();
    const { incident } = await founder.report(id);
    await service.waitFor((received) => received.length === 2);
    await drained(id);
    await close(incident.id, 'false-alarm');
    await service.waitFor((received) => received.length === 4);
    await drained(id);
    await eventually(async () => (await reach(incident.id)).correction.told === 2);
    await reopen(incident.id);
    await service.waitFor((received) => received.length === 6);
    await drained(id);
    await eventually(async () => (await reach(incident.id)).correction.told === 0);
    await close(incident.id);
    await service.waitFor((received) => received.length === 8);
    await drained(id);
    for (const phone of phones) expect(got(phone)).toEqual(['alert', 'false-alarm', 'reopening', 'resolved']);
    await eventually(async () => (await reach(incident.id)).correction.told === 2);
  });
});

describe('an alert that was dropped because it had ended', () => {
  it('[OC18] is told once it is open again, and no phone is told both', async () => {
    const { id, founder, at, close, reopen } = await scene(3);
    const late = at(0);
    service.behave(late.subscription.id, [{ status: 429, headers: { 'Retry-After': '60' } }]);
    await work();
    const { incident } = await founder.report(id);
    await service.waitFor((received) => received.length === 2);
    await eventually(() => attempts(late) === 1, { what: 'the attempt that fails' });
    await close(incident.id);
    await service.waitFor((received) => received.length === 4);
    ahead += 3600 * 1000;
    await drained(id);
    expect(got(late)).toEqual([]);
    await reopen(incident.id);
    await service.waitFor((received) => received.length === 7);
    await drained(id);
    expect([0, 1, 2].map((i) => got(at(i)))).toEqual([
      ['alert'],
      ['alert', 'resolved', 'reopening'],
      ['alert', 'resolved', 'reopening'],
    ]);
    // Now it is among those that the next end is told.
    await close(incident.id);
    await service.waitFor((received) => received.length === 10);
    await drained(id);
    expect(got(late)).toEqual(['alert', 'resolved']);
    expect(service.received).toHaveLength(10);
  });
});

describe('the told devices', () => {
  it('[OC4] a device told while corrections go out is due once, one told before is not due twice', async () => {
    const { id, at, founder } = await scene(3);
    const { incident } = await founder.report(id);
    const told = createTold(app.redis);
    const queue = createPushQueue(app.redis);
    const devices = [0, 1, 2].map((i) => ({ deviceId: at(i).deviceId, host: new URL(service.origin).host }));
    const [first, second, third] = devices;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no devices');
    const pointer = { id: '1-1', neighbourhoodId: id, seq: 99, type: 'incident.closed' };
    const ended = { subjectId: incident.id, ends: true, besides: [] };
    const { pushDue } = neighbourhoodKeys(id);
    const due = async () => Number(await app.redis.send(pushDue, 'ZCARD', pushDue));
    const { partition, phonesTold } = neighbourhoodKeys(id);
    const noteOf = (subjectId: string, says: Note['says'], ...devices: Note['devices']) =>
      queue.settle(partition, Date.now(), [], [{ neighbourhoodId: id, subjectId, says, devices }]);
    const note = (says: Note['says'], ...devices: Note['devices']) => noteOf(incident.id, says, ...devices);
    const toldOf = async () => Number(await app.redis.send(pushDue, 'ZCARD', phonesTold(incident.id)));
    await queue.open(partition);
    // A page of those who are subscribed no more is before it.
    const gone = Array.from({ length: 250 }, () => ({ deviceId: newId(), host: first.host }));
    await note('accepted', ...gone);
    await note('accepted', first);
    expect(await queue.fanOutToldPage(pointer, Date.now(), ended)).toBe(true);
    expect(await due()).toBe(0);
    // Between two pages.
    await note('accepted', first);
    expect(await toldOf()).toBe(251);
    await note('accepted', second);
    await note('given-up', third);
    expect(await toldOf()).toBe(252);
    expect(await due()).toBe(1);
    expect(await queue.fanOutToldPage(pointer, Date.now(), ended)).toBe(false);
    expect(await due()).toBe(2);
    await note('accepted', second);
    expect(await due()).toBe(2);
    expect(await queue.fanOutToldPage(pointer, Date.now(), ended)).toBe(false);
    expect(await due()).toBe(2);
    // Of who is told the end beside them, those to whom the alert is under way are left to that.
    const other = newId();
    await told.trying(id, other, [first.deviceId]);
    await noteOf(other, 'unknown', second);
    const beside = { subjectId: other, ends: true, besides: devices };
    await queue.fanOutToldPage({ ...pointer, seq: 100 }, Date.now(), beside);
    expect(await due()).toBe(3);
    // Another incident's devices are another matter.
    await noteOf(newId(), 'accepted', third);
    expect(await due()).toBe(3);
  });
});
