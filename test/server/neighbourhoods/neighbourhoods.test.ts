import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/errors.ts';
import type { Invite, InvitePreview, Joined, Member } from '../../../shared/neighbourhoods.ts';
import type { Me } from '../../../shared/auth.ts';
import { getMember } from '../../../server/auth/membership.ts';
import { neighbourhoodKeys, personKeys } from '../../../server/redis/keys.ts';
import { asRecord } from '../../../server/redis/reply.ts';
import { appOf, phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { square, street } from '../../support/phone.ts';

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

describe('founding', () => {
  it('[NB1] makes the founder coordinator and signs them in', async () => {
    const founder = phone();
    const { neighbourhood, member } = await founder.found({ timeZone: 'Europe/Paris', locale: 'fr' });
    expect(neighbourhood).toMatchObject({
      version: 1,
      name: 'Rue des Lilas',
      locale: 'fr',
      timeZone: 'Europe/Paris',
    });
    expect(member).toMatchObject({ name: 'Ada', role: 'coordinator', status: 'active' });
    const me = await founder.get('/api/me');
    expect(me.body).toMatchObject({ memberships: [{ neighbourhood: { id: neighbourhood.id }, member }] });
  });

  it.each([
    [
      'a bow tie',
      [
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 1],
          [0, 0],
        ],
      ],
      /crosses itself/u,
    ],
    [
      'an open ring',
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
      /boundary/u,
    ],
    [
      'no area',
      [
        [
          [0, 0],
          [1, 0],
          [0, 0],
          [0, 0],
        ],
      ],
      /boundary/u,
    ],
    [
      'metres',
      [
        [
          [628998, 6306028],
          [637830, 6306028],
          [637830, 6312832],
          [628998, 6306028],
        ],
      ],
      /degrees|metres/u,
    ],
  ])('[NB2] refuses %s', async (_, coordinates, message) => {
    const refused = await phone().post<Problem>('/api/neighbourhoods', {
      name: 'X',
      boundary: { type: 'Polygon', coordinates },
      memberName: 'Ada',
    });
    expect(refused.status).toBe(422);
    expect(refused.body.issues).toEqual([
      { path: 'boundary', message: expect.stringMatching(message) as string },
    ]);
  });
});

