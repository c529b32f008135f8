import { afterAll, beforeAll, expect, it } from 'vitest';
import webPush from 'web-push';
import type { PushDevice, PushTest } from '../../../shared/push.ts';
import { appOf, startApp, type TestApp } from '../../support/app.ts';
import { Phone } from '../../support/phone.ts';
import { type Behaviour, type PushService, startPushService } from '../../support/push-service.ts';

let service: PushService;
let test: TestApp;
let newPhone: () => Phone;
beforeAll(async () => {
  service = await startPushService();
  test = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
  const app = appOf(test.deps, test.resizer, webPush.generateVAPIDKeys());
  newPhone = () =>
    new Phone((path, init) => app.request(`http://vigie.test${path}`, init) as Promise<Response>);
});
afterAll(async () => {
  await test.stop();
  await service.close();
});

const key = 'b2a1c0de-0000-4000-8000-000000000001';
const day = 24 * 3600 * 1000;

/** Ada, whose phone is subscribed. */
async function scene() {
  const phone = newPhone();
  await phone.found();
  const subscription = service.newSubscription();
  const { endpoint, keys } = subscription;
  const subscribe = () =>
    phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys, locale: 'fr' }));
  await subscribe();
  return {
    ...{ phone, subscription, subscribe },
    device: () => phone.must(phone.get<PushDevice>('/api/push/device')),
    test: async (headers?: Record<string, string>) =>
      (await phone.must(phone.post<{ test: PushTest }>('/api/push/test', {}, headers))).test,
    came: (body: object) => phone.must(phone.send('PUT', '/api/push/arrival', body)),
    received: () => service.received.filter(({ subscriptionId }) => subscriptionId === subscription.id),
  };
}

it('[TP1] a test is one real push to this device alone, and is over once the device says that it came', async () => {
  const { test: send, device, came, received } = await scene();
  expect(await device()).toMatchObject({ subscribed: true, arrivedAt: test.clock.now, test: null });
  const sent = await send();
  expect(sent).toEqual({ id: sent.id, sentAt: test.clock.now, outcome: 'accepted', arrivedAt: null });
  const [message] = received();
  expect(JSON.parse(message?.payload ?? '')).toEqual({ kind: 'test', testId: sent.id, locale: 'fr' });
  expect(message).toMatchObject({ ttl: 60, urgency: 'high' });
  // Another test's word is not this one's.
  await came({ test: 'x'.repeat(16) });
  expect((await device()).test).toEqual(sent);
  test.clock.now += 800;
  await came({ test: sent.id });
  expect(await device()).toMatchObject({
    arrivedAt: test.clock.now,
    test: { id: sent.id, arrivedAt: test.clock.now },
  });
  expect(service.faults).toEqual([]);
});

it('[TP1] a test speaks the neighbourhood’s language to a device that has not said its own', async () => {
  const phone = newPhone();
  await phone.found({ locale: 'fr' });
  const { id, endpoint, keys } = service.newSubscription();
  await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
  await phone.must(phone.post('/api/push/test', {}));
  const [message] = service.received.filter(({ subscriptionId }) => subscriptionId === id);
  expect(JSON.parse(message?.payload ?? '')).toMatchObject({ kind: 'test', locale: 'fr' });
});

it('[TP1] a test asked for twice under one key is sent once', async () => {
  const { phone, received } = await scene();
  const ask = () => phone.post<{ test: PushTest }>('/api/push/test', {}, { 'idempotency-key': key });
  const [first, second] = [await ask(), await ask()];
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(received()).toHaveLength(1);
});

it.each<[Behaviour, PushTest['outcome']]>([
  [{ status: 403 }, 'refused'],
  [{ status: 503 }, 'unreachable'],
  ['reset', 'unreachable'],
])(
  '[TP2] a push service that does %j makes it %s, and the subscription stays',
  async (behaviour, outcome) => {
    const { subscription, test: send, device } = await scene();
    service.behave(subscription.id, [behaviour]);
    expect(await send()).toMatchObject({ outcome, arrivedAt: null });
    expect(await device()).toMatchObject({ subscribed: true, test: { outcome } });
  },
);

it('[TP2] a subscription that is gone is removed, and without one there is nothing to test', async () => {
  const { subscription, phone, test: send, device, subscribe } = await scene();
  service.behave(subscription.id, [{ status: 410 }]);
  expect((await send()).outcome).toBe('gone');
  expect(await device()).toEqual({ subscribed: false, lockScreen: 'category', arrivedAt: null, test: null });
  expect((await phone.post('/api/push/test', {})).status).toBe(409);
  await subscribe();
  expect((await send()).outcome).toBe('accepted');
});

it('[TP3] it is kept when a push came last, from the day that the device subscribed, until it is not told any more', async () => {
  const { phone, device, came, subscribe } = await scene();
  const since = test.clock.now;
  test.clock.now += 31 * day;
  // A client tells its subscription again at each visit, which is no push.
  await subscribe();
  expect((await device()).arrivedAt).toBe(since);
  await came({});
  expect((await device()).arrivedAt).toBe(test.clock.now);
  const { body } = await phone.get<{ person: { notifications: object[] } }>('/api/me/export');
  expect(body.person.notifications).toEqual([
    expect.objectContaining({ arrivedAt: new Date(test.clock.now).toISOString(), lockScreen: 'category' }),
  ]);
  await phone.must(phone.send('DELETE', '/api/push/subscription'));
  expect(await device()).toMatchObject({ subscribed: false, arrivedAt: null });
});

it('[LK3] a device’s choice stays with it, whatever its subscription becomes', async () => {
  const { phone, device, subscribe } = await scene();
  const choose = (lockScreen: string) => phone.send('PUT', '/api/push/device', { lockScreen });
  expect((await choose('everything')).status).toBe(422);
  expect((await choose('nothing')).status).toBe(204);
  await subscribe();
  expect((await device()).lockScreen).toBe('nothing');
  const { endpoint, keys } = service.newSubscription();
  await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
  expect((await device()).lockScreen).toBe('nothing');
});
