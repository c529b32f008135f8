import { pino } from 'pino';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, it } from 'vitest';
import webPush from 'web-push';
import type { Reported } from '../../../shared/incidents.ts';
import { PushMessage } from '../../../shared/push.ts';
import { handlingTimer } from '../../../server/incidents/handling-timer.ts';
import { startPushWorker } from '../../../server/push/worker.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys } from './seed.ts';

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

it('[SO3] tells whom the member chose first, then by steps everybody, and never their own phone', async () => {
  const { id, founder, neighbours } = await street(() => phoneOf(app), ['Bo', 'Cy', 'Di']);
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody is there');
  const names = new Map<string, string>();
  const all = [
    { name: 'founder', phone: founder },
    ...neighbours.map(({ phone, member }) => ({ name: member.name, phone })),
  ];
  for (const { name, phone } of all) {
    const { id: subscription, endpoint, keys } = service.newSubscription();
    await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
    names.set(subscription, name);
  }
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
  let seen = 0;
  const told = async (count: number) => {
    await service.waitFor((received) => received.length >= seen + count);
    await eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
      what: 'an empty queue',
    });
    const fresh = service.received.slice(seen);
    seen = service.received.length;
    return fresh
      .map(({ subscriptionId, payload }) => {
        const message = v.parse(PushMessage, JSON.parse(payload));
        const what = message.kind === 'handling' ? message.step : message.kind;
        return `${names.get(subscriptionId)}: ${what}${message.sos ? ' SOS' : ''}`;
      })
      .toSorted();
  };
  const path = `/api/neighbourhoods/${id}`;
  await bo.phone.must(bo.phone.send('PUT', `${path}/sos/sharing`, { sharing: [cy.member.id] }));
  const { incident } = await bo.phone.must(bo.phone.post<Reported>(`${path}/sos`));
  expect(await told(1)).toEqual(['Cy: alert SOS']);
  const pass = async (ms: number) => {
    app.clock.now += ms;
    await handlingTimer(app.deps)(id, incident.id);
  };
  await pass(60_000);
  expect(await told(1)).toEqual(['founder: volunteers SOS']);
  await pass(120_000);
  expect(await told(3)).toEqual(['Cy: everyone SOS', 'Di: everyone SOS', 'founder: everyone SOS']);
  await pass(120_000);
  expect(await told(3)).toEqual(['Cy: exhausted SOS', 'Di: exhausted SOS', 'founder: exhausted SOS']);
});
