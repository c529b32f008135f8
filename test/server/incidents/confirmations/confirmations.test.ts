import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/errors.ts';
import type { LogPage } from '../../../../shared/events.ts';
import type { Confirmed } from '../../../../shared/incident-life.ts';
import type { IncidentDetail } from '../../../../shared/incidents.ts';
import type { Joined } from '../../../../shared/neighbourhoods.ts';
import type { Snapshot } from '../../../../shared/protocol.ts';
import { untoldTimer } from '../../../../server/incidents/confirmations/witness-timer.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp } from '../../../support/app.ts';
import { type Phone, street } from '../../../support/phone.ts';

const minute = 60 * 1000;
const day = 24 * 60 * minute;

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

type Neighbour = { phone: Phone; member: Joined['member'] };

const path = (id: string, incidentId: string, rest = '') =>
  `/api/neighbourhoods/${id}/incidents/${incidentId}${rest}`;
const say = (who: Phone, id: string, incidentId: string, kind: string) =>
  who.post<Confirmed & Problem>(path(id, incidentId, '/confirmations'), { kind });
const head = (id: string) => test.deps.eventLog.head(id);

async function entries(who: Phone, id: string) {
  const { body } = await who.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=500`);
  return body.entries;
}
const lastEntry = async (who: Phone, id: string) => (await entries(who, id)).at(-1);

async function detail(who: Phone, id: string, incidentId: string) {
  return (await who.get<IncidentDetail>(path(id, incidentId))).body;
}

/** A street whose named neighbours are there for so many days already; further ones are brought in later. */
async function oldStreet(days: number, names: string[]) {
  const made = await street(phone, names);
  test.clock.now += days * day;
  return made;
}

async function bringIn(by: Phone, id: string, name: string): Promise<Neighbour> {
  const { code } = await by.invite(id);
  const newcomer = phone();
  return { phone: newcomer, member: (await newcomer.accept(code, name)).member };
}

function first(neighbours: Neighbour[]): Neighbour {
  const [neighbour] = neighbours;
  if (neighbour === undefined) throw new Error('nobody is there');
  return neighbour;
}

const end = (who: Phone, id: string, incidentId: string, kind = 'resolved') =>
  who.must(who.post(path(id, incidentId, '/resolution'), { kind, reason: 'Looked at it.' }));

describe('a neighbour’s word about an incident', () => {
  it('[CF1] is one a member, can be changed, and the same again is a fresher look', async () => {
    const { id, founder, neighbours } = await street(phone);
    const bo = first(neighbours);
    const { incident } = await founder.report(id);
    const given = await say(bo.phone, id, incident.id, 'confirm');
    expect(given.status).toBe(201);
    expect(given.body.confirmation).toMatchObject({ memberId: bo.member.id, kind: 'confirm', version: 1 });
    expect(await lastEntry(founder, id)).toMatchObject({
      type: 'confirmation.given',
      by: bo.member.id,
      confirmation: given.body.confirmation,
    });
    test.clock.now += minute;
    const again = await say(bo.phone, id, incident.id, 'confirm');
    expect(again.body.confirmation).toMatchObject({ kind: 'confirm', version: 2, at: test.clock.now });
    const other = await say(bo.phone, id, incident.id, 'dispute');
    const { life, incident: after } = await detail(founder, id, incident.id);
    expect(life.confirmations).toEqual([other.body.confirmation]);
    // Thirty who speak at once never fight over the incident's version.
    expect(after.version).toBe(1);
  });

  it('[CF1] is heard from thirty who speak at once', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `Neighbour ${i}`);
    const { id, founder, neighbours } = await street(phone, names);
    const { incident } = await founder.report(id);
    const answers = await Promise.all(
      neighbours.map((who, i) => say(who.phone, id, incident.id, i % 3 === 0 ? 'dispute' : 'confirm')),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const { life } = await detail(founder, id, incident.id);
    expect(new Set(life.confirmations.map(({ memberId }) => memberId)).size).toBe(30);
  });

  it.each([
    ['their own', { anonymous: false }],
    ['their own, which names nobody', { anonymous: true }],
  ])('[CF2] is refused to the reporter of %s', async (_, over) => {
    const { id, founder, neighbours } = await street(phone);
    const bo = first(neighbours);
    const { incident } = await bo.phone.report(id, over);
    const before = await head(id);
    for (const kind of ['confirm', 'dispute']) {
      const refused = await say(bo.phone, id, incident.id, kind);
      expect(refused.status).toBe(403);
      expect(refused.body.issues?.[0]?.message).toMatch(/^You reported this/u);
    }
    expect(await head(id)).toEqual(before);
    expect((await detail(founder, id, incident.id)).life.confirmations).toEqual([]);
  });

  it('[CF2] is refused on what is closed, and where it says nothing', async () => {
    const { id, founder, neighbours } = await street(phone);
    const bo = first(neighbours);
    const { incident } = await founder.report(id);
    for (const body of [{}, { kind: 'perhaps' }, { kind: 'confirm', weight: 1 }]) {
      expect((await bo.phone.post(path(id, incident.id, '/confirmations'), body)).status).toBe(422);
    }
    expect((await say(bo.phone, id, 'A'.repeat(16), 'confirm')).status).toBe(404);
    await end(founder, id, incident.id);
    const before = await head(id);
    const refused = await say(bo.phone, id, incident.id, 'confirm');
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    // Closed is said to everybody alike, the reporter too.
    expect((await say(founder, id, incident.id, 'confirm')).status).toBe(409);
    expect(await head(id)).toEqual(before);
  });

  it('[CF3] weighs by how long they are here, their role and who founded it', async () => {
    const { id, founder, neighbours } = await oldStreet(0, ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    const { incident } = await founder.report(id);
    const weighOf = async (who: Neighbour | undefined) =>
      (await say(who?.phone ?? phone(), id, incident.id, 'confirm')).body.confirmation.weight;
    expect(await weighOf(bo)).toBe(0.02);
    const role = `/api/neighbourhoods/${id}/members/${cy?.member.id}/role`;
    await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
    // A role given on the first evening does not make an account older.
    expect(await weighOf(cy)).toBe(0.02);
    test.clock.now += 2 * day;
    expect([await weighOf(bo), await weighOf(cy)]).toEqual([0.2, 0.5]);
    test.clock.now += 29 * day;
    expect(await weighOf(bo)).toBe(0.5);
    test.clock.now += 41 * day;
    expect([await weighOf(bo), await weighOf(cy)]).toEqual([1, 1]);
    const reported = await bo?.phone.report(id);
    const founders = await say(founder, id, reported?.incident.id ?? '', 'confirm');
    expect(founders.body.confirmation.weight).toBe(1);
  });

  it('[CF3] weighs more for reports that somebody else found to be so, less for those that were not', async () => {
    const { id, founder, neighbours } = await oldStreet(3, ['Bo']);
    const bo = first(neighbours);
    const { incident } = await founder.report(id);
    const weight = async () => (await say(bo.phone, id, incident.id, 'confirm')).body.confirmation.weight;
    const again = async (over = {}) => (await bo.phone.report(id, { evenSo: true, ...over })).incident.id;
    expect(await weight()).toBe(0.2);
    // Neither their own word for it nor what carries no name: a weight that moved would say whose it was.
    for (let i = 0; i < 3; i += 1) {
      await end(bo.phone, id, await again(), 'resolved');
      await end(founder, id, await again({ anonymous: true }), 'resolved');
    }
    expect(await weight()).toBe(0.2);
    await end(founder, id, await again(), 'resolved');
    const second = await again();
    await end(founder, id, second, 'resolved');
    expect(await weight()).toBe(0.5);
    await founder.must(founder.post(path(id, second, '/reopening'), { reason: 'It goes on.' }));
    expect(await weight()).toBe(0.2);
    await end(founder, id, second, 'resolved');
    expect(await weight()).toBe(0.5);
    await end(founder, id, await again(), 'unfounded');
    expect(await weight()).toBe(0.2);
  });

  it('[CF5] counts those together whom one person brought in lately, also through one another', async () => {
    const { id, founder, neighbours } = await oldStreet(80, ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('nobody is there');
    const { incident } = await founder.report(id);
    const other = await founder.report(id, { category: 'noise', answers: {}, evenSo: true });
    const ofBo = await bringIn(bo.phone, id, 'Di');
    const ofBoToo = await bringIn(ofBo.phone, id, 'Ed');
    const ofCy = await bringIn(cy.phone, id, 'Fi');
    const circleOf = async ({ phone: who }: Neighbour, incidentId = incident.id) =>
      (await say(who, id, incidentId, 'confirm')).body.confirmation.circle;
    const circle = await circleOf(ofBo);
    expect(circle).not.toBeNull();
    expect(await circleOf(ofBoToo)).toBe(circle);
    expect(await circleOf(ofCy)).not.toBe(circle);
    expect(await circleOf(bo)).toBeNull();
    // On another incident it is another name: nobody collects who belongs to whom.
    expect(await circleOf(ofBo, other.incident.id)).not.toBe(circle);
    test.clock.now += 31 * day;
    expect(await circleOf(ofBo)).toBeNull();
  });

  it('[CF5] tells nobody who brought whom in', async () => {
    const { id, founder, neighbours } = await street(phone);
    const bo = first(neighbours);
    const di = await bringIn(bo.phone, id, 'Di');
    const { incident } = await founder.report(id);
    await say(di.phone, id, incident.id, 'confirm');
    const { inviters } = neighbourhoodKeys(id);
    expect(await test.redis.send(inviters, 'HGET', inviters, di.member.id)).toBe(bo.member.id);
    const { body: members } = await founder.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`);
    const joined = (await entries(founder, id)).filter(({ by }) => by === di.member.id);
    expect(JSON.stringify(joined)).toContain(di.member.id);
    expect(JSON.stringify(joined)).not.toContain(bo.member.id);
    const shown = members.members.find((member) => member.id === di.member.id);
    expect(JSON.stringify(shown)).not.toContain(bo.member.id);
    expect(JSON.stringify(members.lives)).not.toContain(bo.member.id);
  });
});

