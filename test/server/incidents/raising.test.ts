import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issues } from '../../../shared/categories.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { OutcomeKind } from '../../../shared/incident-life.ts';
import type { IncidentDetail, Reported } from '../../../shared/incidents.ts';
import type { Statistics } from '../../../shared/statistics.ts';
import { newId } from '../../../server/ids.ts';
import {
  coolDownMs,
  coolDownUntil,
  newRecord,
  recordAfter,
} from '../../../server/incidents/outcomes/record.ts';
import { changedRecord, createRecordStore } from '../../../server/incidents/outcomes/record-store.ts';
import { changedIncident, importIncidents, newIncident } from '../../../server/incidents/store.ts';
import { AppError } from '../../../server/errors.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { incidentOf } from '../../support/incident.ts';
import { inside, type Phone, report, street } from '../../support/phone.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const path = (id: string, rest = '') => `/api/neighbourhoods/${id}/incidents${rest}`;

/** Sends a report that must be refused, and shows that the log is as before. */
async function refused(who: Phone, id: string, over: Record<string, unknown>) {
  const before = await test.deps.eventLog.head(id);
  const answer = await who.post<Problem>(path(id), { ...report, evenSo: true, ...over });
  expect(await test.deps.eventLog.head(id)).toEqual(before);
  return answer;
}

describe('answers to the category’s questions', () => {
  it('[RA3] are stored as ids and read by everybody', async () => {
    const { id, founder, neighbours } = await street(phone);
    const answers = {
      done: ['looked-in', 'other'],
      'done-words': 'Lifts  letter boxes ',
      vehicle: 'White van',
    };
    const { incident } = await founder.report(id, { answers });
    const stored = { ...answers, 'done-words': 'Lifts  letter boxes' };
    expect(incident.answers).toEqual(stored);
    const seen = await neighbours[0]?.phone.get<IncidentDetail>(path(id, `/${incident.id}`));
    expect(seen?.body.incident.answers).toEqual(stored);
  });

  it('[RA3] may be left out where nothing is required', async () => {
    const { id, founder } = await street(phone, []);
    const { answers: _, ...bare } = report;
    const sent = await founder.post<Reported>(path(id), { ...bare, category: 'noise' });
    expect(sent.status).toBe(201);
    expect(sent.body.incident.answers).toEqual({});
  });

  it.each([
    ['an unknown question', { burning: 'home' }, 'answers', issues.unknown],
    ['an unknown choice', { done: ['flew'] }, 'answers.done', issues.choice],
    [
      'too many words',
      { done: ['took'], vehicle: 'x'.repeat(81) },
      'answers.vehicle',
      'must have at most 80 characters',
    ],
    ['nothing that was done', {}, 'answers.done', issues.required],
    ['a person without what they did', { top: 'hood', shoes: 'white' }, 'answers.done', issues.required],
    ['one detail of a person', { done: ['took'], top: 'hood' }, 'answers.top', issues.personThin],
    ['no answers at all', 'none', 'answers', ''],
    ['a number', { done: 3 }, 'answers.done', ''],
  ])('[RA3] refuses %s, and the log is unchanged', async (_, answers, at, message) => {
    const { id, founder } = await street(phone, []);
    const { status, body } = await refused(founder, id, { answers });
    expect(status).toBe(422);
    expect(body.issues?.[0]?.path).toBe(at);
    if (message !== '') expect(body.issues?.[0]?.message).toBe(message);
    expect(JSON.stringify(body)).not.toContain('flew');
  });
});

describe('behaviour before person', () => {
  it.each([
    ['description', { description: 'Deux Roumains dans une voiture' }, 'description'],
    ['title', { title: 'Black man' }, 'title'],
    ['an answer', { answers: { done: ['other'], 'done-words': 'des Roms' } }, 'answers.done-words'],
    ['another category', { category: 'theft', answers: {}, description: 'Arab-looking guys' }, 'description'],
  ])(
    '[RA4] a %s that rests on origin is held with its path, and the log is unchanged',
    async (_, over, at) => {
      const { id, founder } = await street(phone, []);
      const { status, body } = await refused(founder, id, over);
      expect(status).toBe(422);
      expect(body.issues).toEqual([{ path: at, message: issues.origin }]);
    },
  );

  it('[RA4] what was done may be told of anybody, and a missing person may be described', async () => {
    const { id, founder } = await street(phone, []);
    for (const over of [
      { description: 'Un homme noir a forcé la porte du 4' },
      { category: 'missing', answers: {}, description: 'Black woman, 80, red coat' },
    ]) {
      expect((await founder.post(path(id), { ...report, evenSo: true, ...over })).status).toBe(201);
    }
  });
});

