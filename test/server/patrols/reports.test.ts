import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetPatrols } from '../../../server/patrols/personal.ts';
import { patrolTimer } from '../../../server/patrols/timer.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { LogPage } from '../../../shared/events.ts';
import {
  type Counts,
  type PastRound,
  type PastRounds,
  type PatrolReported,
  periodsOf,
  type Summary,
} from '../../../shared/reports.ts';
import { startApp, type TestApp, uuid } from '../../support/app.ts';
import { comeAlong, startPatrol } from '../../support/patrol-scene.ts';
import type { Phone } from '../../support/phone.ts';
import { minute, safetyScene } from './safety-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const day = 24 * 60 * minute;

async function scene(timeZone?: string) {
  const at = await safetyScene(test, timeZone === undefined ? {} : { timeZone });
  const { path, patrol } = at;
  const head = async () =>
    (await at.ada.phone.must(at.ada.phone.get<LogPage>(`${path}/log?limit=500`))).entries.length;
  return {
    ...at,
    head,
    end: () => at.vi.phone.must(at.vi.phone.post(`${path}/patrols/${patrol.id}/end`)),
    write: (phone: Phone, body: object = {}, headers?: Record<string, string>) =>
      phone.post<PatrolReported & Problem>(`${path}/patrols/${patrol.id}/report`, body, headers),
    past: (phone: Phone, cursor = '') =>
      phone.must(phone.get<PastRounds>(`${path}/patrols${cursor === '' ? '' : `?cursor=${cursor}`}`)),
    summary: async (): Promise<Summary> =>
      await at.res.phone.must(at.res.phone.get<Summary>(`${path}/patrols/summary`)),
  };
}

describe('the report of a round', () => {
  it('[RR1] [RR3] says what was seen and to the next what they should know, with the hours of all', async () => {
    const { vi, wes, res, write, end, snapshot, id } = await scene();
    test.clock.now += 40 * minute;
    const { incident } = await vi.phone.report(id);
    await end();
    const key = { 'idempotency-key': uuid() };
    const body = { seen: 'All quiet.', incidentIds: [incident.id], handOver: 'The lamp at 12 is out.' };
    const first = await write(vi.phone, body, key);
    expect(first.body.report).toMatchObject({ ...body, by: vi.member.id, version: 1, minutes: 80 });
    expect((await write(vi.phone, body, key)).body).toEqual(first.body);
    const { report } = await wes.phone.must(write(wes.phone, { ...body, handOver: 'The lamp is on again.' }));
    expect(report).toMatchObject({ version: 2, by: wes.member.id });
    expect((await snapshot(res.phone)).reports).toEqual([report]);
    test.clock.now += 15 * day;
    expect((await snapshot(res.phone)).reports).toEqual([]);
  });

  it('[RR2] is refused on one that runs, by others, long after, and with what there is not', async () => {
    const { vi, res, ada, write, end, head } = await scene();
    const refused = async (phone: Phone, body: object, status: number, message: string) => {
      const before = await head();
      const answer = await write(phone, body);
      expect([answer.status, answer.body.issues?.[0]?.message]).toEqual([status, message]);
      expect(await head()).toBe(before);
    };
    await refused(vi.phone, {}, 409, 'is not over');
    await end();
    for (const { phone } of [res, ada]) await refused(phone, {}, 403, 'only who walked it reports');
    await refused(vi.phone, { incidentIds: ['x'.repeat(16)] }, 422, 'must be incidents of this place');
    await refused(vi.phone, { seen: 'x'.repeat(1001) }, 422, 'must have at most 1000 characters');
    test.clock.now += 8 * day;
    await refused(vi.phone, {}, 409, 'was over long ago');
  });
});

