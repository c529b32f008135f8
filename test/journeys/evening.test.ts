import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../shared/events.ts';
import { coarsePosition } from '../../shared/geo/grid.ts';
import { distance } from '../../shared/geo.ts';
import type { Search } from '../../shared/home-safe.ts';
import type { IncidentDetail, Reported } from '../../shared/incidents.ts';
import {
  coarseDelayMs,
  hiddenMetres,
  type Patrol,
  type PatrolChanged,
  type PartnerCodeShown,
} from '../../shared/patrols.ts';
import type { RotaTotals } from '../../shared/rota-totals.ts';
import type { Summary } from '../../shared/reports.ts';
import type { Shift, ShiftPage } from '../../shared/shifts.ts';
import type { Swap } from '../../shared/swaps.ts';
import { type ClockedSite, startClockedSite } from '../support/clocked-site.ts';
import { filesWith } from '../support/disk.ts';
import { eventually } from '../support/eventually.ts';
import { type Evening, eveningStreet, type Name, wayOf } from './evening-street.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// A place every four minutes.
const way = wayOf(22);
const [home = { lat: 0, lng: 0 }] = way;
const meeting = { position: { lat: home.lat + 0.001, lng: home.lng + 0.001 }, words: 'At the chapel' };
const everyone: Name[] = ['Ada', 'Vi', 'Wes', 'Max', 'Rose', 'Otto'];
const but = (...without: Name[]) => everyone.filter((name) => !without.includes(name));

let site: ClockedSite;
let evening: Evening;

beforeAll(async () => {
  site = await startClockedSite();
  evening = await eveningStreet(site, home);
});
afterAll(async () => {
  evening.close();
  await site.stop();
});

const until = (at: number) => site.until(evening.id, at);
const get = async <T>(name: Name, path: string) => {
  const { phone } = evening.who(name);
  return await phone.must(phone.get<T>(evening.base + path));
};
/** What one sees in their snapshot is what all see. */
async function seenByAll<T>(of: (snapshot: Awaited<ReturnType<Evening['snapshot']>>) => T): Promise<T> {
  const seen = await Promise.all(everyone.map(async (name) => of(await evening.snapshot(name))));
  for (const one of seen) expect(one).toEqual(seen[0]);
  return seen[0] as T;
}
const isAbout = (type: LogEntry['type'], id: string) => (entry: LogEntry) => {
  const about = 'incident' in entry ? entry.incident?.id : 'patrol' in entry ? entry.patrol.id : null;
  return entry.type === type && about === id;
};