describe('when it happened', () => {
  it.each([
    ['an hour ago', -hour, 201],
    ['almost a week ago', -7 * day + hour, 201],
    ['more than a week ago', -7 * day - hour, 422],
    ['in three minutes by a clock that runs ahead', 3 * 60_000, 201],
    ['tomorrow', day, 422],
  ])('[RA6] %s', async (_, before, status) => {
    const { id, founder } = await street(phone, []);
    const head = await test.deps.eventLog.head(id);
    const answer = await founder.post<Problem>(path(id), { ...report, observedAt: test.clock.now + before });
    expect(answer.status).toBe(status);
    if (status === 201) return;
    expect(answer.body.issues?.[0]?.path).toBe('observedAt');
    expect(await test.deps.eventLog.head(id)).toEqual(head);
  });
});

describe('a member’s record of false alarms', () => {
  const after = (...outcomes: OutcomeKind[]) =>
    outcomes.reduce((record, outcome, i) => recordAfter(record, outcome, i + 1) ?? record, newRecord('m'));

  it.each<[OutcomeKind[], boolean]>([
    [[], false],
    [['false-alarm'], false],
    [['false-alarm', 'unfounded'], true],
    [['unfounded', 'expired', 'duplicate', 'false-alarm'], true],
    [['unfounded', 'resolved', 'false-alarm'], false],
    [['false-alarm', 'false-alarm', 'resolved'], false],
    [['unfounded', 'unfounded', 'unfounded'], true],
  ])('[RA5] after %j a member waits: %s', (outcomes, waits) => {
    const record = after(...outcomes);
    expect(coolDownUntil(record, record.at + 1) !== null).toBe(waits);
    expect(coolDownUntil(record, record.at + coolDownMs)).toBeNull();
  });

  /** Closes nothing, but writes what closing writes about the member. */
  async function closed(id: string, memberId: string, outcome: OutcomeKind): Promise<void> {
    const record = recordAfter(
      await createRecordStore(test.redis).get(id, memberId),
      outcome,
      test.clock.now,
    );
    if (record === null) return;
    const { guard, write } = changedRecord(id, record);
    const incident = incidentOf({ id: newId() });
    await test.deps.eventLog.commit({
      neighbourhoodId: id,
      event: { type: 'incident.closed', by: null, incident },
      at: test.clock.now,
      guards: [guard],
      writes: [write],
      body: {},
    });
  }

  it('[RA5] two in a row make their alerts wait an hour, and nobody else’s', async () => {
    const { id, founder, founderMember, neighbours } = await street(phone);
    await closed(id, founderMember.id, 'false-alarm');
    await founder.report(id, { evenSo: true });
    await closed(id, founderMember.id, 'unfounded');
    test.clock.now += 18 * 60_000;
    const { status, body, headers } = await refused(founder, id, {});
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
    expect(body.issues?.[0]?.message).toBe('must wait 42 min after two false alarms in a row');
    expect(headers.get('retry-after')).toBe(String(42 * 60));
    await neighbours[0]?.phone.report(id);
    test.clock.now += 42 * 60_000;
    await founder.report(id, { evenSo: true });
  });

  it('[RA5] the record never leaves the server', async () => {
    const { id, founder, founderMember } = await street(phone, []);
    await closed(id, founderMember.id, 'false-alarm');
    const answers = await Promise.all(
      ['/snapshot', '/log', '/members', '/incidents'].map((rest) =>
        founder.get(`/api/neighbourhoods/${id}${rest}`).then(({ body }) => body),
      ),
    );
    expect(JSON.stringify(answers)).not.toContain('falseInRow');
  });
});

