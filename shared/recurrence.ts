import { momentOf } from './local-time.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const week = 7 * day;
/** So many come back at once, however long the time that is asked about. */
export const mostOccurrences = 500;

/** Every so many weeks on these days (0 Sunday … 6 Saturday), until a day, which still counts, or so many times. */
export type WeeklyRule = {
  every: number;
  days: readonly number[];
  until?: string | undefined;
  count?: number | undefined;
};
export type WeeklySeries = {
  timeZone: string;
  /** `YYYY-MM-DD`: nothing is before it; is one itself only where the rule has its day. */
  startDate: string;
  /** `HH:MM` by the clock on the wall. */
  startTime: string;
  durationMinutes: number;
  rule: WeeklyRule;
};
export type Occurrence = { date: string; startsAt: number; endsAt: number };

/** Midnight of a civil date, as if it were in UTC: days can be counted with it. */
const civil = (date: string) => Date.parse(`${date}T00:00:00Z`);
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);
/** Days since Monday, where a week begins (RFC 5545, `WKST=MO`). */
const inWeek = (weekday: number) => (weekday + 6) % 7;

/**
 * Those of a weekly series that start in `[from, to)`, in order, at most `mostOccurrences`: RFC 5545's
 * `FREQ=WEEKLY;INTERVAL=…;BYDAY=…`. Days are counted by the calendar on the wall, each moment by the zone's clock of
 * that day: an hour that comes twice is its first, one that the clocks leap over is read with the offset from before
 * (RFC 5545, 3.3.5). The work depends on how many come back, not on how far away the window is.
 */
export function occurrences(series: WeeklySeries, from: number, to: number): Occurrence[] {
  const { timeZone, startDate, startTime, durationMinutes, rule } = series;
  const start = civil(startDate);
  const days = [...new Set(rule.days)].map(inWeek).toSorted((a, b) => a - b);
  if (Number.isNaN(start) || days.length === 0 || !Number.isInteger(rule.every) || rule.every < 1) return [];
  const firstDay = inWeek(new Date(start).getUTCDay());
  const monday = start - firstDay * day;
  // Of the first week only what is not before the start.
  const skipped = days.filter((weekday) => weekday < firstDay).length;
  const last = rule.until === undefined ? Infinity : civil(rule.until);
  const [hour, min] = startTime.split(':').map(Number);
  const found: Occurrence[] = [];
  // No zone is further from UTC than a day; two are on the safe side.
  const turn = rule.every * week;
  const begin = Math.max(0, Math.floor((Math.max(from, 0) - 2 * day - monday) / turn));
  for (let n = begin; found.length < mostOccurrences; n += 1) {
    const weekAt = monday + n * turn;
    if (weekAt > Math.min(last, to + 2 * day) || weekAt - monday > 10_000 * week) return found;
    for (const [i, weekday] of days.entries()) {
      const at = weekAt + weekday * day;
      const number = n * days.length + i - skipped;
      if (number < 0) continue;
      if (at > last || number >= (rule.count ?? Infinity)) return found;
      const date = dateOf(at);
      const [year = 0, month = 0, dayOfMonth = 0] = date.split('-').map(Number);
      const moment = momentOf({ year, month, day: dayOfMonth, hour: hour ?? 0, minute: min ?? 0 }, timeZone);
      const startsAt = moment?.at ?? NaN;
      if (startsAt >= from && startsAt < to && found.length < mostOccurrences)
        found.push({ date, startsAt, endsAt: startsAt + durationMinutes * minute });
    }
  }
  return found;
}
