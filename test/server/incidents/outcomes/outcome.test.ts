import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../../shared/events.ts';
import { freshFor } from '../../../../shared/freshness.ts';
import { type Category, Category as Categories, type IncidentDetail } from '../../../../shared/incidents.ts';
import { newId } from '../../../../server/ids.ts';
import { freshnessTimer } from '../../../../server/incidents/outcomes/freshness-timer.ts';
import { createRecordStore } from '../../../../server/incidents/outcomes/record-store.ts';
import { importIncidents } from '../../../../server/incidents/store.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { createPushQueue } from '../../../../server/push/queue.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../../support/app.ts';
import { incidentOf } from '../../../support/incident.ts';
import { type Phone, street } from '../../../support/phone.ts';

const hour = 3600 * 1000;
const twoDays = 48 * hour;

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

type Reporter = 'founder' | 'bo';

/** Ada coordinates, Bo and Cy are residents, Vi is a volunteer; Bo reports unless it is said otherwise. */
async function scene(over: { anonymous?: boolean; category?: Category; reporter?: Reporter } = {}) {
  const { anonymous = false, category = 'theft', reporter = 'bo' } = over;
  const at = await street(() => phoneOf(test), ['Bo', 'Cy', 'Vi']);
  const [bo, cy, vi] = at.neighbours;
  if (bo === undefined || cy === undefined || vi === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}`;
  await at.founder.must(
    at.founder.send('PUT', `${path}/members/${vi.member.id}/role`, { role: 'volunteer' }),
  );
  // Whoever joined a moment ago ends nothing of others'.
  test.clock.now += twoDays;
  const who = reporter === 'bo' ? bo.phone : at.founder;
  const { incident } = await who.report(at.id, {
    anonymous,
    category,
    severity: 'moderate',
    ...(category === 'suspicious' ? {} : { answers: {} }),
  });
  const about = `${path}/incidents/${incident.id}`;
  const log = async () => (await at.founder.must(at.founder.get<LogPage>(`${path}/log`))).entries;
  const { partition } = neighbourhoodKeys(at.id);
  return {
    ...at,
    bo,
    cy,
    vi,
    incident,
    about,
    log,
    detail: async () => (await at.founder.must(at.founder.get<IncidentDetail>(about))).incident,
    respond: (phone: Phone, kind: string) => phone.must(phone.post(`${about}/responses`, { kind })),
    resolve: (phone: Phone, kind = 'resolved', reason = 'They left.') =>
      phone.post(`${about}/resolution`, { kind, reason }),
    reopen: (phone: Phone, reason = 'They are back.') => phone.post(`${about}/reopening`, { reason }),
    /** Lets so many milliseconds pass, with the timers. */
    pass: async (ms: number) => {
      test.clock.now += ms;
      await Promise.all(
        [1, 2].map(() => runDue(test.deps, partition, { freshness: freshnessTimer(test.deps) })),
      );
    },
    /** Sends what must be refused, and demands that the log stays as it is. */
    refused: async (answer: () => ReturnType<Phone['post']>, status: number) => {
      const before = await log();
      expect((await answer()).status).toBe(status);
      expect(await log()).toEqual(before);
    },
  };
}

describe('ending an incident', () => {
  it('[OC5] is for the reporter, the owner, who is on the scene and coordinators, with a reason', async () => {
    const allowed: ((at: Awaited<ReturnType<typeof scene>>) => Promise<Phone> | Phone)[] = [
      ({ bo }) => bo.phone,
      ({ founder }) => founder,
      async ({ cy, respond }) => {
        await respond(cy.phone, 'acknowledged');
        return cy.phone;
      },
      async ({ cy, vi, respond }) => {
        await respond(cy.phone, 'acknowledged');
        await respond(vi.phone, 'on-scene');
        return vi.phone;
      },
    ];
    for (const [i, who] of allowed.entries()) {
      const at = await scene();
      const phone = await who(at);
      const kind = (['resolved', 'false-alarm', 'unfounded'] as const)[i % 3];
      expect((await at.resolve(phone, kind, `Reason ${i}`)).status).toBe(201);
      const by = [at.bo, { member: at.founderMember }, at.cy, at.vi][i]?.member.id;
      expect(await at.detail()).toMatchObject({
        status: 'closed',
        version: 2,
        outcome: { kind, reason: `Reason ${i}`, by, at: test.clock.now, duplicateOf: null },
      });
      expect((await at.log()).at(-1)).toMatchObject({ type: 'incident.closed', by });
    }
  });

  it('[OC5] is not for other residents and volunteers, nor for who is only on the way', async () => {
    const { cy, vi, respond, resolve, refused } = await scene();
    await refused(() => resolve(cy.phone), 403);
    await refused(() => resolve(vi.phone), 403);
    await respond(cy.phone, 'acknowledged');
    await respond(vi.phone, 'en-route');
    await refused(() => resolve(vi.phone), 403);
  });

  it('[OC19] takes no reason that rests on origin, nor does opening again, but where somebody is looked for', async () => {
    const { bo, founder, id, resolve, reopen, refused } = await scene();
    const unjust = 'It was only a Roma woman.';
    await refused(() => resolve(bo.phone, 'unfounded', unjust), 422);
    expect(
      (await resolve(bo.phone, 'unfounded', 'A Roma woman broke nothing: she asked the way.')).status,
    ).toBe(201);
    await refused(() => reopen(founder, unjust), 422);
    const { incident } = await bo.phone.report(id, { category: 'missing', answers: {}, evenSo: true });
    const found = { kind: 'resolved', reason: 'The black man with the red coat is home.' };
    const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/resolution`;
    expect((await bo.phone.post(path, found)).status).toBe(201);
  });

  it('[OC16] is not for a resident who joined just now and says that they have it or are there', async () => {
    const at = await scene();
    const { code } = await at.founder.invite(at.id);
    const newcomer = phoneOf(test);
    const { member } = await newcomer.accept(code, 'Di');
    await at.respond(newcomer, 'on-scene');
    for (const kind of ['resolved', 'false-alarm', 'unfounded'])
      await at.refused(() => at.resolve(newcomer, kind), 403);
    const { incident: other } = await at.bo.phone.report(at.id);
    const merge = () => newcomer.post(`${at.about}/merge`, { into: other.id });
    await at.refused(merge, 403);
    await at.founder.must(at.resolve(at.founder));
    await at.refused(() => at.reopen(newcomer), 403);
    await at.founder.must(at.reopen(at.founder));
    // Their own they may.
    const path = `/api/neighbourhoods/${at.id}`;
    const { incident: own } = await newcomer.report(at.id);
    const mine = { kind: 'resolved', reason: 'It was me.' };
    expect((await newcomer.post(`${path}/incidents/${own.id}/resolution`, mine)).status).toBe(201);
    test.clock.now += twoDays - 1;
    await at.refused(() => at.resolve(newcomer), 403);
    await at.founder.must(at.founder.send('PUT', `${path}/members/${member.id}/role`, { role: 'volunteer' }));
    expect((await at.resolve(newcomer)).status).toBe(201);
    await at.founder.must(at.reopen(at.founder));
    await at.founder.must(at.founder.send('PUT', `${path}/members/${member.id}/role`, { role: 'resident' }));
    await at.refused(() => at.resolve(newcomer), 403);
    test.clock.now += 1;
    expect((await at.resolve(newcomer)).status).toBe(201);
  });

  it('[OC5] ends it once: a second ending is refused, a repeated command is not', async () => {
    const { bo, founder, about, resolve, refused } = await scene();
    const key = { 'idempotency-key': uuid() };
    const body = { kind: 'resolved', reason: 'They left.' };
    const first = await bo.phone.post(`${about}/resolution`, body, key);
    const again = await bo.phone.post(`${about}/resolution`, body, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    await refused(() => resolve(founder, 'false-alarm'), 409);
  });

  it('[OC5] refuses other outcomes and empty or endless reasons', async () => {
    const { bo, about, refused } = await scene();
    for (const body of [
      { kind: 'expired', reason: 'Old.' },
      { kind: 'duplicate', reason: 'Same.' },
      { kind: 'resolved', reason: '  ' },
      { kind: 'resolved', reason: 'x'.repeat(501) },
      { kind: 'resolved' },
      {},
    ]) {
      await refused(() => bo.phone.post(`${about}/resolution`, body), 422);
    }
  });

  it('[OC6] by an anonymous reporter names nobody, also to coordinators', async () => {
    const { bo, founder, about, resolve, reopen, log } = await scene({ anonymous: true });
    const mine = async (phone: Phone) => (await phone.must(phone.get<IncidentDetail>(about))).mine;
    expect([await mine(bo.phone), await mine(founder)]).toEqual([true, false]);
    await bo.phone.must(resolve(bo.phone, 'false-alarm', 'It was my own door.'));
    await bo.phone.must(reopen(bo.phone));
    await bo.phone.must(resolve(bo.phone));
    const entries = await log();
    expect(entries.filter(({ type }) => type.startsWith('incident.')).map(({ by }) => by)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    const told = JSON.stringify([
      entries.filter(({ type }) => type.startsWith('incident.')),
      await founder.get(about),
    ]);
    expect(told).not.toContain(bo.member.id);
  });

  it('[OC7] is counted for its reporter in the same step, and taken back with it', async () => {
    const { bo, founder, founderMember, id, resolve, reopen, about } = await scene({ anonymous: true });
    const records = createRecordStore(test.redis);
    const inRow = async () => (await records.get(id, bo.member.id)).falseInRow;
    await founder.must(resolve(founder, 'false-alarm'));
    expect(await inRow()).toBe(1);
    await founder.must(reopen(founder));
    expect(await inRow()).toBe(0);
    await founder.must(resolve(founder, 'unfounded'));
    expect(await inRow()).toBe(1);
    const { incident } = await bo.phone.report(id);
    const ends = (phone: Phone) =>
      phone.must(
        phone.post(`${about.replace(/[^/]+$/u, incident.id)}/resolution`, {
          kind: 'resolved',
          reason: 'Ok.',
        }),
      );
    // Nobody ends their own row: that it was so is for somebody else to say.
    await ends(bo.phone);
    expect(await inRow()).toBe(1);
    await bo.phone.must(
      bo.phone.post(`${about.replace(/[^/]+$/u, incident.id)}/reopening`, { reason: 'It goes on.' }),
    );
    await ends(founder);
    expect(await inRow()).toBe(0);
    // Who ended them has nothing on theirs.
    expect((await records.get(id, founderMember.id)).version).toBe(0);
  });
});

