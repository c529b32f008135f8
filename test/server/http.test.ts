import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../shared/errors.ts';
import * as v from 'valibot';
import type { LogPage } from '../../shared/events.ts';
import { eventually } from '../support/eventually.ts';
import { phoneAt, phoneOf, startApp, type TestApp } from '../support/app.ts';
import { inside, type Phone, report, square, street } from '../support/phone.ts';

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const head = async (id: string) => (await test.deps.eventLog.head(id))?.seq;

describe('bad input', () => {
  const reports: [string, Record<string, unknown>, string][] = [
    ['an unknown field', { role: 'coordinator' }, 'role'],
    ['a seq of one’s own', { seq: 7 }, 'seq'],
    ['another category', { category: 'gossip' }, 'category'],
    ['a number for text', { description: 7 }, 'description'],
    ['a position as a list', { position: [4.83, 45.76] }, 'position.lat'],
    ['a latitude of 91', { position: { lat: 91, lng: 0 } }, 'position.lat'],
    ['a longitude of 181', { position: { lat: 0, lng: 181 } }, 'position.lng'],
    ['a longitude of -181', { position: { lat: 0, lng: -181 } }, 'position.lng'],
    ['a latitude as text', { position: { lat: '45', lng: 4 } }, 'position.lat'],
    ['a latitude of null', { position: { lat: null, lng: 4 } }, 'position.lat'],
    ['a position with more', { position: { ...inside, accuracy: 1 } }, 'position.accuracy'],
    ['a lone surrogate', { description: 'a\ud800b' }, 'description'],
    ['a control character', { description: 'a\u0000b' }, 'description'],
    ['an override of direction', { description: 'a\u202eb' }, 'description'],
    ['too long a text', { description: 'x'.repeat(2001) }, 'description'],
    ['a title of two lines', { title: 'a\nb' }, 'title'],
    ['an anonymous that is no boolean', { anonymous: 'yes' }, 'anonymous'],
    ['a time of fractions', { observedAt: 1.5 }, 'observedAt'],
  ];

  it.each(reports)('[HT3] refuses %s and changes nothing', async (_, over, path) => {
    const { id, founder } = await street(phone, []);
    const before = await head(id);
    const refused = await founder.post<Problem>(`/api/neighbourhoods/${id}/incidents`, {
      ...report,
      ...over,
    });
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(v.parse(v.strictObject(Problem.entries), refused.body).code).toBe('INVALID_INPUT');
    expect(refused.body.issues?.map((issue) => issue.path)).toContain(path);
    expect(await head(id)).toBe(before);
  });

  it.each([
    ['NaN', '{"category":"theft","severity":"minor","position":{"lat":NaN,"lng":4},"description":"x"}'],
    ['1e999', `{"category":"theft","severity":"minor","position":{"lat":1e999,"lng":4},"description":"x"}`],
    ['half a document', '{"category":'],
    ['a list', '[]'],
    ['nothing', ''],
    ['a prototype', JSON.stringify(report).replace('{', '{"__proto__":{"role":"coordinator"},')],
  ])('[HT3] refuses %s as a body', async (_, body) => {
    const { id, founder } = await street(phone, []);
    const refused = await founder.post<Problem>(`/api/neighbourhoods/${id}/incidents`, body);
    expect(refused.body.code).toBe('INVALID_INPUT');
  });

  it.each([
    ['empty', ' '],
    ['with a control character', 'A\u0007da'],
    ['of another direction', 'A\u202eda'],
    ['with an isolate', 'A\u2066da'],
    ['with an invisible character', 'A\u200bda'],
    ['with half a character', 'A\ud83dda'],
    ['too long', 'A'.repeat(41)],
    ['of stacked marks', `A${'\u0301'.repeat(200)}`],
  ])('[HT3] refuses a name %s', async (_, memberName) => {
    const body = { name: 'X', boundary: square, memberName };
    const refused = await phone().post<Problem>('/api/neighbourhoods', body);
    expect(refused.status).toBe(422);
    expect(refused.body.issues?.[0]?.path).toBe('memberName');
  });

  it('[HT3] takes names as people write them', async () => {
    for (const [given, kept] of [
      ['Zoë Ångström', 'Zoë Ångström'],
      ['e\u0301lodie', 'élodie'],
      ['  Ada   Lovelace ', 'Ada Lovelace'],
      ['محمد', 'محمد'],
      ['👩\u200d👧 Kim', '👩👧 Kim'],
    ]) {
      expect((await phone().found({ memberName: given })).member.name).toBe(kept);
    }
  });

  it('[HT1] echoes nothing', async () => {
    const canary = 'canary-1f9a';
    const { id, founder } = await street(phone, []);
    const answers = await Promise.all([
      founder.post(`/api/neighbourhoods/${id}/incidents`, { ...report, category: canary, [canary]: canary }),
      founder.get(`/api/neighbourhoods/${id}/incidents?category=${canary}`),
      founder.get(`/api/invites/${canary}`),
      founder.get(`/api/${canary}`),
      phone().post('/api/neighbourhoods', { name: canary }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(v.is(Problem, body)).toBe(true);
      expect(JSON.stringify(body).replaceAll(/"path":"[^"]*"/gu, '')).not.toContain(canary);
    }
  });

  it('[HT2] refuses bodies over 16 KiB, also in chunks, and other content types', async () => {
    const { id, founder } = await street(phone, []);
    const path = `/api/neighbourhoods/${id}/incidents`;
    const body = JSON.stringify({ ...report, description: 'x', evenSo: true });
    const padded = body.padEnd(16 * 1024, ' ');
    expect((await founder.post(path, padded)).status).toBe(201);
    expect((await founder.post<Problem>(path, `${padded} `)).body.code).toBe('PAYLOAD_TOO_LARGE');
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(' '.repeat(8192)));
      },
    });
    const chunked = await test.app.request(`http://vigie.test${path}`, {
      method: 'POST',
      body: chunks,
      duplex: 'half',
      headers: {
        cookie: founder.cookie ?? '',
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
    } as RequestInit);
    expect(chunked.status).toBe(413);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ]) {
      const refused = await founder.post<Problem>(path, body, { 'content-type': type });
      expect(refused.body.code).toBe('UNSUPPORTED_MEDIA_TYPE');
    }
    expect(
      (await founder.post(path, body, { 'content-type': 'application/json; charset=utf-8' })).status,
    ).toBe(201);
  });
});