describe('invites', () => {
  it('[NB3] previews use nothing up', async () => {
    const { id, founder } = await street(phone, []);
    const { code, url } = await founder.invite(id);
    expect(url).toBe(`http://vigie.test/join/${code}`);
    for (let i = 0; i < 100; i += 1) {
      const preview = await phone().get<InvitePreview>(`/api/invites/${code}`);
      expect(preview.body).toEqual({ neighbourhoodName: 'Rue des Lilas', invitedByName: 'Ada' });
    }
    expect((await phone().accept(code, 'Bo')).member.role).toBe('resident');
  });

  it('[NB4] lets one of fifty in', async () => {
    const { id, founder } = await street(phone, []);
    const { code } = await founder.invite(id);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        phone().post(`/api/invites/${code}/accept`, { memberName: `N${i}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
    const { body } = await founder.get<{ members: Member[] }>(`/api/neighbourhoods/${id}/members`);
    expect(body.members).toHaveLength(2);
  });

  it('[NB4] lets fifty in through one invite for fifty', async () => {
    const { id, founder } = await street(phone, []);
    const { code } = await founder.invite(id, { maxUses: 50 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        phone().post(`/api/invites/${code}/accept`, { memberName: `N${i}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it('[NB5] answers alike to all links that open nothing', async () => {
    const { id, founder, neighbours } = await street(phone, ['Bo']);
    const bo = neighbours[0];
    if (bo === undefined) throw new Error('no neighbour');
    const used = await founder.invite(id);
    await phone().accept(used.code, 'Cy');
    const revoked = await founder.invite(id, { maxUses: 5 });
    const { body } = await founder.get<{ invites: Invite[] }>(`/api/neighbourhoods/${id}/invites`);
    const open = body.invites.find(({ maxUses }) => maxUses === 5);
    expect((await founder.send('DELETE', `/api/neighbourhoods/${id}/invites/${open?.id}`)).status).toBe(204);
    const byRemoved = await bo.phone.invite(id);
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`);
    const expired = await founder.invite(id, { expiresInHours: 1 });
    const unknown = `${id}.${'A'.repeat(22)}`;
    const elsewhere = `${'B'.repeat(16)}.${'A'.repeat(22)}`;
    test.clock.now += 2 * 3600 * 1000;
    const codes = [used.code, revoked.code, byRemoved.code, expired.code, unknown, elsewhere, 'x', '%2e%2e'];
    const answers: string[] = [];
    for (const code of codes) {
      for (const answer of [
        await phone().get(`/api/invites/${code}`),
        await phone().post(`/api/invites/${code}/accept`, { memberName: 'Eve' }),
      ]) {
        answers.push(JSON.stringify([answer.status, answer.body]));
      }
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('NOT_FOUND');
  });

  it('[NB6] takes nothing from the invite when a member accepts again', async () => {
    const { id, founder } = await street(phone, []);
    const { code } = await founder.invite(id);
    const again = await founder.post<Joined>(`/api/invites/${code}/accept`, { memberName: 'Other' });
    expect(again.status).toBe(200);
    expect(again.body.member.name).toBe('Ada');
    expect((await phone().accept(code, 'Bo')).member.name).toBe('Bo');
  });

  it('[NB9] stores no code, and gives the same link to the same command', async () => {
    const { id, founder } = await street(phone, []);
    const headers = { 'idempotency-key': uuid() };
    const path = `/api/neighbourhoods/${id}/invites`;
    const first = await founder.post<{ code: string }>(path, {}, headers);
    const second = await founder.post<{ code: string }>(path, {}, headers);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const secret = first.body.code.split('.')[1] ?? '';
    const keys = neighbourhoodKeys(id);
    const invites = asRecord(await test.redis.send(keys.invites, 'HGETALL', keys.invites));
    const log = await test.deps.eventLog.read(id, 0, 100);
    expect(JSON.stringify([invites, log])).not.toContain(secret);
  });
});

describe('members', () => {
  const role = (id: string, member: string) => `/api/neighbourhoods/${id}/members/${member}/role`;

  it('[NB7] lets only coordinators give roles and remove others', async () => {
    const { id, founder, founderMember, neighbours } = await street(phone, ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('no neighbours');
    const refused = await bo.phone.send<Problem>('PUT', role(id, cy.member.id), { role: 'volunteer' });
    expect(refused.body.code).toBe('FORBIDDEN');
    expect((await bo.phone.send('DELETE', `/api/neighbourhoods/${id}/members/${cy.member.id}`)).status).toBe(
      403,
    );
    const given = await founder.send<{ member: Member }>('PUT', role(id, bo.member.id), {
      role: 'volunteer',
    });
    expect(given.body.member).toMatchObject({ role: 'volunteer', version: 2 });
    const alone = await founder.send('PUT', role(id, founderMember.id), { role: 'resident' });
    expect(alone.status).toBe(409);
    expect(
      (await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${founderMember.id}`)).status,
    ).toBe(409);
    expect((await cy.phone.send('DELETE', `/api/neighbourhoods/${id}/members/${cy.member.id}`)).status).toBe(
      204,
    );
  });

  it('[NB7] keeps a coordinator when two remove each other at once', async () => {
    const { id, founder, founderMember, neighbours } = await street(phone, ['Bo', 'Cy']);
    const bo = neighbours[0];
    if (bo === undefined) throw new Error('no neighbour');
    await founder.must(founder.send('PUT', role(id, bo.member.id), { role: 'coordinator' }));
    const answers = await Promise.all([
      founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`),
      bo.phone.send('DELETE', `/api/neighbourhoods/${id}/members/${founderMember.id}`),
    ]);
    expect(answers.map(({ status }) => status)).toContain(204);
    const members = await Promise.all(
      [founder, bo.phone].map((who) => who.get<{ members?: Member[] }>(`/api/neighbourhoods/${id}/members`)),
    );
    const seen = members.flatMap(({ body }) => body.members ?? []);
    expect(seen.filter((member) => member.role === 'coordinator').length).toBeGreaterThan(0);
  });

  it('[NB8] shuts the removed out until a coordinator invites them', async () => {
    const { id, founder, neighbours } = await street(phone, ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('no neighbours');
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`);
    expect((await bo.phone.get(`/api/neighbourhoods/${id}/snapshot`)).status).toBe(404);
    expect((await bo.phone.get('/api/me')).body).toMatchObject({ memberships: [] });
    const byResident = await cy.phone.invite(id);
    expect((await bo.phone.post(`/api/invites/${byResident.code}/accept`, { memberName: 'Bo' })).status).toBe(
      404,
    );
    const byCoordinator = await founder.invite(id);
    expect((await bo.phone.accept(byCoordinator.code, 'Bo')).member).toMatchObject({
      status: 'active',
      version: 3,
    });
  });

  it('[NB10] does nothing for somebody who is removed before their command is committed', async () => {
    const { id, founder, neighbours } = await street(phone, ['Bo', 'Cy', 'Di']);
    const [bo, cy, di] = neighbours;
    if (bo === undefined || cy === undefined || di === undefined) throw new Error('no neighbours');
    await founder.must(founder.send('PUT', role(id, bo.member.id), { role: 'coordinator' }));
    // What the guard of the route found stays what it was; the commit must find out.
    const stale: typeof test.deps = {
      ...test.deps,
      eventLog: {
        ...test.deps.eventLog,
        decideAndCommit: async (decide) => {
          const decided = await decide();
          const { eventLog } = test.deps;
          if ((await getMember(test.redis, id, bo.member.id))?.status === 'active') {
            await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`));
          }
          return (await eventLog.commit(decided)) ?? (await eventLog.decideAndCommit(decide));
        },
      },
    };
    const slow = phoneOf({ ...test, app: appOf(stale) });
    slow.cookie = bo.phone.cookie;
    expect((await slow.send('DELETE', `/api/neighbourhoods/${id}/members/${cy.member.id}`)).status).toBe(404);
    const { body } = await founder.get<{ members: Member[] }>(`/api/neighbourhoods/${id}/members`);
    expect(new Set(body.members.map(({ name }) => name))).toEqual(new Set(['Ada', 'Cy', 'Di']));
  });

  it('[NB11] keeps a coordinator when the last member leaves while another joins', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id, founder, founderMember } = await street(phone, []);
      const { code } = await founder.invite(id);
      const newcomer = phone();
      await Promise.all([
        newcomer.post(`/api/invites/${code}/accept`, { memberName: 'Bo' }),
        founder.send('DELETE', `/api/neighbourhoods/${id}/members/${founderMember.id}`),
      ]);
      const answers = await Promise.all(
        [founder, newcomer].map((who) =>
          who.get<{ members?: Member[] }>(`/api/neighbourhoods/${id}/members`),
        ),
      );
      const members = answers.flatMap(({ body }) => body.members ?? []);
      if (members.length > 0) expect(members.some((member) => member.role === 'coordinator')).toBe(true);
    }
  });

  it('[NB12] puts right what a crash after the accept left out', async () => {
    const { id, founder, neighbours } = await street(phone, ['Bo']);
    const bo = neighbours[0];
    const { body: me } = await (bo?.phone ?? phone()).get<Me>('/api/me');
    const { memberships } = personKeys(me.person.id);
    await test.redis.send(memberships, 'DEL', memberships);
    const { code } = await founder.invite(id);
    expect((await bo?.phone.post(`/api/invites/${code}/accept`, { memberName: 'Bo' }))?.status).toBe(200);
    const { body } = await (bo?.phone ?? phone()).get<Me>('/api/me');
    expect(body.memberships.map(({ neighbourhood }) => neighbourhood.id)).toEqual([id]);
  });

  it('[HT6] founds one neighbourhood for one command', async () => {
    const headers = { 'idempotency-key': uuid() };
    const body = { name: 'Once', boundary: square, memberName: 'Ada' };
    const a = phone();
    const first = await a.post<Joined>('/api/neighbourhoods', body, headers);
    const b = phone();
    const second = await b.post<Joined>('/api/neighbourhoods', body, headers);
    expect(second.body).toEqual(first.body);
    expect(second.status).toBe(201);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await b.get('/api/me')).status).toBe(200);
    const other = await b.post<Problem>('/api/neighbourhoods', { ...body, name: 'Other' }, headers);
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});
