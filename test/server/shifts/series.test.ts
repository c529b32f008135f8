import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriesDaysAhead, type Shift } from '../../../shared/shifts.ts';
import { seriesTimer } from '../../../server/shifts/series-store.ts';
import { shiftRetention } from '../../../server/shifts/forgetting.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { meeting, rotaScene } from '../../support/rota-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const hour = 3600 * 1000;
const day = 24 * hour;

/** The clock of a wall in Paris. */
const wall = (at: number) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Paris',
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at);

const evenings = { startDate: '2031-03-20', startTime: '21:00', durationMinutes: 120 };

/** A neighbourhood in Paris' zone, as of a day in winter, and what its coming shifts are. */
async function parisScene(today: string) {
  test.clock.now = Date.parse(today) - 40 * day;
  const at = await rotaScene(test, { others: 4, over: { timeZone: 'Europe/Paris' } });
  const coming = () => at.shifts(test.clock.now, test.clock.now + 35 * day);
  const series = (path: string, body: unknown = {}) =>
    at.founder.post<{ code: string; issues: { path: string; message: string }[] }>(
      `${at.base}/shift-series${path}`,
      body,
    );
  return { ...at, coming, series };
}
const command = (over: Record<string, unknown> = {}) => ({
  meeting,
  needed: 2,
  places: 3,
  ...evenings,
  ...over,
});
const walls = (shifts: readonly Shift[]) => shifts.map(({ startsAt }) => wall(startsAt));

describe('a series', () => {
  it('[RO10] is at the same time on the wall before and after both changes of the clocks', async () => {
    const spring = await parisScene('2031-03-19T12:00:00Z');
    await spring.planSeries({ ...evenings, rule: { every: 1, days: [4, 0], until: '2031-04-10' } });
    expect(walls(await spring.coming())).toEqual([
      ...['2031-03-20 21:00', '2031-03-23 21:00', '2031-03-27 21:00', '2031-03-30 21:00'],
      ...['2031-04-03 21:00', '2031-04-06 21:00', '2031-04-10 21:00'],
    ]);
    const autumn = await parisScene('2031-10-18T12:00:00Z');
    await autumn.planSeries({
      ...{ startDate: '2031-10-18', startTime: '21:00', durationMinutes: 300 },
      rule: { every: 2, days: [6], count: 3 },
    });
    const shifts = await autumn.coming();
    expect(walls(shifts)).toEqual(['2031-10-18 21:00', '2031-11-01 21:00', '2031-11-15 21:00']);
    // Five hours, also where the clock on the wall says four or six.
    expect(shifts.map(({ startsAt, endsAt }) => endsAt - startsAt)).toEqual([5 * hour, 5 * hour, 5 * hour]);
  });

  it('[RO10] is made some weeks ahead, day by day, each day once, by however many processes', async () => {
    const at = await parisScene('2031-05-01T12:00:00Z');
    const planned = await at.planSeries({
      ...{ startDate: '2031-05-01', startTime: '20:00', durationMinutes: 60 },
      rule: { every: 1, days: [0, 1, 2, 3, 4, 5, 6], until: '2031-09-01' },
    });
    expect(await at.coming()).toHaveLength(seriesDaysAhead);
    test.clock.now += day;
    const make = seriesTimer(test.deps);
    const next = await Promise.all(Array.from({ length: 5 }, () => make(at.id, planned.id)));
    expect(new Set(next)).toEqual(new Set([test.clock.now + day]));
    const shifts = await at.coming();
    expect(shifts).toHaveLength(seriesDaysAhead);
    expect(new Set(shifts.map(({ date }) => date)).size).toBe(seriesDaysAhead);
    const made = (await at.entries()).flatMap((entry) =>
      entry.type === 'shifts.planned' ? entry.shifts : [],
    );
    expect(made).toHaveLength(seriesDaysAhead + 1);
  });

  it('[RO10] ends by itself after its last day', async () => {
    const at = await parisScene('2031-05-01T12:00:00Z');
    const planned = await at.planSeries({
      ...{ startDate: '2031-05-01', startTime: '20:00', durationMinutes: 60 },
      rule: { every: 1, days: [4], count: 2 },
    });
    test.clock.now += 8 * day;
    await at.pass();
    expect((await at.snapshot(at.who(0))).series).toMatchObject([{ id: planned.id, status: 'ended' }]);
    expect(await seriesTimer(test.deps)(at.id, planned.id)).toBeNull();
  });

  it('[RO12] is refused without an end, with one that is too far, without a day, or one too many', async () => {
    const at = await parisScene('2031-05-01T12:00:00Z');
    const before = await at.head();
    const cases: [rule: Record<string, unknown>, over: Record<string, unknown>, path: string][] = [
      [{ every: 1, days: [1] }, {}, 'rule'],
      [{ every: 1, days: [1], until: '2031-06-01', count: 3 }, {}, 'rule'],
      [{ every: 1, days: [1], until: '3031-05-01' }, {}, 'rule.until'],
      [{ every: 1, days: [0, 1, 2, 3, 4, 5, 6], until: '2034-05-01' }, {}, 'rule.until'],
      [{ every: 8, days: [1], count: 400 }, {}, 'rule'],
      [{ every: 1, days: [1], count: 401 }, {}, 'rule.count'],
      [{ every: 1, days: [], count: 2 }, {}, 'rule.days'],
      [{ every: 1, days: [7], count: 2 }, {}, 'rule.days.0'],
      [{ every: 0, days: [1], count: 2 }, {}, 'rule.every'],
      [{ every: 1, days: [1], until: '2031-05-02' }, {}, 'rule'],
      [{ every: 1, days: [1], count: 2 }, { startDate: '2029-01-01' }, 'startDate'],
      [{ every: 1, days: [1], count: 2 }, { startDate: '2033-01-01' }, 'startDate'],
      [{ every: 1, days: [1], count: 2 }, { startDate: '2031-02-30' }, 'startDate'],
      [{ every: 1, days: [1], count: 2 }, { startTime: '24:00' }, 'startTime'],
      [{ every: 1, days: [1], count: 2 }, { durationMinutes: 600 }, 'durationMinutes'],
      [{ every: 1, days: [1], count: 2 }, { places: 1 }, 'places'],
    ];
    for (const [rule, over, path] of cases) {
      const answer = await at.series('', command({ startDate: '2031-05-01', rule, ...over }));
      expect([answer.status, answer.body.issues[0]?.path]).toEqual([422, path]);
    }
    expect(await at.head()).toEqual(before);
    for (let i = 0; i < 20; i += 1) {
      await at.planSeries({ ...evenings, startDate: '2031-05-01', rule: { every: 1, days: [1], count: 1 } });
    }
    const more = command({ startDate: '2031-05-01', rule: { every: 1, days: [1], count: 1 } });
    expect((await at.series('', more)).status).toBe(409);
  });
});