describe('where requests come from', () => {
  it.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://vigie.test.evil.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://vigie.test' }, 403],
    [{ origin: 'http://vigie.test', 'sec-fetch-site': 'same-origin' }, 201],
    [{ origin: 'https://vigie.test' }, 201],
    [{}, 201],
  ])('[HT4] answers %j with %i', async (headers, status) => {
    const { id, founder } = await street(phone, []);
    const before = await head(id);
    const answer = await founder.post(`/api/neighbourhoods/${id}/incidents`, report, {
      host: 'vigie.test',
      ...headers,
    });
    expect(answer.status).toBe(status);
    expect(await head(id)).toBe(status === 201 ? (before ?? 0) + 1 : before);
  });

  it.each(['', 'x', '00000000-0000-0000-0000-000000000000', `${randomUUID()}x`])(
    '[HT5] refuses the key %j',
    async (key) => {
      const { id, founder } = await street(phone, []);
      const refused = await founder.post<Problem>(`/api/neighbourhoods/${id}/incidents`, report, {
        'idempotency-key': key,
      });
      expect(refused.body.issues).toEqual([
        { path: 'Idempotency-Key', message: expect.any(String) as string },
      ]);
    },
  );
});

describe('every answer', () => {
  async function expectHeaders(founder: Phone) {
    await founder.found();
    for (const path of ['/api/me', '/api/config', '/api/nothing', '/health/live', '/nothing', '/api/docs']) {
      const { headers } = await founder.get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      if (path.startsWith('/api')) expect(headers.get('cache-control')).toBe('no-store');
    }
  }

  it('[HT8] carries the security headers and is not cached', () => expectHeaders(phone()));

  it('[HT8] carries them once, over a socket too', async () => {
    const server = createAdaptorServer({ fetch: test.app.fetch });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await expectHeaders(phoneAt(`http://127.0.0.1:${port}`));
    server.close();
  });

  it('[HT9] describes every route of the API', async () => {
    const { body } = await phone().get<{ openapi: string; paths: Record<string, Record<string, object>> }>(
      '/api/openapi.json',
    );
    expect(body.openapi).toMatch(/^3\.1/u);
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/gu, ':$1')}`,
      ),
    );
    const routes = test.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/') && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !['GET /api/openapi.json', 'GET /api/docs'].includes(route));
    expect(new Set(described)).toEqual(new Set(routes));
    const posted = body.paths['/api/neighbourhoods/{n}/incidents']?.['post'];
    expect(JSON.stringify(posted)).toContain('suspicious');
    expect((await phone().get('/api/docs')).body).toContain('/api/neighbourhoods/{n}/incidents');
  });

  it.each([
    '/..%2fpackage.json',
    '//etc/passwd',
    '/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/n/../server',
    '/.env',
  ])('[HT10] has nothing at %s', async (path) => {
    expect((await phone().get(path)).status).toBe(404);
  });
});

describe('limits', () => {
  it('[HT7] are shared by processes and say when to come back', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    const { id, founder } = await street(() => phoneOf(limited), []);
    const { createLimits } = await import('../../server/limits.ts');
    const otherProcess = createLimits(await limited.server.connect(), true);
    const { body: me } = await founder.get<{ memberships: { member: { id: string } }[] }>('/api/me');
    const memberId = me.memberships[0]?.member.id ?? '';
    for (let i = 0; i < 11; i += 1) await otherProcess.count('reports', memberId);
    const path = `/api/neighbourhoods/${id}/incidents`;
    const headers = { 'idempotency-key': randomUUID() };
    expect((await founder.post(path, report, headers)).status).toBe(201);
    const refused = await founder.post<Problem>(path, report);
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe('RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    // What was done before is answered again all the same.
    const again = await founder.post(path, report, headers);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    await limited.stop();
  });

  it('[HT7] of receipts leave room for an alert', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    const { id, founder, neighbours } = await street(() => phoneOf(limited));
    const { incident } = await founder.report(id);
    const bo = neighbours[0]?.phone ?? founder;
    const seen = `/api/neighbourhoods/${id}/incidents/${incident.id}/seen`;
    const say = () => bo.post(seen, { kind: 'got', of: 'alert' });
    const answers = await Promise.all(Array.from({ length: 150 }, say));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect((await bo.post(`/api/neighbourhoods/${id}/incidents`, report)).status).toBe(201);
    const more = await Promise.all(Array.from({ length: 451 }, say));
    expect(more.filter(({ status }) => status === 429)).toHaveLength(1);
    await limited.stop();
  });

  it('[HT7] stop guessing', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    const stranger = phoneOf(limited);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1)
      statuses.push((await stranger.get(`/api/invites/${'A'.repeat(16)}.${'B'.repeat(22)}`)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 404), 429, 429]);
    await limited.stop();
  });
});

describe('Redis away', () => {
  it('[HT11] answers 503 with Retry-After, and serves again afterwards', async () => {
    const own = await startApp();
    const { id, founder } = await street(() => phoneOf(own), []);
    await own.server.kill();
    const refused = await founder.post<Problem>(`/api/neighbourhoods/${id}/incidents`, report);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.body.code).toBe('UNAVAILABLE');
    expect((await founder.get('/health/live')).status).toBe(200);
    expect((await founder.get('/health/ready')).status).toBe(503);
    await own.server.restart();
    await eventually(async () => (await founder.get('/health/ready')).status === 200);
    await founder.report(id);
    const { body } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log`);
    expect(body.entries.map(({ type }) => type)).toEqual(['neighbourhood.founded', 'incident.reported']);
    await own.stop();
  });
});
