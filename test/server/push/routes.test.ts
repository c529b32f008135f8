import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkCreated, Me } from '../../../shared/auth.ts';
import type { Problem } from '../../../shared/errors.ts';
import { createSubscriptionStore } from '../../../server/push/store.ts';
import { endpointKey } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { type Phone, street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys } from './seed.ts';

let service: PushService;
let app: TestApp;
beforeAll(async () => {
  service = await startPushService();
  app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
});
afterAll(async () => {
  await app.stop();
  await service.close();
});

const newPhone = () => phoneOf(app);
const path = '/api/push/subscription';

function subscribe(phone: Phone, over: object = {}) {
  const { endpoint, keys } = service.newSubscription();
  return phone.send<Problem>('PUT', path, { endpoint, keys, ...over });
}

async function meOf(phone: Phone) {
  const { person } = await phone.must(phone.get<Me>('/api/me'));
  return { personId: person.id, deviceId: person.deviceId };
}

/** Another device of the same person. */
async function linked(phone: Phone): Promise<Phone> {
  const { code } = await phone.must(phone.post<LinkCreated>('/api/device-links'));
  const other = newPhone();
  await other.must(other.post(`/api/device-links/${code}/use`));
  return other;
}

/** What a neighbourhood has stored of a phone. */
async function stored(neighbourhoodId: string, phone: Phone) {
  const { deviceId } = await meOf(phone);
  const [subscription] = await createSubscriptionStore(app.redis, Date.now).load(neighbourhoodId, [deviceId]);
  return subscription ?? null;
}