describe('a second witness', () => {
  it('[CF8] is needed for newcomers and where no name stands for it, and nobody else', async () => {
    const { id, founder, neighbours } = await oldStreet(3, ['Bo']);
    const bo = first(neighbours);
    const newcomer = await bringIn(bo.phone, id, 'Di');
    const audienceOf = async (who: Phone, over = {}) =>
      (await who.report(id, { evenSo: true, ...over })).incident.audience;
    expect(await audienceOf(newcomer.phone)).toBe('volunteers');
    expect(await audienceOf(bo.phone)).toBe('everyone');
    // Otherwise the incident would say whether its author is new.
    expect(await audienceOf(bo.phone, { anonymous: true })).toBe('volunteers');
    expect(await audienceOf(newcomer.phone, { anonymous: true })).toBe('volunteers');
    const young = await street(phone);
    expect((await young.founder.report(young.id)).incident.audience).toBe('everyone');
    expect(await audienceOf(founder)).toBe('everyone');
  });

  it('[CF9] makes everybody told, with the entry that carries their word, once', async () => {
    const { id, founder, neighbours } = await oldStreet(80, ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('nobody is there');
    const newcomers: Neighbour[] = [];
    for (const name of ['Di', 'Ed', 'Fi', 'Gil', 'Hu']) newcomers.push(await bringIn(bo.phone, id, name));
    const reporter = await bringIn(cy.phone, id, 'Ivo');
    const { incident } = await reporter.phone.report(id);
    for (const { phone: who } of newcomers) await say(who, id, incident.id, 'confirm');
    expect((await detail(founder, id, incident.id)).incident).toMatchObject({
      audience: 'volunteers',
      version: 1,
    });
    const [one, two] = await Promise.all([
      say(bo.phone, id, incident.id, 'confirm'),
      say(cy.phone, id, incident.id, 'confirm'),
    ]);
    expect([one.status, two.status]).toEqual([201, 201]);
    const widened = (await entries(founder, id)).filter(({ type }) => type === 'incident.widened');
    expect(widened).toHaveLength(1);
    expect(widened[0]).toMatchObject({
      incident: { id: incident.id, audience: 'everyone', version: 2 },
      confirmation: { kind: 'confirm', weight: 1 },
    });
    const { life, incident: after } = await detail(founder, id, incident.id);
    expect(after).toMatchObject({ audience: 'everyone', version: 2 });
    expect(life.confirmations).toHaveLength(7);
  });

  it('[CF9] is heard also where the one before spoke at the same moment', async () => {
    const { id, founder, neighbours } = await oldStreet(40, ['Bo']);
    const bo = first(neighbours);
    // Each counts too little alone, and they are of two circles.
    const cy = await bringIn(founder, id, 'Cy');
    const di = await bringIn(bo.phone, id, 'Di');
    test.clock.now += 3 * day;
    const ed = await bringIn(founder, id, 'Ed');
    for (let round = 0; round < 5; round += 1) {
      const { incident } = await bo.phone.report(id, { anonymous: true, evenSo: true });
      expect(incident.audience).toBe('volunteers');
      // Names the circles, which the first word does and the next ones find.
      await say(ed.phone, id, incident.id, 'confirm');
      const said = await Promise.all([cy, di].map((who) => say(who.phone, id, incident.id, 'confirm')));
      expect(said.map(({ body }) => body.confirmation.weight)).toEqual([0.2, 0.2]);
      expect((await detail(founder, id, incident.id)).incident.audience).toBe('everyone');
    }
    // Many at once are all heard all the same.
    const names = Array.from({ length: 20 }, (_, i) => `Neighbour ${i}`);
    const many: Neighbour[] = [];
    for (const name of names) many.push(await bringIn(founder, id, name));
    const { incident } = await bo.phone.report(id, { anonymous: true, evenSo: true });
    const answers = await Promise.all(many.map((who) => say(who.phone, id, incident.id, 'confirm')));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
  });

  it('[CF16] is nobody who is no member any more, also where they disputed it', async () => {
    const { id, founder, neighbours } = await oldStreet(80, ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('nobody is there');
    const reporter = await bringIn(cy.phone, id, 'Ivo');
    const { incident } = await reporter.phone.report(id);
    await say(bo.phone, id, incident.id, 'dispute');
    await say(cy.phone, id, incident.id, 'confirm');
    const audience = async () => (await detail(founder, id, incident.id)).incident.audience;
    // As much against it as for it.
    expect(await audience()).toBe('volunteers');
    await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`));
    await say(cy.phone, id, incident.id, 'confirm');
    expect(await audience()).toBe('everyone');
    // By time, too: whoever disputed it is gone.
    const later = (await reporter.phone.report(id, { category: 'noise', answers: {}, evenSo: true }))
      .incident;
    await say(cy.phone, id, later.id, 'dispute');
    await cy.phone.must(cy.phone.send('DELETE', `/api/neighbourhoods/${id}/members/${cy.member.id}`));
    const { partition } = neighbourhoodKeys(id);
    test.clock.now += 11 * minute;
    await runDue(test.deps, partition, { witness: untoldTimer(test.deps) });
    expect((await detail(founder, id, later.id)).incident.audience).toBe('everyone');
  });

  it('[CF10] is not waited for longer than the severity allows, unless neighbours dispute it', async () => {
    const { id, founder, neighbours } = await oldStreet(80, ['Bo']);
    const bo = first(neighbours);
    const reporter = await bringIn(bo.phone, id, 'Di');
    const quiet = (await reporter.phone.report(id)).incident;
    const disputed = (await reporter.phone.report(id, { category: 'other', answers: {}, evenSo: true }))
      .incident;
    const closed = (await reporter.phone.report(id, { category: 'noise', answers: {}, evenSo: true }))
      .incident;
    await say(founder, id, disputed.id, 'dispute');
    await end(founder, id, closed.id);
    const { timers, partition } = neighbourhoodKeys(id);
    const dueAt = async (incidentId: string) =>
      await test.redis.send(timers, 'ZSCORE', timers, `witness:${id}:${incidentId}`);
    expect(await dueAt(quiet.id)).toBe(String(test.clock.now + 10 * minute));
    const run = () => runDue(test.deps, partition, { witness: untoldTimer(test.deps) });
    const audienceOf = async (incidentId: string) =>
      (await detail(founder, id, incidentId)).incident.audience;

    test.clock.now += 10 * minute - 1;
    await run();
    expect(await audienceOf(quiet.id)).toBe('volunteers');
    test.clock.now += 1;
    await Promise.all([run(), run(), untoldTimer(test.deps)(id, quiet.id)]);
    expect(await audienceOf(quiet.id)).toBe('everyone');
    expect(await audienceOf(disputed.id)).toBe('volunteers');
    expect(await audienceOf(closed.id)).toBe('volunteers');
    const widened = (await entries(founder, id)).filter(({ type }) => type === 'incident.widened');
    expect(widened).toMatchObject([{ by: null, incident: { id: quiet.id }, confirmation: null }]);
    // Looked at again as long as it is news; the dispute that is taken back holds nothing up.
    expect(await dueAt(disputed.id)).toBe(String(test.clock.now + 10 * minute));
    expect(await dueAt(closed.id)).toBeNull();
    await say(founder, id, disputed.id, 'confirm');
    expect(await audienceOf(disputed.id)).toBe('everyone');
    test.clock.now += 10 * minute;
    await run();
    expect(await dueAt(disputed.id)).toBeNull();
  });

  it('[CF15] what was closed before everybody was told is told to everybody once it is open again', async () => {
    const { id, founder, neighbours } = await oldStreet(80, ['Bo']);
    const reporter = await bringIn(first(neighbours).phone, id, 'Di');
    const { incident } = await reporter.phone.report(id);
    await end(founder, id, incident.id, 'false-alarm');
    const { partition } = neighbourhoodKeys(id);
    const run = () => runDue(test.deps, partition, { witness: untoldTimer(test.deps) });
    // The timer that was set with the report has come and gone meanwhile.
    test.clock.now += 3 * 60 * minute;
    await run();
    await founder.must(founder.post(path(id, incident.id, '/reopening'), { reason: 'They are back.' }));
    const audience = async () => (await detail(founder, id, incident.id)).incident.audience;
    test.clock.now += 10 * minute - 1;
    await run();
    expect(await audience()).toBe('volunteers');
    test.clock.now += 1;
    await run();
    expect(await audience()).toBe('everyone');
  });
});
