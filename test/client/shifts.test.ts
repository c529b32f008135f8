import { describe, expect, it } from 'vitest';
import { consentOf } from '../../shared/consent.ts';
import { emergencyCountries } from '../../shared/emergency.ts';
import type { LogEntry } from '../../shared/events.ts';
import { patrolCountries, patrolLaw } from '../../shared/patrol-law.ts';
import type { Shift, SignUp } from '../../shared/shifts.ts';
import { emptyDraft, seriesCommandOf, shiftCommandOf } from '../../client/shifts/plan-draft.ts';
import { byDay, coming, mine, standingOf } from '../../client/shifts/view.ts';
import { daysAfter, mondayOf, momentOn } from '../../client/shifts/when.ts';
import { createRotaState } from '../../client/state/rota.ts';

const hour = 3600 * 1000;
const now = Date.parse('2031-05-01T12:00:00Z');
const signUp = (memberId: string, over: Partial<SignUp> = {}): SignUp => ({
  ...{ memberId, kind: 'firm', at: now, newcomer: false, ...over },
});
const shiftOf = (id: string, over: Partial<Shift> = {}): Shift => ({
  ...{ id, version: 1, seriesId: null, date: null, startsAt: now + hour, endsAt: now + 3 * hour },
  ...{ meeting: { position: { lat: 45, lng: 4 }, words: 'Here' }, route: [], needed: 2, places: 3, kit: [] },
  ...{ note: '', plannedBy: null, plannedAt: now, status: 'planned', reason: '', follows: null },
  ...{ signUps: [], shortAt: null, ...over },
});

describe('what a row says', () => {
  it('[RO20] says how many are missing, that all are new, and what is over', () => {
    const standing = (over: Partial<Shift>, at = now) => standingOf(shiftOf('a', over), at);
    expect(standing({})).toEqual({ kind: 'gap', count: 2, guide: false });
    const soft = signUp('b', { kind: 'soft' });
    expect(standing({ signUps: [signUp('a'), soft] })).toEqual({ kind: 'gap', count: 1, guide: false });
    const fresh = [signUp('a', { newcomer: true }), signUp('b', { newcomer: true })];
    expect(standing({ signUps: fresh })).toEqual({ kind: 'gap', count: 1, guide: true });
    expect(standing({ signUps: [signUp('a'), signUp('b')] })).toEqual({ kind: 'enough' });
    expect(standing({ signUps: [signUp('a'), signUp('b'), signUp('c')] })).toEqual({ kind: 'full' });
    expect(standing({ status: 'cancelled' })).toEqual({ kind: 'cancelled' });
    expect(standing({}, now + 2 * hour)).toEqual({ kind: 'running' });
    expect(standing({}, now + 3 * hour)).toEqual({ kind: 'over' });
  });

  it('[RO20] mine are on top, days without a shift are days too, the list has what is to come', () => {
    const first = shiftOf('a', {
      startsAt: now + 30 * hour,
      endsAt: now + 31 * hour,
      signUps: [signUp('me')],
    });
    const second = shiftOf('b');
    const over = shiftOf('c', { startsAt: now - 3 * hour, endsAt: now - hour, signUps: [signUp('me')] });
    const all = [first, second, over];
    expect(mine(all, 'me', now)).toEqual([first]);
    const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);
    expect([...byDay(all, ['2031-05-01', '2031-05-02', '2031-05-03'], dateOf)]).toEqual([
      ['2031-05-01', [over, second]],
      ['2031-05-02', [first]],
      ['2031-05-03', []],
    ]);
    expect(coming(all, now, false)).toEqual([second, first]);
  });

  it('[RO20] weeks begin on Monday, whatever the clocks do', () => {
    expect(mondayOf('2031-03-30')).toBe('2031-03-24');
    expect(mondayOf('2031-03-31')).toBe('2031-03-31');
    expect(daysAfter('2031-03-29', 2)).toBe('2031-03-31');
    expect(momentOn('2031-03-31', '08:00', 'Europe/Paris')).toBe(Date.parse('2031-03-31T06:00:00Z'));
    expect(momentOn('', '08:00', 'Europe/Paris')).toBeNull();
  });
});

