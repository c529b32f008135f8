import { type Commitments } from '../../shared/duty.ts';
import {
  mostDaysAhead,
  type SeriesCommand,
  seriesDaysAhead,
  type Shift,
  type ShiftSeries,
} from '../../shared/shifts.ts';
import { type Refusal, refuse } from '../../shared/refusal.ts';
import { countsRefused, replan } from './shift.ts';

const day = 24 * 3600 * 1000;
/** A series ends by itself: within so long, and after fewer than this. */
export const longestSeriesMs = 2 * 366 * day;
/** Series that run at once in a neighbourhood. */
export const mostSeries = 20;
export const horizonMs = seriesDaysAhead * day;

/** One day of a series. */
export type Occurrence = { date: string; startsAt: number; endsAt: number };

const plannedFields = ({ meeting, route, needed, places, kit, note }: ShiftSeries) => ({
  ...{ meeting, route, needed, places, kit, note },
});

/**
 * Plans a series, or plans it anew.
 * @param before null where it is new
 * @param days all its days from now on, as far as `longestSeriesMs` and a little more
 */
export function planSeries(
  command: SeriesCommand,
  {
    id,
    before,
    by,
    timeZone,
    at,
  }: { id: string; before: ShiftSeries | null; by: string; timeZone: string; at: number },
  days: readonly Occurrence[],
): { ok: true; series: ShiftSeries } | Refusal {
  const counts = countsRefused(command);
  if (counts !== null) return counts;
  const { until, count } = command.rule;
  if ((until === undefined) === (count === undefined))
    return refuse('INVALID_INPUT', 'must end: on a day or after so many times', 'rule');
  // Whatever began longer ago would be counted through from there.
  if (Date.parse(command.startDate) < (before?.plannedAt ?? at) - 2 * day)
    return refuse('INVALID_INPUT', 'must not be in the past', 'startDate');
  if (until !== undefined && Date.parse(until) > at + longestSeriesMs)
    return refuse('INVALID_INPUT', 'must be within two years', 'rule.until');
  const [first] = days;
  if (first === undefined) return refuse('INVALID_INPUT', 'must have a day that is still to come', 'rule');
  if (first.startsAt > at + mostDaysAhead * day)
    return refuse('INVALID_INPUT', `must be within the next ${mostDaysAhead} days`, 'startDate');
  if ((days.at(-1)?.startsAt ?? 0) > at + longestSeriesMs)
    return refuse('INVALID_INPUT', 'must end within two years', 'rule');
  return {
    ok: true,
    series: {
      ...command,
      id,
      version: (before?.version ?? 0) + 1,
      revision: (before?.revision ?? 0) + 1,
      // The neighbourhood's, as it was when the series began.
      timeZone: before?.timeZone ?? timeZone,
      plannedBy: by,
      plannedAt: before?.plannedAt ?? at,
      status: 'running',
    },
  };
}

/** A shift of the series, as nobody has seen it yet. */
function newShift(
  series: ShiftSeries,
  id: string,
  { date, startsAt, endsAt }: Occurrence,
  at: number,
): Shift {
  return {
    ...{ id, version: 1, seriesId: series.id, date, startsAt, endsAt, ...plannedFields(series) },
    ...{
      plannedBy: series.plannedBy,
      plannedAt: at,
      status: 'planned',
      reason: '',
      follows: series.revision,
    },
    ...{ signUps: [], shortAt: null },
  };
}

/** What has to be done until the shifts are what the series says. */
export type Step =
  | { kind: 'made' | 'replanned'; shift: Shift }
  | { kind: 'dropped'; shift: Shift }
  /** Somebody is signed up, and is told. */
  | { kind: 'told' | 'cancelled'; before: Shift };

/**
 * Compares the shifts of a series with the series. What nobody is signed up for is made, planned anew or dropped; where
 * somebody is, they are told. Shifts that have begun, and those that were changed or cancelled by themselves, stay.
 * @param days the days of the series from now until some weeks ahead; none where it has ended
 * @param idOf the id of a day's shift: always the same, so that no day is made twice
 */
export function compare(
  series: ShiftSeries,
  shifts: readonly Shift[],
  days: readonly Occurrence[],
  idOf: (date: string) => string,
  at: number,
): Step[] {
  const byDate = new Map(days.filter(({ startsAt }) => startsAt > at).map((one) => [one.date, one]));
  const there = new Set(shifts.map(({ id }) => id));
  const steps: Step[] = [];
  for (const shift of shifts) {
    const { status, startsAt, follows, signUps } = shift;
    const wanted = byDate.get(shift.date ?? '');
    if (status === 'over' || startsAt <= at) continue;
    if (series.status === 'ended' && status === 'planned') {
      steps.push(signUps.length === 0 ? { kind: 'dropped', shift } : { kind: 'cancelled', before: shift });
    }
    if (series.status === 'ended' || follows === null || follows >= series.revision) continue;
    if (wanted === undefined) {
      if (status === 'cancelled') continue;
      steps.push(signUps.length === 0 ? { kind: 'dropped', shift } : { kind: 'cancelled', before: shift });
      continue;
    }
    if (status === 'planned' && signUps.length > 0) steps.push({ kind: 'told', before: shift });
    else {
      // Also what an earlier version of the series cancelled: its day is back, and whoever wants may sign up.
      const back: Shift = { ...shift, status: 'planned', reason: '', signUps: [] };
      steps.push({ kind: 'replanned', shift: following(series, back, wanted, [], at).shift });
    }
  }
  for (const wanted of byDate.values()) {
    const id = idOf(wanted.date);
    if (!there.has(id)) steps.push({ kind: 'made', shift: newShift(series, id, wanted, at) });
  }
  return steps;
}

/** A shift as the series plans it now. */
export function following(
  series: ShiftSeries,
  before: Shift,
  { startsAt, endsAt }: Pick<Occurrence, 'startsAt' | 'endsAt'>,
  commitments: readonly Commitments[],
  at: number,
) {
  const over = { startsAt, endsAt, ...plannedFields(series), follows: series.revision };
  return replan(before, over, commitments, at);
}
