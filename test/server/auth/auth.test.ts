import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device, LinkCreated, Me } from '../../../shared/auth.ts';
import { callerOf } from '../../../server/auth/guards.ts';
import { originOf } from '../../../server/auth/origin.ts';
import { followRevocations, type Revocation } from '../../../server/auth/revocations.ts';
import { lanAddress } from '../../../server/lan-address.ts';
import { addressGroup } from '../../../server/limits.ts';
import { personKeys } from '../../../server/redis/keys.ts';
import { asRecord } from '../../../server/redis/reply.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { promptly } from '../../support/eventually.ts';
import { type Phone, square, street } from '../../support/phone.ts';

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const day = 24 * 3600 * 1000;

async function link(from: Phone, to: Phone): Promise<Me> {
  const { code } = await from.must(from.post<LinkCreated>('/api/device-links'));
  return await to.must(to.post<Me>(`/api/device-links/${code}/use`));
}

describe('sessions', () => {
  it('[AU1] live in a cookie that scripts and other sites cannot use, stored hashed', async () => {
    const founder = phone();
    const answer = await founder.post('/api/neighbourhoods', {
      name: 'X',
      boundary: square,
      memberName: 'Ada',
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^vigie_session=/u);
    for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute);
    expect(cookie).not.toContain('Domain');
    const [person = '', , secret = ''] = (founder.cookie ?? '').slice('vigie_session='.length).split('.');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(16);
    const keys = personKeys(person);
    const devices = asRecord(await test.redis.send(keys.devices, 'HGETALL', keys.devices));
    expect(JSON.stringify(devices)).not.toContain(secret);
    expect(Object.keys(devices)).toHaveLength(1);
  });

  it('[AU1] are bound to the host on HTTPS', async () => {
    const secure = await startApp({ env: { PUBLIC_URL: 'https://vigie.test' } });
    const answer = await phoneOf(secure).post('/api/neighbourhoods', {
      name: 'X',
      boundary: square,
      memberName: 'Ada',
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-vigie_session=/u);
    expect(cookie).toContain('Secure');
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    await secure.stop();
  });

  it('[AU4] end by signing out', async () => {
    const { founder } = await street(phone, []);
    const { cookie } = founder;
    const out = await founder.send('DELETE', '/api/session');
    expect(out.status).toBe(204);
    expect(out.headers.get('clear-site-data')).toContain('storage');
    expect(founder.cookie).toBeNull();
    expect((await founder.get('/api/me', { cookie: cookie ?? '' })).status).toBe(401);
  });

  it('[AU4] end 90 days after their last use, and a year after their start', async () => {
    const own = await startApp();
    const { founder } = await street(() => phoneOf(own), []);
    for (let i = 0; i < 4; i += 1) {
      own.clock.now += 89 * day;
      expect((await founder.get('/api/me')).status).toBe(200);
    }
    own.clock.now += 10 * day;
    expect((await founder.get('/api/me')).status).toBe(401);
    const { founder: idle } = await street(() => phoneOf(own), []);
    own.clock.now += 91 * day;
    expect((await idle.get('/api/me')).status).toBe(401);
    await own.stop();
  });

  it.each(['x', '', 'a.b.c', `${'A'.repeat(16)}.${'A'.repeat(16)}.${'A'.repeat(22)}`])(
    '[AU1] do not open for %j',
    async (token) => {
      expect((await phone().get('/api/me', { cookie: `vigie_session=${token}` })).status).toBe(401);
    },
  );
});

describe('devices', () => {
  it('[AU2] are listed, and one that is revoked is out at once', async () => {
    const { founder } = await street(phone, []);
    const second = phone();
    await link(founder, second);
    const { body } = await founder.get<{ devices: Device[] }>('/api/devices');
    expect(new Set(body.devices.map(({ current }) => current))).toEqual(new Set([false, true]));
    const other = body.devices.find(({ current }) => !current);
    expect((await founder.send('DELETE', `/api/devices/${other?.id}`)).status).toBe(204);
    expect((await second.get('/api/me')).status).toBe(401);
    expect((await founder.get('/api/me')).status).toBe(200);
    expect((await founder.send('DELETE', `/api/devices/${other?.id}`)).status).toBe(404);
  });

  it('[AU3] are linked once by a link', async () => {
    const { founder, id } = await street(phone, []);
    const { code, url } = await founder.must(founder.post<LinkCreated>('/api/device-links'));
    expect(url).toBe(`http://vigie.test/link/${code}`);
    const both = [phone(), phone()];
    const answers = await Promise.all(both.map((device) => device.post<Me>(`/api/device-links/${code}/use`)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 404]);
    const me = answers.find(({ status }) => status === 201)?.body;
    expect(me?.memberships[0]?.neighbourhood.id).toBe(id);
  });

  it('[AU3] answer a repeated command alike', async () => {
    const { founder } = await street(phone, []);
    const made = { 'idempotency-key': uuid() };
    const first = await founder.post<LinkCreated>('/api/device-links', {}, made);
    const again = await founder.post<LinkCreated>('/api/device-links', {}, made);
    expect(again.body).toEqual(first.body);
    const used = { 'idempotency-key': uuid() };
    const device = phone();
    const path = `/api/device-links/${first.body.code}/use`;
    expect((await device.post(path, {}, used)).status).toBe(201);
    expect((await device.post(path, {}, used)).status).toBe(201);
    expect((await device.post(path, { deviceName: 'Other' }, used)).status).toBe(422);
    const { body } = await founder.get<{ devices: Device[] }>('/api/devices');
    expect(body.devices).toHaveLength(2);
  });

  it('[AU2] are at most twenty a person', async () => {
    const { founder } = await street(phone, []);
    for (let i = 1; i < 20; i += 1) await link(founder, phone());
    const { code } = await founder.must(founder.post<LinkCreated>('/api/device-links'));
    expect((await phone().post(`/api/device-links/${code}/use`)).status).toBe(409);
    expect((await founder.get('/api/me')).status).toBe(200);
  });
});

describe('a device that was signed out', () => {
  it('[AU7] does not come back by repeating the command that signed it in', async () => {
    const { id, founder } = await street(phone, []);
    const { code } = await founder.invite(id);
    const headers = { 'idempotency-key': uuid() };
    const stolen = phone();
    const accept = () => stolen.post(`/api/invites/${code}/accept`, { memberName: 'Bo' }, headers);
    expect((await accept()).status).toBe(201);
    const session = stolen.cookie ?? '';
    await stolen.send('DELETE', '/api/session');
    const again = await accept();
    expect(again.status).toBe(401);
    expect(again.headers.get('set-cookie')).toBeNull();
    expect((await stolen.get('/api/me', { cookie: session })).status).toBe(401);
  });

  it('[AU8] gets one token for one command, however often it is sent', async () => {
    const headers = { 'idempotency-key': uuid() };
    const body = { name: 'Once', boundary: square, memberName: 'Ada' };
    const devices = Array.from({ length: 5 }, phone);
    await Promise.all(devices.slice(0, 4).map((device) => device.post('/api/neighbourhoods', body, headers)));
    await devices[4]?.post('/api/neighbourhoods', body, headers);
    expect(new Set(devices.map(({ cookie }) => cookie)).size).toBe(1);
    expect((await (devices[0] ?? phone()).get('/api/me')).status).toBe(200);
  });

  it('[AU7] does not come back by being seen at the same moment', async () => {
    const own = await startApp();
    const { founder } = await street(() => phoneOf(own), []);
    for (let round = 0; round < 20; round += 1) {
      const device = phoneOf(own);
      await link(founder, device);
      own.clock.now += 2 * day;
      const { body } = await founder.get<{ devices: Device[] }>('/api/devices');
      const other = body.devices.find(({ current }) => !current);
      await Promise.all([device.get('/api/me'), founder.send('DELETE', `/api/devices/${other?.id}`)]);
      expect((await device.get('/api/me')).status).toBe(401);
    }
    await own.stop();
  });
});

it('[AU9] a device that is not there leaves nothing behind', async () => {
  const { founder } = await street(phone, []);
  const { body: me } = await founder.get<Me>('/api/me');
  const keys = personKeys(me.person.id);
  const missing = 'A'.repeat(16);
  expect((await founder.send('DELETE', `/api/devices/${missing}`)).status).toBe(404);
  expect(await test.redis.send(keys.endedDevice(missing), 'EXISTS', keys.endedDevice(missing))).toBe(0);
  for (const key of [keys.devices, keys.memberships]) {
    expect(Number(await test.redis.send(key, 'TTL', key))).toBeGreaterThan(365 * 24 * 3600);
  }
});

describe('revocations', () => {
  it('[AU5] reach every process without a message', async () => {
    const { id, founder, neighbours } = await street(phone);
    const heard: Revocation[] = [];
    const inTwoSeconds = { ms: 2000, pace: () => test.redis.send('x', 'EXISTS', 'x') };
    const stop = await followRevocations(await test.server.connect(), test.deps.logger, (revocation) =>
      heard.push(revocation),
    );
    const bo = neighbours[0];
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo?.member.id}`);
    await promptly(() => heard.some((r) => 'memberId' in r && r.memberId === bo?.member.id), {
      ...inTwoSeconds,
      what: 'the end of a membership',
    });
    const { body: me } = await founder.get<Me>('/api/me');
    await founder.send('DELETE', '/api/session');
    await promptly(() => heard.some((r) => 'deviceId' in r && r.deviceId === me.person.deviceId), {
      ...inTwoSeconds,
      what: 'the end of a session',
    });
    stop();
  });
});

describe('links', () => {
  it('[AU10] made at localhost lead phones to the machine, wherever it listens for them', () => {
    const at = (url: string, over: object = {}) =>
      originOf(url, { HOST: '0.0.0.0', PUBLIC_URL: undefined, ...over });
    expect(at('http://localhost:8080/api', { PUBLIC_URL: 'https://vigie.test' })).toBe('https://vigie.test');
    expect(at('http://192.0.2.7:8080/api')).toBe('http://192.0.2.7:8080');
    expect(at('http://localhost:8080/api', { HOST: '127.0.0.1' })).toBe('http://localhost:8080');
    expect(at('http://localhost:8080/api')).toBe(lanAddress('8080') ?? 'http://localhost:8080');
  });
});

describe('addresses', () => {
  it('[AU6] come from configured proxies only', () => {
    expect(callerOf('1.1.1.1, 2.2.2.2', '9.9.9.9', 0)).toBe('9.9.9.9');
    expect(callerOf('1.1.1.1, 2.2.2.2', '9.9.9.9', 1)).toBe('2.2.2.2');
    expect(callerOf('1.1.1.1, 2.2.2.2', '9.9.9.9', 2)).toBe('1.1.1.1');
    expect(callerOf(undefined, '9.9.9.9', 1)).toBe('9.9.9.9');
  });

  it('[AU6] of IPv6 count by /64', () => {
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressGroup('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(addressGroup('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(addressGroup('::1')).toBe('0:0:0:0::/64');
  });
});
