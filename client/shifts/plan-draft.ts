import type { Position } from '../../shared/geo.ts';
import type { KitId } from '../../shared/kit.ts';
import type { SeriesCommand, Shift, ShiftCommand, ShiftSeries } from '../../shared/shifts.ts';
import { daysAfter, momentOn, type When } from './when.ts';

const day = 24 * 3600 * 1000;

/** What a planner has put in so far. Times are those on the wall of the neighbourhood. */
export type PlanDraft = {
  how: 'single' | 'weekly';
  date: string;
  from: string;
  to: string;
  days: readonly number[];
  every: number;
  until: string;
  needed: number;
  places: number;
  position: Position | null;
  words: string;
  route: readonly Position[];
  kit: readonly KitId[];
  note: string;
};

const weekdayOf = (date: string) => new Date(`${date}T12:00:00Z`).getUTCDay();

/** Tomorrow evening, in twos. */
export function emptyDraft(today: string): PlanDraft {
  const date = daysAfter(today, 1);
  return {
    ...{ how: 'single', date, from: '20:00', to: '22:00', days: [weekdayOf(date)], every: 1 },
    ...{ until: daysAfter(date, 84), needed: 2, places: 4, position: null, words: '', route: [], kit: [] },
    note: '',
  };
}

const common = ({
  needed,
  places,
  meeting,
  route,
  kit,
  note,
}: Pick<Shift, 'needed' | 'places' | 'meeting' | 'route' | 'kit' | 'note'>) => ({
  ...{ needed, places, route, kit, note, position: meeting.position, words: meeting.words },
});

/** A shift as it is planned now. */
export function draftOfShift(shift: Shift, when: When): PlanDraft {
  const date = when.date(shift.startsAt);
  const times = { from: when.time(shift.startsAt), to: when.time(shift.endsAt) };
  return { ...emptyDraft(date), date, ...times, ...common(shift) };
}

const asTime = (minutes: number) =>
  [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** A series as it is planned now; where it began long ago it goes on from today. */
export function draftOfSeries(series: ShiftSeries, today: string): PlanDraft {
  const { startDate, startTime, durationMinutes, rule } = series;
  const [hour = 0, min = 0] = startTime.split(':').map(Number);
  return {
    ...emptyDraft(startDate),
    ...{ how: 'weekly', date: startDate, from: startTime, to: asTime(hour * 60 + min + durationMinutes) },
    ...{ days: rule.days, every: rule.every, until: rule.until ?? daysAfter(today, 84) },
    ...common(series),
  };
}

/** From one time on the wall to the next: past midnight where the end is the earlier one. */
function minutesBetween(from: string, to: string): number {
  const [a = 0, b = 0] = [from, to].map((time) => {
    const [hour = 0, min = 0] = time.split(':').map(Number);
    return hour * 60 + min;
  });
  return b > a ? b - a : b + 24 * 60 - a;
}

type Planned = Omit<ShiftCommand, 'startsAt' | 'endsAt'>;

function planned({ needed, places, position, words, route, kit, note }: PlanDraft): Planned | null {
  if (position === null) return null;
  return {
    meeting: { position, words },
    route: route.length < 2 ? [] : [...route],
    needed,
    places,
    kit: [...kit],
    note,
  };
}

/** What is sent for a single shift; null while something is missing. */
export function shiftCommandOf(draft: PlanDraft, timeZone: string): ShiftCommand | null {
  const rest = planned(draft);
  const startsAt = momentOn(draft.date, draft.from, timeZone);
  if (rest === null || startsAt === null || draft.to === '') return null;
  // By the clock on the wall, also in the night in which it is put on or back.
  const sameDay = momentOn(draft.date, draft.to, timeZone);
  const endsAt =
    sameDay !== null && sameDay > startsAt ? sameDay : momentOn(daysAfter(draft.date, 1), draft.to, timeZone);
  return endsAt === null || endsAt - startsAt > day ? null : { startsAt, endsAt, ...rest };
}

/** What is sent for a series; null while something is missing. */
export function seriesCommandOf(draft: PlanDraft): SeriesCommand | null {
  const rest = planned(draft);
  const { date, from, to, days, every, until } = draft;
  if (rest === null || [date, from, to, until].includes('') || days.length === 0) return null;
  return {
    ...{ startDate: date, startTime: from, durationMinutes: minutesBetween(from, to) },
    ...{ rule: { every, days: [...days].toSorted((a, b) => a - b), until }, ...rest },
  };
}
