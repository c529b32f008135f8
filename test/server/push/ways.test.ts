import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createPosts } from '../../../server/push/ways/posts.ts';
import type { Note } from '../../../server/push/ways/note.ts';
import type { StoredWay } from '../../../server/push/ways/way.ts';
import { parseEnv } from '../../../server/env.ts';
import type { Me } from '../../../shared/auth.ts';
import type { Way, WayAdded } from '../../../shared/ways.ts';
import { phoneOf } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { reader, waysStage } from './ways-stage.ts';

const stage = waysStage();
const newPhone = () => phoneOf(stage.app);
const minute = 60_000;
const secret = { title: 'Secret title', description: 'Secret words' };

describe('a way before it is trusted', () => {
  it.each(['email', 'ntfy', 'webhook'] as const)(
    '[WY1] tells nothing by %s before its code came back',
    async (kind) => {
      const { id, ada, bo } = await stage.pair();
      const { way } = await ada.must(stage.add(ada, kind));
      expect(way).toMatchObject({ kind, state: 'unverified', runs: [] });
      const sent = () => stage.mail.mails.length + stage.receiver.got.length;
      expect(sent()).toBe(1);
      await stage.work();
      await bo.report(id, { severity: 'severe' });
      await stage.drained();
      expect(sent()).toBe(1);
      expect((await stage.verify(ada, way.id, stage.lastCode(kind))).body.way.state).toBe('verified');
      await bo.report(id, { severity: 'severe' });
      await eventually(() => sent() === 2);
    },
  );

  it('[WY1] takes the code from its owner only, five times, within half an hour', async () => {
    const { ada, bo } = await stage.pair();
    const { way } = await ada.must(stage.add(ada, 'email'));
    const code = stage.lastCode('email');
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await stage.verify(bo, way.id, code)).status).toBe(404);
    for (let i = 0; i < 5; i += 1) {
      const answer = await stage.verify(ada, way.id, wrong);
      expect([answer.status, answer.body.issues?.[0]?.message]).toEqual([422, 'is not right']);
    }
    expect((await stage.verify(ada, way.id, code)).status).toBe(409);

    const second = await ada.must(stage.add(ada, 'email', { address: 'ada@example.net' }));
    stage.app.clock.now += 31 * minute;
    expect((await stage.verify(ada, second.way.id, stage.lastCode('email'))).status).toBe(409);
    expect((await stage.ways(ada)).map(({ state }) => state)).toEqual(['unverified', 'unverified']);
  });

  it('[WY2] is not kept where its code could not be sent, and says so', async () => {
    const { ada } = await stage.pair();
    stage.mail.behave([{ status: 550, message: '5.1.1 no such user' }]);
    const mail = await stage.add(ada, 'email');
    stage.receiver.behave([500]);
    const hook = await stage.add(ada, 'webhook');
    for (const answer of [mail, hook]) {
      expect(answer).toMatchObject({
        status: 422,
        body: { issues: [{ path: 'address', message: 'did not take the message' }] },
      });
    }
    expect(await stage.ways(ada)).toEqual([]);
  });

  it('[WY2] is added once by one command, with the same secret, and at most five times by a person', async () => {
    const { ada } = await stage.pair();
    const body = { kind: 'webhook', address: `${stage.receiver.origin}/hook`, ...reader };
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await ada.post<WayAdded>('/api/ways', body, key);
    const again = await ada.post<WayAdded>('/api/ways', body, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(first.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u);
    expect(stage.receiver.got).toHaveLength(1);
    expect((await ada.post('/api/ways', { ...body, locale: 'fr' }, key)).status).toBe(422);
    for (let i = 0; i < 4; i += 1) await ada.must(stage.add(ada, 'webhook'));
    expect((await stage.add(ada, 'webhook')).status).toBe(409);
    // What nobody verified makes room after a day.
    stage.app.clock.now += 25 * 60 * minute;
    expect((await stage.add(ada, 'webhook')).status).toBe(201);
    expect(await stage.ways(ada)).toHaveLength(1);
  });

  it('[WY3] shows none of its secrets again, goes with its owner’s data, and is erased with them', async () => {
    const { ada, bo } = await stage.pair();
    const { secret: signing } = await stage.verified(bo, 'webhook');
    await stage.verified(bo, 'ntfy', { token: 'tk_secret' });
    expect(signing).toBeTruthy();
    const personId = (await bo.must(bo.get<Me>('/api/me'))).person.id;
    const shown = JSON.stringify(await stage.ways(bo));
    const exported = (await bo.get<{ person: { waysOfTelling: Way[] } }>('/api/me/export')).body;
    expect(exported.person.waysOfTelling.map(({ kind }) => kind).toSorted()).toEqual(['ntfy', 'webhook']);
    for (const text of [shown, JSON.stringify(exported)]) {
      expect(text).not.toContain(signing);
      expect(text).not.toContain('tk_secret');
    }
    expect(await stage.ways(ada)).toEqual([]);
    await bo.must(bo.send('DELETE', '/api/me?confirm=erase'));
    const keys = (await stage.app.redis.send('x', 'KEYS', '*')) as string[];
    expect(keys.filter((key) => key.includes(personId) && key.includes(':way'))).toEqual([]);
  });
});