describe('a series that changes', () => {
  const thursdays = {
    ...evenings,
    startDate: '2031-05-01',
    rule: { every: 1, days: [4], until: '2031-05-29' },
  };

  it('[RO11] plans anew what nobody is signed up for, and tells those who are', async () => {
    const at = await parisScene('2031-04-30T12:00:00Z');
    const series = await at.planSeries(thursdays);
    const [first, second, third] = await at.coming();
    if (first === undefined || second === undefined || third === undefined) throw new Error('not made');
    await at.join(at.who(1), first);
    await at.join(at.who(2), first);
    const head = (await at.head())?.seq ?? 0;
    const next = { ...thursdays, startTime: '22:00', rule: { ...thursdays.rule, until: '2031-05-22' } };
    expect((await at.series(`/${series.id}/changes`, command({ ...next, needed: 3 }))).status).toBe(201);
    const now = await at.coming();
    expect(walls(now)).toEqual(['01', '08', '15', '22'].map((date) => `2031-05-${date} 22:00`));
    expect(now.map(({ id }) => id).slice(0, 3)).toEqual([first.id, second.id, third.id]);
    expect(now.every(({ needed }) => needed === 3)).toBe(true);
    expect(now[0]?.signUps).toHaveLength(2);
    const told = (await at.entries()).filter(({ seq }) => seq > head);
    expect(told.map(({ type }) => type)).toEqual(['shifts.planned', 'shift.changed', 'shifts.planned']);
    expect(told[1]).toMatchObject({ shift: { id: first.id }, memberIds: [] });
    expect(told[2]).toMatchObject({ gone: [expect.any(String)] });
    // Their time moved along.
    const clash = await at.plan({ startsAt: first.startsAt + 2 * hour, endsAt: first.startsAt + 3 * hour });
    expect((await at.join(at.who(1), clash)).status).toBe(409);
  });

  it('[RO11] leaves alone what was changed or cancelled by itself', async () => {
    const at = await parisScene('2031-04-30T12:00:00Z');
    const series = await at.planSeries(thursdays);
    const [first, second] = await at.coming();
    if (first === undefined || second === undefined) throw new Error('not made');
    await at.cancel(first);
    await at.change(second, { startsAt: second.startsAt + day, endsAt: second.endsAt + day, note: 'Once.' });
    await at.series(`/${series.id}/changes`, command({ ...thursdays, startTime: '19:30' }));
    const now = await at.coming();
    expect(walls(now)).toEqual([
      ...['2031-05-01 21:00', '2031-05-09 21:00', '2031-05-15 19:30', '2031-05-22 19:30', '2031-05-29 19:30'],
    ]);
    expect(now[0]?.status).toBe('cancelled');
    expect(now[1]?.note).toBe('Once.');
    test.clock.now += day;
    await at.pass();
    expect(await at.shift(first)).toMatchObject({ status: 'cancelled' });
  });

  it('[RO11] cancels the day that it no longer has, and brings it back for whoever wants', async () => {
    const at = await parisScene('2031-04-30T12:00:00Z');
    const series = await at.planSeries(thursdays);
    const [first] = await at.coming();
    if (first === undefined) throw new Error('not made');
    await at.join(at.who(1), first);
    const fridays = { ...thursdays, rule: { ...thursdays.rule, days: [5] } };
    await at.series(`/${series.id}/changes`, command(fridays));
    expect(await at.shift(first)).toMatchObject({ status: 'cancelled' });
    expect((await at.entries()).filter(({ type }) => type === 'shift.cancelled')).toMatchObject([
      { memberIds: [at.who(1).member.id] },
    ]);
    expect(walls((await at.coming()).filter(({ status }) => status === 'planned'))).toEqual(
      ['02', '09', '16', '23'].map((date) => `2031-05-${date} 21:00`),
    );
    await at.series(`/${series.id}/changes`, command(thursdays));
    expect(await at.shift(first)).toMatchObject({ status: 'planned', signUps: [] });
    expect((await at.join(at.who(1), await at.shift(first))).status).toBe(201);
  });

  it('[RO11] takes its coming shifts along when it is ended, and does so once', async () => {
    const at = await parisScene('2031-04-30T12:00:00Z');
    const series = await at.planSeries(thursdays);
    const [first, second] = await at.coming();
    if (first === undefined || second === undefined) throw new Error('not made');
    await at.join(at.who(1), second);
    test.clock.now = first.startsAt + hour;
    expect((await at.series(`/${series.id}/end`)).status).toBe(201);
    expect((await at.series(`/${series.id}/end`)).status).toBe(409);
    const now = await at.coming();
    expect(now.map(({ id, status }) => [id, status])).toEqual([
      [first.id, 'planned'],
      [second.id, 'cancelled'],
    ]);
    expect((await at.series(`/${series.id}/changes`, command(thursdays))).status).toBe(409);
  });
});