describe('opening again', () => {
  it('[OC8] is for the reporter, who is on the scene and coordinators, within 24 hours', async () => {
    const { bo, cy, vi, founder, respond, resolve, reopen, refused, detail, log } = await scene();
    await respond(cy.phone, 'acknowledged');
    await respond(vi.phone, 'on-scene');
    await refused(() => reopen(bo.phone), 409);
    for (const phone of [bo.phone, vi.phone, founder]) {
      await founder.must(resolve(founder));
      // Who only has it in hand does not see how it is there.
      await refused(() => reopen(cy.phone), 403);
      await phone.must(reopen(phone, 'They are back.'));
      expect(await detail()).toMatchObject({
        status: 'open',
        outcome: null,
        reopened: { reason: 'They are back.' },
      });
      expect((await log()).at(-1)).toMatchObject({ type: 'incident.reopened' });
    }
    await founder.must(resolve(founder));
    test.clock.now += 24 * hour + 1;
    await refused(() => reopen(founder), 409);
    await refused(() => founder.post('/api/neighbourhoods/x/incidents/y/reopening', { reason: 'x' }), 404);
  });

  it('[OC8] makes it a thing of the list of open ones again, which time can end', async () => {
    const { id, incident, founder, resolve, reopen, pass, detail } = await scene({ category: 'noise' });
    const open = async () =>
      (
        await founder.must(
          founder.get<{ incidents: object[] }>(`/api/neighbourhoods/${id}/incidents?status=open`),
        )
      ).incidents.length;
    await founder.must(resolve(founder));
    expect(await open()).toBe(0);
    const { timers } = neighbourhoodKeys(id);
    const timer = () => test.redis.send(timers, 'ZSCORE', timers, `freshness:${id}:${incident.id}`);
    expect(await timer()).toBe(null);
    await founder.must(reopen(founder));
    expect(await open()).toBe(1);
    await pass(freshFor.noise);
    expect(await detail()).toMatchObject({ status: 'open', askedAt: test.clock.now });
  });
});