describe('how many', () => {
  it('[RA7] a member raises twelve alerts an hour at most, and is told when to come back', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    const { id, founder, neighbours } = await street(() => phoneOf(limited));
    for (let i = 0; i < 12; i += 1) await founder.report(id, { evenSo: true });
    const before = await limited.deps.eventLog.head(id);
    const answer = await founder.post<Problem>(path(id), { ...report, evenSo: true });
    expect([answer.status, answer.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    expect(await limited.deps.eventLog.head(id)).toEqual(before);
    await neighbours[0]?.phone.report(id);
    await limited.stop();
  });

  it('[RA7] what the server fails at costs a member none of them', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    const { id, founder } = await street(() => phoneOf(limited));
    const { redis } = limited;
    const commit = redis.commit.bind(redis);
    const answers: number[] = [];
    for (const error of [new AppError('UNAVAILABLE'), new TypeError('unforeseen')]) {
      redis.commit = () => Promise.reject(error);
      for (let i = 0; i < 7; i += 1)
        answers.push((await founder.post(path(id), { ...report, evenSo: true })).status);
    }
    redis.commit = commit;
    expect(new Set(answers)).toEqual(new Set([503, 500]));
    for (let i = 0; i < 12; i += 1) await founder.report(id, { evenSo: true });
    expect((await founder.post(path(id), { ...report, evenSo: true })).status).toBe(429);
    await limited.stop();
  });
});

describe('statistics', () => {
  async function store(
    id: string,
    memberId: string | null,
    kind: OutcomeKind | null,
    over = {},
  ): Promise<void> {
    const incident = incidentOf({
      id: newId(),
      category: 'suspicious',
      position: inside,
      reportedAt: test.clock.now,
      observedAt: test.clock.now,
      status: kind === null ? 'open' : 'closed',
      outcome: kind && { kind, reason: '', by: memberId, at: test.clock.now, duplicateOf: null },
      ...over,
    });
    if (memberId === null) {
      await importIncidents(test.deps, id, 'test', [incident]);
      return;
    }
    const { guards, writes } = newIncident(id, incident, memberId);
    await test.deps.eventLog.commit({
      neighbourhoodId: id,
      event: { type: 'incident.reported', by: null, incident },
      at: test.clock.now,
      guards,
      writes: [...writes, ...changedIncident(id, incident)],
      body: {},
    });
  }

  it('[RA8] tell by category how alerts ended, without imports, without what is older, without a person', async () => {
    const { id, founder, founderMember, neighbours } = await street(phone);
    const bo = neighbours[0];
    for (const kind of [null, 'resolved', 'unfounded', 'unfounded', 'false-alarm', 'expired'] as const) {
      await store(id, founderMember.id, kind);
    }
    await store(id, bo?.member.id ?? '', 'unfounded', { category: 'fire', reportedBy: bo?.member.id });
    await store(id, founderMember.id, 'unfounded', { reportedAt: test.clock.now - 91 * day });
    await store(id, null, 'unfounded', { source: { name: 'test', ref: '1' } });
    const { body } = await founder.get<Statistics>(`/api/neighbourhoods/${id}/statistics`);
    expect(body).toEqual({
      since: test.clock.now - 90 * day,
      categories: [
        { category: 'suspicious', reported: 6, closed: 5, unfounded: 2, falseAlarm: 1 },
        { category: 'fire', reported: 1, closed: 1, unfounded: 1, falseAlarm: 0 },
      ],
      complete: true,
    });
  });

  it('[RA8] read no more than five thousand alerts, and say so', async () => {
    const { id, founder, founderMember } = await street(phone, []);
    for (let batch = 0; batch < 13; batch += 1) {
      const changes = Array.from({ length: 500 }, () =>
        newIncident(
          id,
          incidentOf({ id: newId(), position: inside, reportedAt: test.clock.now }),
          founderMember.id,
        ),
      );
      await test.deps.eventLog.commit({
        neighbourhoodId: id,
        event: { type: 'incidents.imported', by: null, source: 'test', count: 500 },
        at: test.clock.now,
        guards: [],
        writes: changes.flatMap(({ writes }) => writes),
        body: {},
      });
    }
    const { body } = await founder.get<Statistics>(`/api/neighbourhoods/${id}/statistics`);
    expect(body.complete).toBe(false);
    expect(body.categories[0]?.reported).toBeGreaterThanOrEqual(5000);
    expect(body.categories[0]?.reported).toBeLessThan(6500);
  });
});