describe('e-mail', () => {
  it('[WY4] says in plain text no more than a push, in the reader’s language and time', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'email', { locale: 'fr', timeZone: 'America/Montreal' });
    stage.app.clock.now = Date.UTC(2026, 6, 1, 2, 5);
    await stage.work();
    const { incident } = await bo.report(id, { category: 'fire', severity: 'severe', ...secret });
    await stage.mail.waitFor((mails) => mails.length === 2);
    const mail = stage.mail.mails[1];
    const headers = (name: string) => mail?.headers.get(name) ?? '';
    expect(mail?.to).toEqual(['ada@example.org']);
    expect(headers('subject')).toContain('Feu ou fumée · Rue des Lilas · grave · mardi 30 juin 2026');
    expect(headers('subject')).toContain('22:05');
    expect(headers('content-type')).toMatch(/^text\/plain/u);
    expect(headers('content-language')).toBe('fr');
    expect(headers('auto-submitted')).toBe('auto-generated');
    expect(mail?.text).toContain(`https://vigie.test/n/${id}/incidents/${incident.id}`);
    expect(mail?.text).toContain('numéro d’urgence');
    expect(mail?.raw).not.toContain('Secret');
    expect(mail?.text).not.toMatch(/<|Bo\b|45\.7/u);
  });

  it('[WY5] is stopped by one click of a mail program, without a session, and by nothing less', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'email');
    await stage.work();
    await bo.report(id, { severity: 'severe' });
    await stage.mail.waitFor((mails) => mails.length === 2);
    const mail = stage.mail.mails[1];
    expect(mail?.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const link = /^<https:\/\/vigie\.test(\/api\/ways\/stop\/[\w.-]+)>$/u.exec(
      mail?.headers.get('list-unsubscribe') ?? '',
    )?.[1];
    const stranger = newPhone();
    const page = await stranger.get(link ?? '');
    expect([page.status, page.headers.get('location')]).toEqual([302, link?.replace('/api/ways', '')]);
    expect(mail?.text).toContain(`https://vigie.test${link?.replace('/api/ways', '')}`);
    const wrong = `${link?.slice(0, -22)}${'A'.repeat(22)}`;
    expect((await stranger.send('POST', wrong)).status).toBe(204);
    expect((await stage.ways(ada))[0]?.state).toBe('verified');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (let i = 0; i < 2; i += 1)
      expect((await stranger.send('POST', link ?? '', 'List-Unsubscribe=One-Click', form)).status).toBe(204);
    expect((await stage.ways(ada))[0]?.state).toBe('ended');
    await bo.report(id, { severity: 'severe' });
    await stage.drained();
    expect(stage.mail.mails).toHaveLength(2);
  });

  it('[WY6] is tried again where the server is busy or cut off, under one Message-ID; a reader who is gone ends it', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'email');
    stage.mail.behave([{ status: 451, message: 'later' }, 'cut']);
    await stage.work();
    await bo.report(id, { severity: 'severe' });
    // The back-off runs by the worker's clock.
    await eventually(() => {
      stage.app.clock.now += 1000;
      return stage.mail.mails.length === 2;
    });
    await stage.drained();
    const runs = (await stage.ways(ada))[0]?.runs.map(({ outcome, reason }) => [outcome, reason]);
    expect(runs).toEqual([
      ['accepted', null],
      ['again', expect.stringMatching(/^smtp-e/u)],
      ['again', 'smtp-451'],
    ]);
    expect(stage.mail.mails[1]?.headers.get('message-id')).toMatch(/^<[\w-]{32}@vigie\.test>$/u);

    stage.mail.behave([{ status: 550, message: '5.1.1 no such user' }]);
    await bo.report(id, { severity: 'severe' });
    await eventually(async () => (await stage.ways(ada))[0]?.state === 'ended');
    await stage.drained();
    expect(stage.mail.mails).toHaveLength(2);
    expect((await stage.ways(ada))[0]?.runs[0]).toMatchObject({ outcome: 'refused', reason: 'gone' });
  });

  it.each([
    [550, '5.7.1 relaying denied'],
    [554, '5.7.1 Service unavailable; client host blocked using a list'],
    [550, '5.1.8 sender address rejected: domain not found'],
    [550, 'relay not permitted'],
    [553, 'sorry, that domain is not in my list of allowed rcpthosts'],
  ])('[WY17] %i %s is the operator’s to mend, and ends nobody’s mailbox', async (status, message) => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'email');
    const { counters } = await stage.work();
    stage.mail.behave([{ status, message }]);
    await bo.report(id, { severity: 'severe' });
    await eventually(() => counters.refusing['email'] === 'smtp-policy');
    const [way] = await stage.ways(ada);
    expect([way?.state, way?.runs[0]]).toMatchObject([
      'verified',
      { outcome: 'again', reason: 'smtp-policy' },
    ]);
    stage.app.clock.now += 15 * 60 * 1000;
    await eventually(() => stage.mail.mails.length === 2);
    await eventually(() => !('email' in counters.refusing));
  });

  it.each([
    [550, 'no such user here', 'ended'],
    [550, '5.1.10 recipient address has null MX', 'ended'],
    [550, '5.2.1 mailbox disabled for the moment', 'verified'],
    [552, '5.2.2 mailbox full', 'verified'],
  ])('[WY6] %i %s leaves the way %s', async (status, message, state) => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'email');
    await stage.work();
    stage.mail.behave([{ status, message }]);
    await bo.report(id, { severity: 'severe' });
    await eventually(async () => (await stage.ways(ada))[0]?.runs[0]?.outcome === 'refused');
    await stage.drained();
    expect((await stage.ways(ada))[0]?.state).toBe(state);
  });

  it('[WY7] is offered only where the operator set a server, its sender and a public address', async () => {
    const smtp = { SMTP_URL: 'smtps://mail.example.org', SMTP_FROM: 'watch@example.org' };
    expect(parseEnv({ ...smtp, PUBLIC_URL: 'https://vigie.example' }).ok).toBe(true);
    for (const [env, message] of [
      [smtp, 'SMTP_URL needs PUBLIC_URL for the links in mails'],
      [{ SMTP_URL: smtp.SMTP_URL, PUBLIC_URL: 'https://v.example' }, 'SMTP_URL and SMTP_FROM go together'],
      [{ SMTP_URL: 'https://mail.example' }, 'SMTP_URL must start with smtp:// or smtps://'],
      [{ SMTP_FROM: 'a@b\r\nBcc: c@d' }, 'SMTP_FROM must be a mail address'],
      [{ WAYS_EXTRA_ORIGINS: 'nowhere' }, 'WAYS_EXTRA_ORIGINS must be origins'],
    ] as const)
      expect(parseEnv(env)).toEqual({ ok: false, message });
  });
});