describe('what is over', () => {
  it('[RO16] is forgotten after its time, with the series and what members were signed up for', async () => {
    const at = await parisScene('2031-04-30T12:00:00Z');
    await at.planSeries({ ...evenings, startDate: '2031-05-01', rule: { every: 1, days: [4], count: 1 } });
    const [first] = await at.coming();
    if (first === undefined) throw new Error('not made');
    await at.join(at.who(1), first);
    await at.join(at.who(2), first);
    test.clock.now = first.endsAt;
    await at.pass();
    test.clock.now += 6 * day;
    await at.pass();
    const forget = shiftRetention(test.deps);
    await forget(at.id, 7);
    expect(await at.shift(first)).toMatchObject({ status: 'over' });
    test.clock.now += 2 * day;
    const later = await at.plan();
    await forget(at.id, 7);
    expect((await at.founder.get(at.path(first))).status).toBe(404);
    expect((await at.entries()).filter(({ type }) => type === 'shifts.forgotten')).toMatchObject([
      { shiftIds: [first.id], seriesIds: [] },
      { shiftIds: [], seriesIds: [first.seriesId] },
    ]);
    expect((await at.snapshot(at.who(1))).shifts.map(({ id }) => id)).toEqual([later.id]);
    const names = (await test.redis.send('any', 'KEYS', `*${at.id}:shifts*`)) as string[];
    for (const name of names) {
      const type = await test.redis.send(name, 'TYPE', name);
      const all = await (type === 'hash'
        ? test.redis.send(name, 'HGETALL', name)
        : test.redis.send(name, 'ZRANGE', name, '0', '-1'));
      expect(JSON.stringify(all)).not.toContain(first.id);
    }
    expect((await at.join(at.who(1), later)).status).toBe(201);
  });
});
