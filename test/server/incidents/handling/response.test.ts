import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/errors.ts';
import type { LogPage } from '../../../../shared/events.ts';
import type { Handling, IncidentLife, Response } from '../../../../shared/incident-life.ts';
import type { IncidentDetail } from '../../../../shared/incidents.ts';
import type { Snapshot } from '../../../../shared/protocol.ts';
import { respond } from '../../../../server/incidents/handling/response.ts';
import { incidentOf } from '../../../support/incident.ts';
import { appOf, phoneOf, startApp, type TestApp, uuid } from '../../../support/app.ts';
import { closeIncident } from '../../../support/incident-scene.ts';
import { Phone, street } from '../../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

type Answer = { response: Response; handling: Handling | null; seq: number };
const minute = 60_000;

async function scene(names: string[] = ['Bo', 'Cy'], severity = 'moderate') {
  const at = await street(() => phoneOf(test), names);
  const { incident } = await at.founder.report(at.id, { severity });
  const path = `/api/neighbourhoods/${at.id}/incidents/${incident.id}`;
  const answer = (phone: Phone, body: object, headers?: Record<string, string>) =>
    phone.post<Answer & Problem>(`${path}/responses`, body, headers);
  const life = async (): Promise<IncidentLife> =>
    (await at.founder.must(at.founder.get<IncidentDetail>(path))).life;
  const head = async () => (await test.deps.eventLog.head(at.id))?.seq;
  const [first, second] = at.neighbours;
  if (first === undefined || second === undefined) throw new Error('two neighbours are needed');
  return { ...at, incident, path, answer, life, head, first, second };
}