describe('planning', () => {
  const place = { position: { lat: 45, lng: 4 }, words: 'Here' };

  it('[RO20] sends what was put in, past midnight and through a change of the clocks', () => {
    const draft = { ...emptyDraft('2031-03-28'), ...place, from: '22:00', to: '04:00' };
    // The night of the change: five hours by the stars.
    expect(shiftCommandOf(draft, 'Europe/Paris')).toMatchObject({
      ...{ startsAt: Date.parse('2031-03-29T21:00:00Z'), endsAt: Date.parse('2031-03-30T02:00:00Z') },
    });
    expect(seriesCommandOf({ ...draft, how: 'weekly', days: [6, 0], until: '2031-06-01' })).toMatchObject({
      ...{ startDate: '2031-03-29', startTime: '22:00', durationMinutes: 360 },
      rule: { every: 1, days: [0, 6], until: '2031-06-01' },
    });
  });

  it('[RO20] sends nothing while something is missing', () => {
    expect(shiftCommandOf(emptyDraft('2031-03-28'), 'Europe/Paris')).toBeNull();
    expect(shiftCommandOf({ ...emptyDraft('2031-03-28'), ...place, to: '' }, 'Europe/Paris')).toBeNull();
    expect(seriesCommandOf({ ...emptyDraft('2031-03-28'), ...place, days: [] })).toBeNull();
  });
});

describe('what a device knows', () => {
  it('[RO18] follows the log: newer versions only, what is gone or forgotten is gone', () => {
    const state = createRotaState();
    state.start({ shifts: [shiftOf('a'), shiftOf('b')], series: [], patrolWords: [] });
    const entry = (event: object) => ({ seq: 1, at: now, by: null, ...event }) as LogEntry;
    const joined = shiftOf('a', { version: 3, signUps: [signUp('me')] });
    expect(state.apply(entry({ type: 'shift.joined', shift: joined, memberIds: ['me'] }))).toBe(true);
    state.apply(entry({ type: 'shift.left', shift: shiftOf('a', { version: 2 }), memberIds: ['me'] }));
    expect(state.shifts.value.get('a')).toEqual(joined);
    state.apply(entry({ type: 'shifts.planned', series: null, shifts: [shiftOf('c')], gone: ['b'] }));
    state.apply(entry({ type: 'shifts.forgotten', shiftIds: ['a'], seriesIds: [] }));
    expect(state.kept().shifts.map(({ id }) => id)).toEqual(['c']);
    const word = { memberId: 'me', version: 1, word: 'agree', at: now };
    state.apply(entry({ type: 'patrols.answered', word }));
    expect(state.kept().patrolWords).toEqual([word]);
    expect(state.apply(entry({ type: 'entry.erased' }))).toBe(false);
  });
});

describe('whether there are patrols', () => {
  it('[RO1] three or all of fewer, never one alone, and no more against than for', () => {
    const on = (agree: number, against: number, active: number) => {
      const words = [
        ...Array.from({ length: agree }, () => ({ word: 'agree' as const })),
        ...Array.from({ length: against }, () => ({ word: 'against' as const })),
        { word: 'none' as const },
      ];
      return consentOf(words, active).on;
    };
    expect(on(1, 0, 1)).toBe(false);
    expect(on(2, 0, 2)).toBe(true);
    expect(on(2, 0, 3)).toBe(false);
    expect(on(3, 0, 3000)).toBe(true);
    expect(on(3, 3, 10)).toBe(true);
    expect(on(3, 4, 10)).toBe(false);
  });

  it('[RO21] says what is known of the law where it is, with its source, and otherwise that nothing is', () => {
    expect(patrolLaw('Europe/Paris')).toMatchObject({ standing: 'outside' });
    expect(patrolLaw('Europe/Rome')?.source).toContain('8 agosto 2009');
    expect(patrolLaw('Europe/Madrid')).toBeNull();
    expect(patrolLaw('UTC')).toBeNull();
    for (const country of patrolCountries) expect(emergencyCountries).toContain(country);
  });
});