describe('whether it is still so', () => {
  it.each(Categories.options)(
    '[OC9] %s is asked after its time, and ends after as long again without an answer',
    async (category) => {
      const { pass, detail, log } = await scene({ category });
      const time = freshFor[category];
      await pass(time - 1);
      expect(await detail()).toMatchObject({ version: 1, askedAt: null });
      await pass(1);
      expect(await detail()).toMatchObject({ version: 2, status: 'open', askedAt: test.clock.now });
      await pass(time - 1);
      expect((await detail()).status).toBe('open');
      await pass(1);
      expect(await detail()).toMatchObject({
        version: 3,
        status: 'closed',
        outcome: { kind: 'expired', reason: '', by: null, at: test.clock.now, duplicateOf: null },
      });
      expect((await log()).slice(-2)).toMatchObject([
        { type: 'incident.changed', by: null },
        { type: 'incident.closed', by: null },
      ]);
      await pass(3 * time);
      expect((await detail()).version).toBe(3);
    },
  );

  it('[OC9] any neighbour can say that it is, before and after the question', async () => {
    const { cy, about, pass, detail, log } = await scene({ category: 'noise' });
    const yes = () => cy.phone.must(cy.phone.post(`${about}/freshness`, {}));
    await pass(freshFor.noise - 1);
    await yes();
    await pass(freshFor.noise - 1);
    expect((await detail()).askedAt).toBe(null);
    await pass(1);
    expect((await detail()).askedAt).toBe(test.clock.now);
    await yes();
    expect(await detail()).toMatchObject({ askedAt: null, freshAt: test.clock.now });
    expect((await log()).at(-1)).toMatchObject({ type: 'incident.changed', by: cy.member.id });
    await pass(freshFor.noise);
    expect(await detail()).toMatchObject({ status: 'open', askedAt: test.clock.now });
  });

  it('[OC17] keeps whom its alert reached for as long as it goes on', async () => {
    const { id, incident, cy, about, pass } = await scene({ category: 'missing' });
    const keys = neighbourhoodKeys(id);
    const device = newId();
    await test.deps.reach.add(id, incident.id, { of: 'alert', how: 'told' }, [device]);
    const devices = [{ deviceId: device, host: 'push.test' }];
    const note = { neighbourhoodId: id, subjectId: incident.id, says: 'accepted', devices } as const;
    await createPushQueue(test.redis).settle(keys.partition, test.clock.now, [], [note]);
    const kept = [keys.phonesTold(incident.id), keys.reached(incident.id, 'alert', 'told')];
    const nearlyOver = () => Promise.all(kept.map((key) => test.redis.send(key, 'EXPIRE', key, '60')));
    const lasts = async () => await Promise.all(kept.map((key) => test.redis.send(key, 'TTL', key)));
    const month = 30 * 24 * 3600;
    await nearlyOver();
    await pass(freshFor.missing);
    expect((await lasts()).map((ttl) => Number(ttl) > month - 60)).toEqual([true, true]);
    await nearlyOver();
    await cy.phone.must(cy.phone.post(`${about}/freshness`, {}));
    expect((await lasts()).map((ttl) => Number(ttl) > month - 60)).toEqual([true, true]);
  });

  it('[OC9] nobody is asked of an import, and nothing can be said of what is closed', async () => {
    const { id, founder, about, pass, resolve, refused } = await scene();
    const old = incidentOf({ id: newId(), source: { name: 'police', ref: '1' } });
    await importIncidents(test.deps, id, 'police', [old]);
    await pass(20 * 24 * hour);
    await pass(20 * 24 * hour);
    const path = `/api/neighbourhoods/${id}/incidents/${old.id}`;
    expect((await founder.must(founder.get<IncidentDetail>(path))).incident).toMatchObject({
      status: 'open',
      version: 1,
    });
    await refused(() => founder.post(`${path}/freshness`, {}), 409);
    // Forty days are enough for everything else to have ended.
    await refused(() => founder.post(`${about}/freshness`, {}), 409);
    await refused(() => resolve(founder), 409);
  });
});