// Each part goes on where the one before has ended.
describe('one evening', () => {
  let [shift, second, next]: Shift[] = [];
  let [round, other]: Patrol[] = [];
  let begins = 0;
  let incidentId = '';

  it('[EV1] two swap their shifts, and everybody is reminded of theirs and of no other', async () => {
    // Three Thursdays or whatever day it is, at eight by the clock on the wall; one more half an hour later.
    const firstDay = new Date(site.clock.now + 3 * day);
    await evening.post('Ada', '/shift-series', {
      ...{ startDate: firstDay.toISOString().slice(0, 10), startTime: '20:00', durationMinutes: 120 },
      rule: { every: 1, days: [firstDay.getUTCDay()], count: 3 },
      ...{ meeting, needed: 2, places: 3 },
    });
    await until(site.clock.now + minute);
    const range = `from=${site.clock.now}&to=${site.clock.now + 30 * day}`;
    const { shifts } = await get<ShiftPage>('Otto', `/shifts?${range}`);
    expect(shifts).toHaveLength(3);
    [shift, next] = shifts;
    if (shift === undefined || next === undefined) throw new Error('no shifts');
    begins = shift.startsAt;
    const planned = await evening.post<{ shift: Shift }>('Ada', '/shifts', {
      ...{ startsAt: begins + 30 * minute, endsAt: begins + 150 * minute, meeting, needed: 2, places: 2 },
    });
    second = planned.shift;
    for (const name of ['Vi', 'Max'] as const) await evening.post(name, `/shifts/${shift.id}/sign-ups`);
    for (const name of ['Wes', 'Ada'] as const) await evening.post(name, `/shifts/${second.id}/sign-ups`);

    // Max would rather come later: Wes is asked, nobody else may answer, and Wes says yes.
    const offered = await evening.post<{ swap: Swap }>('Max', `/shifts/${shift.id}/swaps`, {
      to: evening.who('Wes').id,
      forShiftId: second.id,
    });
    await evening.told('swap-asked', ['Wes']);
    const answer = `/swaps/${offered.swap.id}/answer`;
    for (const name of ['Max', 'Ada', 'Otto'] as const)
      expect(await evening.refused(name, answer, { answer: 'accept' })).toBe(403);
    expect(await evening.refused('Wes', answer, { answer: 'accept' })).toBe(201);
    expect(await evening.refused('Wes', answer, { answer: 'accept' })).toBe(409);
    await evening.told('swap-accepted', ['Max']);
    await evening.everyMap((entry) => entry.type === 'swap.closed', 'the swap');
    const who = await seenByAll((snapshot) =>
      snapshot.shifts.filter(({ startsAt }) => startsAt < begins + day).map(evening.coming),
    );
    expect(who).toEqual([
      ['Vi', 'Wes'],
      ['Max', 'Ada'],
    ]);

    await site.until(evening.id, begins - day + 31 * minute, day);
    await evening.told('shift-tomorrow', ['Vi', 'Wes', 'Ada', 'Max']);
    await evening.post('Vi', `/shifts/${shift.id}/attendance`, { answer: 'coming' });
    await site.until(evening.id, begins - hour, day);
    await evening.told('shift-soon', ['Vi', 'Wes']);
    await until(begins - 29 * minute);
    await evening.told('shift-soon', ['Ada', 'Max']);
  });

  it('[EV2] two rounds begin, by code and by a tap; those on duty see each other exactly, the others see no more than cells', async () => {
    await site.until(evening.id, begins, hour);
    for (const name of ['Rose', 'Otto'] as const) expect(await evening.refused(name, '/patrols')).toBe(403);
    const body = { shiftId: shift?.id, position: home };
    round = (await evening.post<PatrolChanged>('Vi', '/patrols', body)).patrol;
    const { code } = await get<PartnerCodeShown>('Vi', `/patrols/${round.id}/code`);
    for (const name of ['Wes', 'Otto'] as const) {
      const { phone } = evening.who(name);
      expect((await phone.get(`${evening.base}/patrols/${round.id}/code`)).status).toBe(403);
    }
    await evening.post('Wes', `/patrols/${round.id}/walkers`, { code });
    // Otto is nobody whom Vi wants to be seen by.
    const { phone } = evening.who('Vi');
    await phone.must(
      phone.send('PUT', `${evening.base}/patrols/blocking`, { blocked: [evening.who('Otto').id] }),
    );

    other = (await evening.post<PatrolChanged>('Ada', '/patrols', { shiftId: second?.id })).patrol;
    await evening.post('Max', `/patrols/${other.id}/walkers`);
    expect(await evening.refused('Vi', `/patrols/${other.id}/walkers/${evening.who('Max').id}`)).toBe(403);
    await evening.post('Ada', `/patrols/${other.id}/walkers/${evening.who('Max').id}`);
    await evening.everyMap(isAbout('patrol.joined', other.id), 'the second round');
    const walking = await seenByAll(({ patrols }) =>
      patrols.map(({ state, walkers }) => [state, walkers.map(({ memberId }) => evening.nameOf(memberId))]),
    );
    expect(walking).toEqual(expect.arrayContaining([['running', ['Vi', 'Wes']], ['running', ['Ada', 'Max']]])); // prettier-ignore

    await walk(['Vi', 'Wes'], 0, 5);
    for (const name of ['Vi', 'Wes', 'Ada', 'Max'] as const)
      expect(evening.places(name).some(({ exact, position }) => exact && position.lat === way[4]?.lat)).toBe(
        true,
      );
  });

  it('[EV3] the walkers take an alert on the way, go there and end it, and whoever was told of it is told', async () => {
    const place = { lat: (way[5]?.lat ?? 0) + 0.0004, lng: (way[5]?.lng ?? 0) + 0.0003 };
    const report = {
      category: 'damage',
      severity: 'moderate',
      position: place,
      description: 'A window is broken.',
    };
    incidentId = (await evening.post<Reported>('Rose', '/incidents', report)).incident.id;
    await evening.everyMap(isAbout('incident.reported', incidentId), 'the alert');
    await evening.told('alert', but('Rose'));
    const path = `/incidents/${incidentId}`;
    await evening.post('Vi', `${path}/responses`, { kind: 'en-route', etaMinutes: 5 });
    await evening.post('Wes', `${path}/responses`, { kind: 'en-route', etaMinutes: 5 });
    await walk(['Vi', 'Wes'], 5, 7);
    await evening.post('Vi', `${path}/responses`, { kind: 'on-scene' });
    await evening.post('Wes', `${path}/responses`, { kind: 'stood-down' });
    const { life } = await get<IncidentDetail>('Otto', path);
    const answers = life.responses.map(({ memberId, kind }) => [evening.nameOf(memberId), kind]);
    expect(Object.fromEntries(answers)).toEqual({ Vi: 'on-scene', Wes: 'stood-down' });
    expect(evening.nameOf(life.handling?.ownerId ?? null)).toBe('Vi');
    // Neither who looks on nor who turned back ends it.
    for (const name of ['Otto', 'Wes'] as const)
      expect(
        await evening.refused(name, `${path}/resolution`, { kind: 'resolved', reason: 'All is well.' }),
      ).toBe(403);
    await evening.post('Vi', `${path}/resolution`, { kind: 'resolved', reason: 'It was the wind.' });
    await evening.everyMap(isAbout('incident.closed', incidentId), 'its end');
    await evening.told('correction', but('Rose'));
    const ended = await seenByAll(({ incidents }) => incidents.map(({ id, status }) => [id, status]));
    expect(ended).toEqual([[incidentId, 'closed']]);
  });

  it('[EV4] a walker who does not answer is asked, then looked for by partner, those on duty and everyone, until one has found them', async () => {
    const [first, late] = [round, other];
    if (first === undefined || late === undefined) throw new Error('no rounds');
    const fine = (name: Name) =>
      evening.post(name, `/patrols/${['Vi', 'Wes'].includes(name) ? first.id : late.id}/check-ins`);
    await until(begins + 28 * minute);
    for (const name of ['Vi', 'Wes', 'Ada', 'Max'] as const) await fine(name);
    await walk(['Vi', 'Wes'], 7, 13);
    await eventually(() => evening.places('Rose').length > 0, { what: 'a cell on a resident’s map' });
    // Vi’s phone is in the brook, and the two have lost each other.
    evening.who('Vi').map.close();
    await walk(['Wes'], 13, 15);
    await until(begins + 57 * minute);
    for (const name of ['Wes', 'Ada', 'Max'] as const) await fine(name);
    const since = begins + 58 * minute;
    await until(since);
    await evening.told('check-in-due', ['Vi']);
    await until(since + 5 * minute);
    await evening.told('check-in-overdue', ['Vi']);
    expect(await seenByAll(({ searches }) => searches)).toEqual([]);

    const search = async (): Promise<Search> => {
      const [found] = await seenByAll(({ searches }) => searches);
      if (found === undefined) throw new Error('nobody is looked for');
      return found;
    };
    const steps: [after: number, step: Search['step'], asked: Name[]][] = [
      [7, 'partners', ['Wes']],
      [9, 'on-duty', ['Ada', 'Max']],
      [11, 'volunteers', ['Wes', 'Ada', 'Max']],
      [14, 'everyone', but('Vi')],
    ];
    for (const [after, step, asked] of steps) {
      await until(since + after * minute - 1);
      const before = asked.map((name) => evening.pushes(name).length);
      await until(since + after * minute);
      await eventually(() => asked.every((name, i) => evening.pushes(name).length > (before[i] ?? 0)), {
        what: `${step} told`,
      });
      await evening.told('walker-overdue', asked);
      expect(await search()).toMatchObject({ step, ownerId: null, memberId: evening.who('Vi').id });
    }
    const { id } = await search();
    const path = `/searches/${id}`;
    expect(await evening.refused('Vi', `${path}/looking`)).toBe(403);
    await evening.post('Rose', `${path}/looking`);
    expect(await evening.refused('Max', `${path}/looking`)).toBe(409);
    expect(await evening.refused('Otto', `${path}/end`)).toBe(403);
    expect(evening.nameOf((await search()).ownerId)).toBe('Rose');
    await walk(['Wes'], 18, 20);
    // She sits by the brook, and is well.
    await evening.post('Rose', `${path}/end`);
    await evening.told('walker-safe', ['Ada', 'Wes', 'Max', 'Otto']);
    expect(await seenByAll(({ searches }) => searches)).toEqual([]);
    expect(await evening.refused('Wes', `${path}/looking`)).toBe(409);
  });

  it('[EV2] the round is over: nobody sees anybody any more, and no key or file of Redis has a place of it', async () => {
    const [first, late] = [round, other];
    if (first === undefined || late === undefined) throw new Error('no rounds');
    await evening.reopen('Vi');
    await evening.reopen('Wes');
    await walk(['Vi', 'Wes'], 20, 22);
    const seen = async (name: Name) =>
      (await evening.sees(name))?.map(({ memberId }) => evening.nameOf(memberId));
    expect(await seen('Max')).toEqual(['Vi', 'Wes']);
    expect(await seen('Otto')).toEqual([]);
    for (const name of ['Ada', 'Rose'] as const)
      expect(await evening.refused(name, `/patrols/${first.id}/end`)).toBe(403);
    await evening.post('Vi', `/patrols/${first.id}/end`);
    await evening.post('Max', `/patrols/${late.id}/end`);
    await evening.everyMap(isAbout('patrol.ended', late.id), 'the end');
    for (const name of everyone) expect(await evening.sees(name)).toEqual([]);

    // Rose learned cells, late and none near where it began; Otto, whom Vi blocks, nothing of Vi and Wes.
    const cells = evening.places('Rose');
    for (const { exact, position, accuracy, at, heardAt } of cells) {
      expect(heardAt - at).toBeGreaterThanOrEqual(coarseDelayMs);
      expect([exact, accuracy, coarsePosition(position)]).toEqual([false, undefined, position]);
      expect(distance(position, home)).toBeGreaterThan(hiddenMetres - 71);
    }
    expect(evening.places('Otto')).toEqual([]);

    const places = way.flatMap((place) => [place, coarsePosition(place)]);
    const figures = places.flatMap(({ lat, lng }) => [String(lat), String(lng)]);
    expect(await filesWith(site.redisDir, [first.id])).not.toEqual([]);
    expect(await filesWith(site.redisDir, figures)).toEqual([]);
  });

  it('[EV5] the report is there for all, the next shift has the note, and the month counts what was walked', async () => {
    const [first, late] = [round, other];
    if (first === undefined || late === undefined || shift === undefined) throw new Error('no rounds');
    const words = {
      seen: 'A broken window, and a walker who fell.',
      handOver: 'The path by the brook is slippery.',
    };
    for (const name of ['Ada', 'Rose'] as const)
      expect(await evening.refused(name, `/patrols/${first.id}/report`, words)).toBe(403);
    await evening.post('Vi', `/patrols/${first.id}/report`, { ...words, incidentIds: [incidentId] });
    await evening.post('Max', `/patrols/${late.id}/report`);
    await evening.everyMap(
      (entry) => entry.type === 'patrol.reported' && entry.report.id === first.id,
      'the report',
    );
    const reports = await seenByAll((snapshot) => snapshot.reports);
    const ended = (site.clock.now - begins) / minute;
    expect(reports.map(({ by, minutes, handOver }) => [evening.nameOf(by), minutes, handOver])).toEqual(
      expect.arrayContaining([
        ['Vi', 2 * ended, words.handOver],
        ['Max', 2 * ended, ''],
      ]),
    );
    await evening.post('Vi', `/shifts/${shift.id}/turnout`, { came: 2 });
    await until(begins + 3 * hour);
    const [{ months, weeks }, totals] = [
      await get<Summary>('Otto', '/patrols/summary'),
      await get<RotaTotals>('Otto', '/rota-totals'),
    ];
    const closed = { 'within-hour': 1, 'within-six': 0, 'within-day': 0, later: 0 };
    for (const counts of [months[0], weeks[0]])
      expect(counts).toMatchObject({ rounds: 2, minutes: 4 * ended, found: 1, closed });
    expect(totals).toEqual({ team: { shifts: 2, hours: 8, places: 4, absent: 0 }, mine: { hours: 0 } });
    expect((await get<RotaTotals>('Vi', '/rota-totals')).mine).toEqual({ hours: 2 });
    expect(JSON.stringify([months, totals])).not.toContain(evening.who('Vi').id);
    // A week later those who come next still read it, and volunteers hear that they are too few.
    await site.until(evening.id, next?.startsAt ?? 0, day);
    await evening.told('shift-short', ['Ada', 'Vi', 'Wes', 'Max']);
    const notes = (await evening.snapshot('Wes')).reports.map(({ handOver }) => handOver);
    expect(notes).toContain(words.handOver);
  });

  it('[EV1] in all of it each of the six was pushed what was theirs to know, in this order, and nothing else', async () => {
    // What comes last of all shows that nothing is still to come.
    await evening.post<Reported>('Rose', '/incidents', {
      category: 'noise',
      severity: 'minor',
      description: '',
      position: meeting.position,
      evenSo: true,
    });
    await evening.told('alert', but('Rose'));
    await evening.drained();
    const onDuty = ['walker-overdue', 'walker-overdue', 'walker-overdue', 'walker-safe', 'shift-short'];
    const alerted = ['alert', 'correction'];
    const reminded = ['shift-tomorrow', 'shift-soon'];
    expect(Object.fromEntries(everyone.map((name) => [name, evening.pushes(name)]))).toEqual({
      Ada: [...reminded, ...alerted, ...onDuty, 'alert'],
      Vi: [...reminded, ...alerted, 'check-in-due', 'check-in-overdue', 'shift-short', 'alert'],
      Wes: ['swap-asked', ...reminded, ...alerted, ...onDuty, 'alert'],
      Max: ['swap-accepted', ...reminded, ...alerted, ...onDuty, 'alert'],
      // Hers was ended by another.
      Rose: ['ended', 'walker-overdue'],
      Otto: [...alerted, 'walker-overdue', 'walker-safe', 'alert'],
    });
    expect(site.service.faults).toEqual([]);
  });

  /** They walk this part of the way, a place every four minutes, each told by their own phone. */
  async function walk(walkers: readonly Name[], from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 1) {
      await until(Math.max(site.clock.now, begins + at * 4 * minute));
      for (const name of walkers) {
        const before = evening.places(name).length;
        const told = {
          neighbourhoodId: evening.id,
          patrolId: round?.id ?? '',
          accuracy: 8,
          at: site.clock.now,
        };
        evening.who(name).map.socket.emit('patrol:position', { ...told, position: way[at] ?? home });
        await eventually(() => evening.places(name).length > before, { what: `${name}’s own place` });
      }
    }
  }
});