describe('push routes', () => {
  it('[PU16] tells everybody the public key that subscriptions need', async () => {
    const answer = await newPhone().get('/api/push/key');
    expect(answer).toMatchObject({ status: 200, body: { publicKey: 'public' } });
  });

  it('[PU16] keeps a subscription of a signed-in device in all its neighbourhoods, and of nobody else', async () => {
    const { founder, id, neighbours } = await street(newPhone);
    const other = await founder.found({ name: 'Rue des Roses' });
    const { endpoint, keys } = service.newSubscription();
    const answer = await founder.send('PUT', path, { endpoint, keys, expirationTime: null, locale: 'fr' });
    expect(answer.status).toBe(204);
    for (const neighbourhoodId of [id, other.neighbourhood.id]) {
      expect(await stored(neighbourhoodId, founder)).toMatchObject({ endpoint, keys, locale: 'fr' });
    }
    expect(await stored(id, neighbours[0]?.phone ?? founder)).toBeNull();
    expect((await subscribe(newPhone())).status).toBe(401);
    expect((await newPhone().send('DELETE', path)).status).toBe(401);
  });

  it('[PU17] refuses other endpoints and impossible keys with their reason, and stores nothing', async () => {
    const { founder, id } = await street(newPhone, []);
    const { keys } = service.newSubscription();
    const bytes = (count: number, fill = 1) => Buffer.alloc(count, fill).toString('base64url');
    const bad: [object, string][] = [
      [{ endpoint: 'https://example.org/push' }, 'endpoint'],
      [{ endpoint: 'http://169.254.169.254/latest/meta-data' }, 'endpoint'],
      [{ endpoint: `${service.origin}@10.0.0.1/x` }, 'endpoint'],
      [{ endpoint: service.origin.replace('127.0.0.1', 'localhost') }, 'endpoint'],
      [{ endpoint: `https://fcm.googleapis.com/${'x'.repeat(1100)}` }, 'endpoint'],
      [{ endpoint: 5 }, 'endpoint'],
      [{ keys: { ...keys, p256dh: bytes(65, 4) } }, 'keys.p256dh'],
      [{ keys: { ...keys, p256dh: bytes(33) } }, 'keys.p256dh'],
      [{ keys: { ...keys, auth: bytes(15) } }, 'keys.auth'],
      [{ keys: { p256dh: keys.p256dh } }, 'keys.auth'],
      [{ locale: 'de' }, 'locale'],
      [{ role: 'coordinator' }, 'role'],
      [{ personId: 'AAAAAAAAAAAAAAAA' }, 'personId'],
    ];
    for (const [over, where] of bad) {
      const { status, body } = await subscribe(founder, over);
      expect([status, body.code, body.issues?.[0]?.path]).toEqual([422, 'INVALID_INPUT', where]);
      expect(JSON.stringify(body)).not.toMatch(/example|169|10\.0|xxxx/u);
    }
    expect(await stored(id, founder)).toBeNull();
    expect(service.attempts).toEqual([]);
  });

  it('[PU18] never takes an endpoint over from somebody who is there', async () => {
    const { founder, id, neighbours } = await street(newPhone);
    const thief = neighbours[0]?.phone ?? founder;
    const { endpoint, keys } = service.newSubscription();
    await founder.must(founder.send('PUT', path, { endpoint, keys }));
    const { status, body } = await subscribe(thief, { endpoint });
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
    expect(await stored(id, thief)).toBeNull();
    expect(await stored(id, founder)).toMatchObject({ endpoint, keys });

    // The browser is handed on: its owner signs out, somebody else signs in and gets the same endpoint.
    await founder.send('DELETE', '/api/session');
    expect((await subscribe(thief, { endpoint })).status).toBe(204);
    expect(await stored(id, thief)).toMatchObject({ endpoint });
  });

  it('[PU18] gives one of many who claim an endpoint at once all of it', async () => {
    const { id, neighbours } = await street(newPhone, ['Bo', 'Cy', 'Di', 'Ed', 'Flo']);
    const { endpoint } = service.newSubscription();
    const answers = await Promise.all(neighbours.map(({ phone }) => subscribe(phone, { endpoint })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409, 409, 409, 409]);
    const holders = await Promise.all(neighbours.map(({ phone }) => stored(id, phone)));
    expect(holders.filter((holder) => holder !== null)).toHaveLength(1);
  });

  it('[PU18] moves an endpoint between two devices of one person', async () => {
    const { founder, id } = await street(newPhone, []);
    const second = await linked(founder);
    const { endpoint, keys } = service.newSubscription();
    await founder.must(founder.send('PUT', path, { endpoint, keys }));
    await second.must(second.send('PUT', path, { endpoint, keys }));
    expect(await stored(id, founder)).toBeNull();
    expect(await stored(id, second)).toMatchObject({ endpoint });
  });

  it('[PU16] replaces and removes a subscription without leaving anything', async () => {
    const before = await pushKeys(app.redis);
    const { founder, id, neighbours } = await street(newPhone);
    const first = service.newSubscription();
    await founder.must(founder.send('PUT', path, { endpoint: first.endpoint, keys: first.keys }));
    const second = service.newSubscription();
    await founder.must(founder.send('PUT', path, { endpoint: second.endpoint, keys: second.keys }));
    expect(await stored(id, founder)).toMatchObject({ endpoint: second.endpoint });
    // The first endpoint is free again.
    const bo = neighbours[0]?.phone ?? founder;
    expect((await subscribe(bo, { endpoint: first.endpoint })).status).toBe(204);
    for (const phone of [founder, bo, founder]) expect((await phone.send('DELETE', path)).status).toBe(204);
    expect(await stored(id, founder)).toBeNull();
    expect((await pushKeys(app.redis)).toSorted()).toEqual(before.toSorted());
  });

  it('[PU38] keeps an endpoint for its owner 120 days from the last time that it was told', async () => {
    const { founder } = await street(newPhone, []);
    const { endpoint, keys } = service.newSubscription();
    const owner = endpointKey(endpoint);
    const left = async () => Number(await app.redis.send(owner, 'TTL', owner));
    await founder.must(founder.send('PUT', path, { endpoint, keys }));
    const whole = 120 * 24 * 3600;
    expect(await left()).toBeGreaterThan(whole - 60);
    expect(await left()).toBeLessThanOrEqual(whole);
    await app.redis.send(owner, 'EXPIRE', owner, '500');
    // Nobody else's attempt makes it last longer.
    expect((await subscribe((await street(newPhone, [])).founder, { endpoint })).status).toBe(409);
    expect(await left()).toBeLessThanOrEqual(500);
    await founder.must(founder.send('PUT', path, { endpoint, keys }));
    expect(await left()).toBeGreaterThan(whole - 60);
    await founder.must(founder.send('DELETE', path));
    expect(await left()).toBe(-2);
  });

  it('[PU19] tells at most ten devices of a person; devices that signed out do not count', async () => {
    const { founder } = await street(newPhone, []);
    const devices = [founder];
    for (let i = 0; i < 10; i += 1) devices.push(await linked(founder));
    const statuses: number[] = [];
    for (const device of devices) statuses.push((await subscribe(device)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 204), 409]);
    // One that is there already may change its own.
    expect((await subscribe(founder)).status).toBe(204);
    await devices[3]?.send('DELETE', '/api/session');
    expect((await subscribe(devices[10] ?? founder)).status).toBe(204);
  });
});