describe('a webhook', () => {
  it('[WY8] is signed as Standard Webhooks say, and carries no more than a push', async () => {
    const { id, ada, bo } = await stage.pair();
    const { secret: signing } = await stage.verified(ada, 'webhook');
    await stage.work();
    const { incident } = await bo.report(id, { category: 'fire', severity: 'severe', ...secret });
    await stage.receiver.waitFor((got) => got.length === 2);
    for (const { headers, body } of stage.receiver.got) {
      const verifier = new Webhook(signing ?? '');
      const all = headers as Record<string, string>;
      expect(() => verifier.verify(body, all)).not.toThrow();
      expect(() => new Webhook(`whsec_${btoa('x'.repeat(32))}`).verify(body, all)).toThrow();
    }
    const { headers, body, path } = stage.receiver.got[1] ?? { headers: {}, body: '', path: '' };
    expect(path).toBe('/hook');
    expect(JSON.parse(body)).toEqual({
      id: headers['webhook-id'],
      type: 'vigie.alert',
      kind: 'alert',
      ...{ neighbourhoodId: id, neighbourhoodName: 'Rue des Lilas', incidentId: incident.id },
      ...{ category: 'fire', severity: 'severe', locale: 'en' },
      at: new Date(incident.reportedAt).toISOString(),
      title: 'Fire or smoke',
      text: expect.stringContaining('Rue des Lilas · severe · '),
      url: `https://vigie.test/n/${id}/incidents/${incident.id}`,
    });
  });

  it('[WY9] is tried again under the same id after whatever it says, not before Retry-After; only 410 ends it', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'webhook');
    const elsewhere = { location: `${stage.receiver.origin}/other` };
    stage.receiver.behave([
      500,
      404,
      { status: 302, headers: elsewhere },
      { status: 429, headers: { 'retry-after': '60' } },
    ]);
    await stage.work();
    await bo.report(id, { severity: 'severe' });
    const clock = stage.app.clock;
    const at: number[] = [];
    // The back-off runs by the worker's clock.
    await eventually(() => {
      clock.now += 1000;
      at[stage.receiver.got.length] ??= clock.now;
      return stage.receiver.got.length === 6;
    });
    await stage.drained();
    const got = stage.receiver.got.slice(1);
    expect(got.map(({ path }) => path)).toEqual(Array.from({ length: 5 }, () => '/hook'));
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((at[6] ?? 0) - (at[5] ?? 0)).toBeGreaterThanOrEqual(58_000);
    expect((await stage.ways(ada))[0]?.runs.map(({ reason }) => reason)).toEqual([
      null,
      ...['status-429', 'status-302', 'status-404', 'status-500'],
    ]);
    expect((await stage.ways(ada))[0]?.state).toBe('verified');

    stage.receiver.behave([410]);
    await bo.report(id, { severity: 'severe' });
    await eventually(async () => (await stage.ways(ada))[0]?.state === 'ended');
  });

  it('[WY10] leads to public hosts only, unless the operator named its origin; also at sending, and by no redirect', async () => {
    const { id, ada, bo } = await stage.pair();
    for (const [address, reason] of [
      ['http://example.org/hook', 'must be https'],
      ['https://example.org:8443/hook', 'must use the port 443'],
      ['https://127.0.0.1/hook', 'must name a host'],
      ['https://[::1]/hook', 'must name a host'],
      ['https://2130706433/hook', 'must name a host'],
      ['https://redis/hook', 'must name a public host'],
      ['https://a:b@example.org/hook', 'must not carry credentials'],
      ['https://example.org/hook#x', 'must not carry a fragment'],
      [stage.receiver.origin.replace('127.0.0.1', 'localhost'), 'must be https'],
    ] as const) {
      const { status, body } = await stage.add(ada, 'webhook', { address });
      expect([address, status, body]).toMatchObject([
        address,
        422,
        { issues: [{ path: 'address', message: reason }] },
      ]);
    }
    const topic = await stage.add(ada, 'ntfy', { address: stage.receiver.origin });
    expect(topic.body).toMatchObject({ issues: [{ message: 'must end with a topic' }] });
    expect(stage.receiver.got).toEqual([]);

    // Verified while its origin was named; the operator took that back.
    await stage.verified(ada, 'webhook');
    await stage.work({ ways: { mail: null, extraOrigins: [] } });
    await bo.report(id, { severity: 'severe' });
    await eventually(async () => (await stage.ways(ada))[0]?.runs.length === 1);
    expect((await stage.ways(ada))[0]?.runs[0]).toMatchObject({
      outcome: 'refused',
      reason: 'way-not-allowed',
    });
    expect(stage.receiver.got).toHaveLength(1);
  });

  it('[WY10] never leads to an address that is not public, whatever its name resolves to', async () => {
    const asked: string[] = [];
    const resolver = async (host: string) => {
      asked.push(host);
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const posts = createPosts({ extraOrigins: [], now: Date.now, resolver, timeoutMs: 5000 });
    const way = {
      kind: 'webhook',
      address: 'https://rebind.example.org/hook',
      signing: 'whsec_AAAA',
    } as StoredWay;
    const note = {
      id: 'x',
      data: { type: 'vigie.test' },
      at: 0,
      title: '',
      text: '',
      url: null,
    } as unknown as Note;
    expect(await posts.send(way, note)).toMatchObject({ kind: 'retry', reason: 'address-not-allowed' });
    expect(asked).toEqual(['rebind.example.org']);
    posts.close();
  });
});