describe('answering', () => {
  it.each([
    [['acknowledged', 'en-route', 'on-scene', 'stood-down', 'acknowledged'], null],
    [['en-route', 'on-scene', 'stood-down', 'on-scene'], null],
    [['on-scene', 'stood-down', 'en-route', 'stood-down'], null],
    [['acknowledged', 'on-scene'], null],
    [['stood-down'], 'must not follow none'],
    [['en-route', 'acknowledged'], 'must not follow en-route'],
    [['on-scene', 'en-route'], 'must not follow on-scene'],
    [['on-scene', 'acknowledged'], 'must not follow on-scene'],
  ])('[RE1] %j ends with %s', async (kinds, refusal) => {
    const { answer, first, life, head, answer: say } = await scene();
    for (const kind of kinds.slice(0, -1)) expect((await answer(first.phone, { kind })).status).toBe(201);
    const before = await head();
    const last = await say(first.phone, { kind: kinds.at(-1) });
    expect(last.status).toBe(refusal === null ? 201 : 409);
    if (refusal === null) {
      const [response] = (await life()).responses;
      expect(response).toMatchObject({
        kind: kinds.at(-1),
        version: kinds.length,
        memberId: first.member.id,
      });
      return;
    }
    expect(last.body).toMatchObject({ code: 'CONFLICT', issues: [{ path: 'kind', message: refusal }] });
    expect(await head()).toBe(before);
  });

  it('[RE1] the same again keeps since when it holds, and may say anew when they arrive', async () => {
    const { answer, first, life } = await scene();
    const { phone } = first;
    const since = test.clock.now;
    await answer(phone, { kind: 'en-route', etaMinutes: 4 });
    expect((await life()).responses).toMatchObject([{ at: since, etaAt: since + 4 * minute }]);
    test.clock.now += minute;
    expect((await answer(phone, { kind: 'en-route' })).body.response).toMatchObject({
      at: since,
      etaAt: since + 4 * minute,
    });
    await answer(phone, { kind: 'en-route', etaMinutes: 10 });
    expect((await life()).responses).toMatchObject([{ at: since, etaAt: since + 11 * minute, version: 3 }]);
    await answer(phone, { kind: 'on-scene' });
    expect((await life()).responses).toMatchObject([{ at: test.clock.now, etaAt: null }]);
  });

  it.each([
    [{ kind: 'acknowledged', etaMinutes: 5 }, 'etaMinutes', 'goes with en-route only'],
    [{ kind: 'on-scene', etaMinutes: 5 }, 'etaMinutes', 'goes with en-route only'],
    [{ kind: 'en-route', etaMinutes: 0 }, 'etaMinutes', null],
    [{ kind: 'en-route', etaMinutes: 1.5 }, 'etaMinutes', null],
    [{ kind: 'en-route', etaMinutes: 241 }, 'etaMinutes', null],
    [{ kind: 'going' }, 'kind', null],
    [{ kind: 'en-route', memberId: 'somebody' }, 'memberId', null],
    [{}, 'kind', null],
  ])('[RE2] %j is refused at %s', async (body, path, message) => {
    const { answer, first, head } = await scene();
    const before = await head();
    const { status, body: problem } = await answer(first.phone, body);
    expect(status).toBe(422);
    expect(problem.issues).toMatchObject([{ path, ...(message === null ? {} : { message }) }]);
    expect(await head()).toBe(before);
  });

  it('[RE2] a closed incident takes no answer and is handed to nobody; a repetition gets what it got', async () => {
    const { id, incident, answer, first, path, founder, head } = await scene();
    const key = { 'idempotency-key': uuid() };
    const answered = await answer(first.phone, { kind: 'acknowledged' }, key);
    await closeIncident(test, id, incident.id);
    const before = await head();
    const refused = await answer(first.phone, { kind: 'en-route' });
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    expect(refused.body.issues).toEqual([{ path: '', message: 'the incident is closed' }]);
    const handed = await founder.post<Problem>(`${path}/handling`, { memberId: first.member.id });
    expect([handed.status, handed.body.code]).toEqual([409, 'CONFLICT']);
    const again = await answer(first.phone, { kind: 'acknowledged' }, key);
    expect([again.status, again.body]).toEqual([201, answered.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await head()).toBe(before);
  });

  it('[RE2] nobody answers their own SOS; others do', () => {
    const decide = (memberId: string) =>
      respond({
        incident: incidentOf({ id: 'i'.repeat(16) }),
        memberId,
        author: 'a'.repeat(16),
        sos: true,
        before: null,
        owns: false,
        command: { kind: 'acknowledged' },
        at: 1,
      });
    expect(decide('a'.repeat(16))).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(decide('b'.repeat(16))).toMatchObject({ ok: true });
  });

  it('[RE2] the answer of an anonymous reporter looks like everybody’s', async () => {
    const { id, founder, founderMember, neighbours } = await street(() => phoneOf(test), ['Bo']);
    const { incident } = await founder.report(id, { anonymous: true });
    for (const phone of [founder, neighbours[0]?.phone]) {
      await phone?.post(`/api/neighbourhoods/${id}/incidents/${incident.id}/responses`, {
        kind: 'acknowledged',
      });
    }
    const { body } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log`);
    const given = body.entries.filter((entry) => entry.type === 'response.given');
    expect(given.map(({ by }) => by)).toEqual([founderMember.id, neighbours[0]?.member.id]);
    expect(given.map(({ response }) => response.memberId)).toEqual(given.map(({ by }) => by));
  });
});

describe('who has it in hand', () => {
  it.each(['acknowledged', 'en-route', 'on-scene'])('[RE3] is the first to answer %s', async (kind) => {
    const { answer, first, second, life, founder, id } = await scene();
    expect((await life()).handling).toBeNull();
    const since = test.clock.now;
    const { body } = await answer(first.phone, { kind });
    expect(body.handling).toMatchObject({ step: 'owned', ownerId: first.member.id, since, version: 1 });
    await answer(second.phone, { kind: 'on-scene' });
    expect((await life()).handling).toEqual(body.handling);
    // The entry carries it where it changed, so that a map that only follows knows it too.
    const { body: log } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log`);
    const given = log.entries.filter((entry) => entry.type === 'response.given');
    expect(given.map(({ handling }) => handling)).toEqual([body.handling, null]);
  });

  it('[RE3] of twenty at once over two processes is exactly one, and every answer counts', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `N${i}`);
    const { neighbours, path, life } = await scene(names);
    const otherProcess = appOf(test.deps);
    const answers = await Promise.all(
      neighbours.map(async ({ phone }, i) => {
        const other = new Phone(
          (at, init) => otherProcess.request(`http://vigie.test${at}`, init) as Promise<globalThis.Response>,
        );
        other.cookie = phone.cookie;
        const by = i % 2 === 0 ? phone : other;
        return await by.post<Answer>(`${path}/responses`, {
          kind: i % 3 === 0 ? 'en-route' : 'acknowledged',
        });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const { handling, responses } = await life();
    expect(responses).toHaveLength(20);
    expect(handling).toMatchObject({ step: 'owned', version: 1 });
    const first = answers.toSorted((a, b) => a.body.seq - b.body.seq)[0];
    expect(handling?.ownerId).toBe(first?.body.response.memberId);
  });

  it('[RE4] the owner hands it over, once; so does a coordinator; nobody else, and only to a member', async () => {
    const { answer, first, second, path, founder, founderMember, neighbours, head, id, life } = await scene([
      'Bo',
      'Cy',
      'Di',
    ]);
    const third = neighbours[2];
    if (third === undefined) throw new Error('three neighbours are needed');
    const hand = (phone: Phone, memberId: string) =>
      phone.post<{ handling: Handling } & Problem>(`${path}/handling`, { memberId });
    await answer(first.phone, { kind: 'acknowledged' });
    const before = await head();
    expect((await hand(second.phone, second.member.id)).status).toBe(403);
    expect((await hand(first.phone, 'nobody-at-all-00')).body.issues).toMatchObject([{ path: 'memberId' }]);
    expect((await hand(first.phone, first.member.id)).status).toBe(409);
    await founder.send('DELETE', `/api/neighbourhoods/${id}/members/${third.member.id}`);
    expect((await hand(first.phone, third.member.id)).status).toBe(422);
    expect(await head()).toBe((before ?? 0) + 1);

    test.clock.now += minute;
    const handed = await hand(first.phone, second.member.id);
    expect(handed.status).toBe(201);
    expect(handed.body.handling).toMatchObject({
      step: 'owned',
      ownerId: second.member.id,
      since: test.clock.now,
      dueAt: test.clock.now + 20 * minute,
    });
    expect((await hand(first.phone, founderMember.id)).status).toBe(403);
    expect((await hand(founder, founderMember.id)).body.handling.ownerId).toBe(founderMember.id);
    expect((await life()).handling).toMatchObject({ ownerId: founderMember.id, version: 3 });
  });

  it('[RE4] whom it was handed to may give it up without having answered', async () => {
    const { answer, first, second, path, founder, life } = await scene();
    await answer(first.phone, { kind: 'acknowledged' });
    await founder.post(`${path}/handling`, { memberId: second.member.id });
    expect((await answer(second.phone, { kind: 'stood-down' })).status).toBe(201);
    expect((await life()).handling).toMatchObject({ ownerId: first.member.id });
  });

  it('[RE5] an owner who stands down leaves it to whoever is nearest, then to who answered first', async () => {
    const { answer, neighbours, life } = await scene(['Bo', 'Cy', 'Di', 'Ed', 'Flo']);
    const kinds = ['acknowledged', 'acknowledged', 'en-route', 'en-route', 'on-scene'];
    for (const [i, { phone }] of neighbours.entries()) {
      test.clock.now += 1000;
      await answer(phone, { kind: kinds[i] });
    }
    const owners: (string | null | undefined)[] = [];
    for (const at of [0, 4, 2, 3, 1]) {
      owners.push((await life()).handling?.ownerId);
      const phone = neighbours[at]?.phone;
      if (phone) await answer(phone, { kind: 'stood-down' });
    }
    expect(owners).toEqual([0, 4, 2, 3, 1].map((at) => neighbours[at]?.member.id));
    // The reporter, who coordinates, is the only other: nobody is left to ask.
    expect((await life()).handling).toMatchObject({ step: 'exhausted', ownerId: null, dueAt: null });
  });
});

it('[RE11] detail, snapshot and log say the same of who does what', async () => {
  const { answer, first, second, id, path, life, founder, incident } = await scene();
  await answer(first.phone, { kind: 'en-route', etaMinutes: 3 });
  await answer(second.phone, { kind: 'acknowledged' });
  await founder.post(`${path}/handling`, { memberId: second.member.id });
  test.clock.now += minute;
  await answer(first.phone, { kind: 'on-scene' });
  const told = await life();
  const { body: snapshot } = await second.phone.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`);
  expect(snapshot.lives).toEqual([told]);
  const { body: log } = await second.phone.get<LogPage>(`/api/neighbourhoods/${id}/log`);
  const responses = new Map<string, Response>();
  let handling: Handling | null = null;
  for (const entry of log.entries) {
    if (entry.type === 'response.given') responses.set(entry.response.memberId, entry.response);
    if (entry.type === 'response.given' || entry.type === 'handling.changed')
      handling = entry.handling ?? handling;
  }
  expect({
    incidentId: incident.id,
    handling,
    confirmations: [],
    responses: [...responses.values()].toSorted((a, b) => a.at - b.at),
  }).toMatchObject(told);
});
