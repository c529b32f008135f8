import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/errors.ts';
import type { LogPage } from '../../../shared/events.ts';
import type { Following } from '../../../shared/following.ts';
import { mostUpdates, talkMs, type Update } from '../../../shared/incident-life.ts';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import { encodeEntity } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { closeIncident } from '../../support/incident-scene.ts';
import { type Phone, street } from '../../support/phone.ts';
import { daily } from '../../support/retention.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

type Answer = { update: Update; seq: number } & Problem;
const day = 24 * 3600 * 1000;
const saw = { kind: 'observation', text: 'They ran north.' };
const talk = { kind: 'comment', text: 'Thank you all.' };

async function scene(over: Record<string, unknown> = {}, app: TestApp = test) {
  const at = await street(() => phoneOf(app), ['Bo', 'Cy']);
  const [bo, cy] = at.neighbours;
  if (bo === undefined || cy === undefined) throw new Error('two neighbours are needed');
  const { incident } = await bo.phone.report(at.id, over);
  const path = `/api/neighbourhoods/${at.id}/incidents/${incident.id}`;
  const { founder } = at;
  return {
    ...at,
    ...{ bo, cy, incident, path },
    post: (phone: Phone, body: object, headers?: Record<string, string>) =>
      phone.post<Answer>(`${path}/updates`, body, headers),
    updates: async () => (await founder.must(founder.get<IncidentDetail>(path))).updates,
    following: (phone: Phone) => phone.must(phone.get<Following>(`${path}/following`)),
    head: () => app.deps.eventLog.head(at.id),
    log: async () => (await founder.must(founder.get<LogPage>(`/api/neighbourhoods/${at.id}/log`))).entries,
  };
}

