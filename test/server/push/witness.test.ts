import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import type { PushMessage } from '../../../shared/push.ts';
import { createEventLog } from '../../../server/eventlog/eventlog.ts';
import { untoldTimer } from '../../../server/incidents/witness-timer.ts';
import { startPushWorker } from '../../../server/push/worker.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type Phone, street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys } from './seed.ts';

const minute = 60 * 1000;
const day = 24 * 60 * minute;

let service: PushService;
let app: TestApp;
let ends: (() => Promise<void>)[] = [];

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

async function work(): Promise<void> {
  const worker = await startPushWorker({
    redis: app.redis,
    logger: pino({ level: 'silent' }),
    vapid: webPush.generateVAPIDKeys(),
    subject: 'mailto:watch@example.org',
    extraOrigins: [service.origin],
    now: () => app.clock.now,
    pollMs: 50,
  });
  ends.push(() => worker.stop());
}

async function subscribed(phone: Phone): Promise<string> {
  const { id, endpoint, keys } = service.newSubscription();
  await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
  return id;
}

/** Resolves when every entry of the log has been dealt with, and nothing of push waits any more. */
async function drained(): Promise<void> {
  await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
    what: 'an empty queue',
  });
}

const told = (subscriptionId: string) =>
  service.received
    .filter((got) => got.subscriptionId === subscriptionId)
    .map(({ payload }) => (JSON.parse(payload) as PushMessage).kind);

/** Two neighbours of standing, one of them a volunteer, and a newcomer who reports; all subscribed. */
async function scene() {
  // The push service has a clock of its own: it is the past that is far away.
  app.clock.now -= 75 * day;
  const { id, founder, neighbours } = await street(() => phoneOf(app), ['Bo', 'Cy']);
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody is there');
  app.clock.now += 75 * day;
  const { code } = await bo.phone.invite(id);
  const di = phoneOf(app);
  await di.accept(code, 'Di');
  const role = `/api/neighbourhoods/${id}/members/${bo.member.id}/role`;
  await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
  return {
    ...{ id, bo: bo.phone, cy: cy.phone, di },
    phones: {
      founder: await subscribed(founder),
      bo: await subscribed(bo.phone),
      cy: await subscribed(cy.phone),
      di: await subscribed(di),
    },
  };
}

const all = ({ founder, bo, cy, di }: Awaited<ReturnType<typeof scene>>['phones']) =>
  [founder, bo, cy, di].map(told);

describe('telling in steps', () => {
  it('[CF11] tells volunteers and coordinators first, the rest by the second witness, no phone twice', async () => {
    const { id, bo, di, phones } = await scene();
    await work();
    const { incident } = await di.report(id);
    await service.waitFor((received) => received.length === 2);
    await drained();
    expect(all(phones)).toEqual([['alert'], ['alert'], [], []]);

    const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/confirmations`;
    await bo.must(bo.post(path, { kind: 'confirm' }));
    await service.waitFor((received) => received.length === 3);
    await drained();
    expect(all(phones)).toEqual([['alert'], ['alert'], ['alert'], []]);
  });

  it('[CF11] tells nobody twice whose first alert is still on its way', async () => {
    const { id, di, phones } = await scene();
    service.behave(phones.founder, [{ status: 503 }]);
    await work();
    const { incident } = await di.report(id);
    await eventually(() => service.attempts.some((got) => got.subscriptionId === phones.founder), {
      what: 'a first attempt',
    });
    app.clock.now += 10 * minute;
    const timer = untoldTimer({ ...app.deps, eventLog: createEventLog(app.redis) });
    await timer(id, incident.id);
    await service.waitFor((received) => received.length >= 2);
    app.clock.now += 10 * minute;
    await service.waitFor((received) => received.length >= 3);
    await drained();
    expect(all(phones)).toEqual([['alert'], ['alert'], ['alert'], []]);
  });
});