describe('rounds that are over', () => {
  it('[RR6] are read by every member, with what they saw, and one that runs or never set out is not', async () => {
    const { vi, wes, res, write, end, past, path, patrol, id } = await scene();
    expect(await past(res.phone)).toEqual({ rounds: [], cursor: null });
    const one = (phone: Phone, patrolId: string) =>
      phone.get<PastRound & Problem>(`${path}/patrols/${patrolId}/report`);
    expect((await one(vi.phone, patrol.id)).status).toBe(404);
    const { incident } = await vi.phone.report(id);
    await end();
    const unwritten = await past(res.phone);
    expect(unwritten.rounds.map(({ report }) => report)).toEqual([null]);
    const body = { seen: 'All quiet.', incidentIds: [incident.id], handOver: 'The lamp is out.' };
    const { report } = await wes.phone.must(write(wes.phone, body));
    const { rounds } = await past(res.phone);
    expect(rounds).toMatchObject([{ patrol: { id: patrol.id, end: { why: 'walker' } }, report }]);
    expect((await one(res.phone, patrol.id)).body).toEqual(rounds[0]);

    const alone = await startPatrol(vi.phone, id);
    await vi.phone.must(vi.phone.post(`${path}/patrols/${alone.id}/leave`));
    expect((await past(res.phone)).rounds).toHaveLength(1);
    expect((await one(res.phone, alone.id)).status).toBe(404);
    expect((await res.phone.get(`${path}/patrols?cursor=1`)).status).toBe(422);
  });

  it('[RR6] come in pages, each once and the newest first, also of one moment', async () => {
    const { vi, wes, res, end, past, path, patrol, id } = await scene();
    await end();
    const walked = [patrol.id];
    // More than a page; each third time nobody comes along, and every two start in the same millisecond.
    for (let i = 0; i < 26; i += 1) {
      if (i % 2 === 0) test.clock.now += minute;
      const { id: patrolId } = await startPatrol(vi.phone, id);
      if (i % 3 === 0) {
        await vi.phone.must(vi.phone.post(`${path}/patrols/${patrolId}/leave`));
        continue;
      }
      await comeAlong(vi.phone, wes.phone, id, patrolId);
      await vi.phone.must(vi.phone.post(`${path}/patrols/${patrolId}/end`));
      walked.push(patrolId);
    }
    const found: PastRound[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const page: PastRounds = await past(res.phone, cursor);
      found.push(...page.rounds);
      cursor = page.cursor;
    }
    expect(pages).toBeGreaterThan(1);
    expect(found.map((round) => round.patrol.id).toSorted()).toEqual(walked.toSorted());
    const starts = found.map((round) => round.patrol.startedAt);
    expect(starts).toEqual(starts.toSorted((a, b) => b - a));

    await forgetPatrols(test.deps)(id, 0);
    expect((await past(res.phone)).rounds).toEqual([]);
  });
});

describe('what is counted', () => {
  const none = { rounds: 0, minutes: 0, found: 0 };
  const quiet = { 'within-hour': 0, 'within-six': 0, 'within-day': 0, later: 0 };

  it('[RR4] is of weeks and months, readable by all, and a quiet one is all zeros', async () => {
    const { summary, write, end, vi, id } = await scene();
    const before = await summary();
    expect(before.months).toHaveLength(12);
    expect(before.weeks).toHaveLength(8);
    for (const counts of [...before.months, ...before.weeks])
      expect(counts).toEqual({ period: counts.period, ...none, closed: quiet });
    const [month, week] = periodsOf(test.clock.now, 'UTC');
    expect([before.months[0]?.period, before.weeks[0]?.period]).toEqual([month, week]);

    test.clock.now += 30 * minute;
    const { incident } = await vi.phone.report(id);
    await end();
    await vi.phone.must(write(vi.phone, { incidentIds: [incident.id] }));
    await vi.phone.must(write(vi.phone, { incidentIds: [incident.id], seen: 'Put right.' }));
    const now = ({ months }: Summary): Counts | undefined => months[0];
    expect(now(await summary())).toMatchObject({ rounds: 1, minutes: 60, found: 1, closed: quiet });

    const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
    await vi.phone.must(vi.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'Seen to.' }));
    expect(now(await summary())?.closed).toEqual({ ...quiet, 'within-hour': 1 });
    test.clock.now += 2 * 60 * minute;
    await vi.phone.must(vi.phone.post(`${about}/reopening`, { reason: 'Not yet.' }));
    expect(now(await summary())?.closed).toEqual(quiet);
    await vi.phone.must(vi.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'Seen to.' }));
    const after = await summary();
    expect(now(after)?.closed).toEqual({ ...quiet, 'within-six': 1 });
    expect(after.weeks[0]).toMatchObject({ rounds: 1, minutes: 60, found: 1 });
    expect(JSON.stringify(after)).not.toContain(vi.member.id);
  });

  it('[RR5] is of the month and the week in which it was there, and not in UTC', async () => {
    // Half an hour into April in Lyon, where the clocks were put on three days before; March still in UTC.
    test.clock.now = Date.parse('2027-03-31T22:00:00Z');
    const { summary, end, vi, id } = await scene('Europe/Paris');
    test.clock.now += 30 * minute;
    await end();
    const { incident } = await vi.phone.report(id);
    const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
    await vi.phone.must(vi.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'Seen to.' }));
    const [april, march] = (await summary()).months;
    expect(april).toMatchObject({ period: '2027-04', rounds: 1, closed: { 'within-hour': 1 } });
    expect(march).toEqual({ period: '2027-03', ...none, closed: quiet });
  });

  it('[RR5] is where a timer ends a round, too', async () => {
    test.clock.now = Date.parse('2028-04-02T19:30:00Z');
    // Sunday evening in UTC is Monday morning there.
    const { summary, id, patrol } = await scene('Pacific/Auckland');
    test.clock.now += 4 * 60 * minute;
    await patrolTimer(test.deps)(id, patrol.id);
    const [current, last] = (await summary()).weeks;
    expect(current).toMatchObject({ period: '2028-W14', rounds: 1, minutes: 480 });
    expect(last).toMatchObject({ period: '2028-W13', rounds: 0 });
  });
});