describe('posting', () => {
  it('[UP1] keeps observations and comments as text, oldest first, the same in log and detail', async () => {
    const { post, bo, cy, founder, updates, log, incident } = await scene();
    const markup = { kind: 'comment', text: ' <b>https://example.org</b>\r\nGood night ' };
    const key = uuid();
    const first = await post(cy.phone, saw, { 'idempotency-key': key });
    expect(first.status).toBe(201);
    expect(first.body.update).toEqual({
      ...{ id: first.body.update.id, incidentId: incident.id, version: 1 },
      ...{ ...saw, by: cy.member.id, mentions: [], at: test.clock.now },
    });
    test.clock.now += 1;
    await post(bo.phone, markup);
    test.clock.now += 1;
    await post(founder, saw);
    const again = await post(cy.phone, saw, { 'idempotency-key': key });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const all = await updates();
    expect(all.map(({ text }) => text)).toEqual([
      saw.text,
      '<b>https://example.org</b>\nGood night',
      saw.text,
    ]);
    expect((await log()).flatMap((entry) => (entry.type === 'update.posted' ? [entry.update] : []))).toEqual(
      all,
    );
  });

  it('[UP2] names nobody where the anonymous reporter writes about their own', async () => {
    const { post, bo, cy, id, updates, log, founder } = await scene({ anonymous: true });
    const own = await post(bo.phone, { ...saw, mentions: [cy.member.id, bo.member.id] });
    expect(own.body.update).toMatchObject({ by: null, mentions: [cy.member.id] });
    test.clock.now += 1;
    await post(cy.phone, saw);
    expect((await updates()).map(({ by }) => by)).toEqual([null, cy.member.id]);
    const told = (await log()).filter(({ type }) => type === 'update.posted');
    expect(JSON.stringify(told)).not.toContain(bo.member.id);
    // Elsewhere they are who they are.
    const { incident: other } = await founder.report(id, { anonymous: true });
    const path = `/api/neighbourhoods/${id}/incidents/${other.id}/updates`;
    expect((await bo.phone.post<Answer>(path, saw)).body.update.by).toBe(bo.member.id);
  });

  it('[UP3] of what is closed takes comments for a week, and no observation', async () => {
    const { post, cy, id, incident, head } = await scene();
    await closeIncident(test, id, incident.id);
    const closedAt = test.clock.now;
    const before = await head();
    const refused = await post(cy.phone, saw);
    expect(refused.status).toBe(409);
    expect(refused.body.issues).toEqual([{ path: 'kind', message: 'must be a comment: this is closed' }]);
    expect(await head()).toEqual(before);
    test.clock.now = closedAt + talkMs;
    expect((await post(cy.phone, talk)).status).toBe(201);
    const talked = await head();
    test.clock.now += 1;
    const late = await post(cy.phone, talk);
    expect(late.status).toBe(409);
    expect(late.body.issues?.[0]?.message).toBe('must come within a week of the end');
    expect(await head()).toEqual(talked);
  });

  it('[UP3] ends at so many an incident', async () => {
    const { post, cy, id, incident, head } = await scene();
    const key = neighbourhoodKeys(id).incidentUpdates(incident.id);
    const stored = Array.from({ length: mostUpdates - 1 }, () => {
      const update = {
        id: newId(),
        incidentId: incident.id,
        version: 1,
        ...saw,
        by: null,
        mentions: [],
        at: 1,
      };
      return [update.id, encodeEntity(update)];
    });
    await test.redis.send(key, 'HSET', key, ...stored.flat());
    expect((await post(cy.phone, saw)).status).toBe(201);
    const before = await head();
    const refused = await post(cy.phone, talk);
    expect(refused.status).toBe(409);
    expect(refused.body.issues?.[0]?.message).toBe('must not be one of too many: this is full');
    expect(await head()).toEqual(before);
  });

  it.each([
    ['nothing', { ...saw, text: ' \n' }, 'text'],
    ['too much', { ...saw, text: 'x'.repeat(2001) }, 'text'],
    ['who somebody seems to be', { ...saw, text: 'It was a black man.' }, 'text'],
    ['as a comment too', { ...talk, text: 'C’était un Roumain.' }, 'text'],
    ['an unknown kind', { ...saw, kind: 'rumour' }, 'kind'],
    ['who does not exist', { ...saw, mentions: ['nobody-at-all-00'] }, 'mentions'],
    ['too many', { ...saw, mentions: Array.from({ length: 21 }, () => 'nobody-at-all-00') }, 'mentions'],
    ['more than is asked', { ...saw, by: 'somebody-else-00' }, 'by'],
  ])('[UP4] refuses %s', async (_, body, path) => {
    const { post, cy, head } = await scene();
    const before = await head();
    const refused = await post(cy.phone, body);
    expect(refused.status).toBe(422);
    expect(refused.body.issues?.map((issue) => issue.path)).toEqual([path]);
    expect(await head()).toEqual(before);
  });

  it('[UP4] mentions active members only, each once, oneself not', async () => {
    const { post, bo, cy, founder, founderMember, id, head } = await scene({
      category: 'missing',
      answers: {},
    });
    const mentions = [bo.member.id, founderMember.id, bo.member.id, cy.member.id];
    const { body } = await post(cy.phone, { ...saw, mentions });
    expect(body.update.mentions).toEqual([bo.member.id, founderMember.id]);
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`);
    const before = await head();
    expect((await post(cy.phone, { ...saw, mentions })).body.issues).toEqual([
      { path: 'mentions', message: 'must be active members' },
    ]);
    expect((await post(bo.phone, saw)).status).toBe(404);
    expect(await head()).toEqual(before);
    // Of somebody who is missing, what they look like is what helps.
    expect((await post(cy.phone, { ...saw, text: 'A black boy in a red coat.' })).status).toBe(201);
  });

  it('[UP5] counts what a member posts in an hour, and not what was done before', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const { post, cy, bo, head } = await scene({}, limited);
      const key = uuid();
      expect((await post(cy.phone, saw, { 'idempotency-key': key })).status).toBe(201);
      for (let i = 1; i < 60; i += 1) {
        if (i % 20 === 0) await post(cy.phone, saw, { 'idempotency-key': key });
        expect((await post(cy.phone, { ...talk, text: `Word ${i}` })).status).toBe(201);
      }
      const before = await head();
      const refused = await post(cy.phone, talk);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
      expect(await head()).toEqual(before);
      expect((await post(cy.phone, saw, { 'idempotency-key': key })).status).toBe(201);
      expect((await post(bo.phone, saw)).status).toBe(201);
    } finally {
      await limited.stop();
    }
  });
});

describe('following', () => {
  it('[UP8] is by default all of it for who reported or responds, the alert and its end for others', async () => {
    const { following, bo, cy, path, founder } = await scene({ anonymous: true });
    const modes = async () =>
      Promise.all([bo.phone, cy.phone, founder].map(async (phone) => (await following(phone)).mode));
    expect(await modes()).toEqual(['all', 'first', 'first']);
    await cy.phone.post(`${path}/responses`, { kind: 'en-route' });
    expect(await modes()).toEqual(['all', 'all', 'first']);
    await cy.phone.post(`${path}/responses`, { kind: 'stood-down' });
    expect(await modes()).toEqual(['all', 'first', 'first']);
    expect(await following(bo.phone)).toEqual({ mode: 'all', chosen: false });
  });

  it('[UP10] is known to nobody else, and goes with the incident', async () => {
    const { following, bo, cy, path, founder, id, head, incident } = await scene();
    const before = await head();
    const chosen = await cy.phone.must(cy.phone.send('PUT', `${path}/following`, { mode: 'muted' }));
    expect(chosen).toEqual({ mode: 'muted', chosen: true });
    await bo.phone.must(bo.phone.send('PUT', `${path}/following`, { mode: 'first' }));
    expect(await following(cy.phone)).toEqual({ mode: 'muted', chosen: true });
    expect(await following(bo.phone)).toEqual({ mode: 'first', chosen: true });
    expect(await following(founder)).toEqual({ mode: 'first', chosen: false });
    expect(await head()).toEqual(before);
    for (const rest of ['/snapshot', `/incidents/${incident.id}`]) {
      const { body } = await founder.get(`/api/neighbourhoods/${id}${rest}`);
      expect(JSON.stringify(body)).not.toContain('muted');
    }
    expect((await cy.phone.send('PUT', `${path}/following`, { mode: 'loud' })).status).toBe(422);
    const nowhere = path.replace(incident.id, 'nothing-at-all-0');
    expect((await cy.phone.send('PUT', `${nowhere}/following`, { mode: 'all' })).status).toBe(404);
    expect((await cy.phone.get(`${nowhere}/following`)).status).toBe(404);

    const key = neighbourhoodKeys(id).incidentFollowing(incident.id);
    expect(await test.redis.send(key, 'TTL', key)).toBeGreaterThan(365 * 24 * 3600);
    const later = { ...test.deps, now: () => test.clock.now + 400 * day };
    await daily({ deps: later })(id);
    expect(await test.redis.send(key, 'EXISTS', key)).toBe(0);
  });

  it('[UP13] who saw an alert is a figure', async () => {
    const { bo, cy, path, founder, id } = await scene();
    await cy.phone.must(cy.phone.post(`${path}/seen`, { kind: 'saw', of: 'alert' }));
    const { body: me } = await cy.phone.get<{ memberships: unknown[] }>('/api/me');
    expect(me.memberships).toHaveLength(1);
    for (const phone of [bo.phone, founder]) {
      const { body } = await phone.get(path);
      expect(JSON.stringify(body)).not.toContain(cy.member.id);
      const { body: log } = await phone.get<LogPage>(`/api/neighbourhoods/${id}/log`);
      const since = log.entries.filter(({ type }) => type !== 'member.joined' && type !== 'invite.created');
      expect(JSON.stringify(since)).not.toContain(cy.member.id);
    }
  });
});

describe('the owner', () => {
  const handlingOf = async (phone: Phone, path: string) =>
    (await phone.must(phone.get<IncidentDetail>(path))).life.handling;

  it('[UP17] is heard of by what they say, in the same entry; nobody else’s word renews their time', async () => {
    const { post, bo, cy, founder, path, log } = await scene();
    await cy.phone.must(cy.phone.post(`${path}/responses`, { kind: 'acknowledged' }));
    const before = await handlingOf(founder, path);
    test.clock.now += 60_000;
    await post(bo.phone, saw);
    expect(await handlingOf(founder, path)).toEqual(before);
    await post(cy.phone, saw);
    const after = await handlingOf(founder, path);
    expect(after).toMatchObject({
      ownerId: cy.member.id,
      version: (before?.version ?? 0) + 1,
      dueAt: (before?.dueAt ?? 0) + 60_000,
    });
    expect((await log()).at(-1)).toMatchObject({ type: 'update.posted', handling: after });
  });

  it('[UP17] without a name is not told by it', async () => {
    const { post, bo, founder, path, log } = await scene({ anonymous: true });
    await bo.phone.must(bo.phone.post(`${path}/responses`, { kind: 'acknowledged' }));
    const before = await handlingOf(founder, path);
    test.clock.now += 60_000;
    await post(bo.phone, saw);
    expect(await handlingOf(founder, path)).toEqual(before);
    expect((await log()).at(-1)).toMatchObject({ type: 'update.posted', by: null, handling: null });
  });
});
