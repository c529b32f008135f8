import type { ShiftRule } from '../../shared/shifts.ts';
import { momentOf } from '../../shared/local-time.ts';
import { localeTag, t } from '../i18n/i18n.ts';

const day = 24 * 3600 * 1000;

/** A civil date as a moment at which its name can be formatted in UTC. */
const civil = (date: string) => Date.parse(`${date}T12:00:00Z`);

/** How many days after; the calendar's, whatever the clocks do. */
export const daysAfter = (date: string, days: number): string =>
  new Date(civil(date) + days * day).toISOString().slice(0, 10);

/** The Monday of a date's week. */
export const mondayOf = (date: string): string =>
  daysAfter(date, -((new Date(civil(date)).getUTCDay() + 6) % 7));

/** The moment of a date and a time on the wall; null where there is none. */
export function momentOn(date: string, time: string, timeZone: string): number | null {
  const [year = NaN, month = NaN, dayOfMonth = NaN] = date.split('-').map(Number);
  const [hour = NaN, minute = NaN] = time.split(':').map(Number);
  if ([year, month, dayOfMonth, hour, minute].some(Number.isNaN)) return null;
  return momentOf({ year, month, day: dayOfMonth, hour, minute }, timeZone)?.at ?? null;
}

/** How shifts tell their times: by the clock where they are walked, wherever the reader is. */
export function whenIn(timeZone: string) {
  const tag = localeTag();
  const clock = new Intl.DateTimeFormat(tag, { timeZone, timeStyle: 'short' });
  const long = new Intl.DateTimeFormat(tag, { timeZone, weekday: 'long', day: 'numeric', month: 'long' });
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const named = new Intl.DateTimeFormat(tag, {
    ...{ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' },
  });
  return {
    /** "21:00 – 23:00" */
    span: (startsAt: number, endsAt: number) => `${clock.format(startsAt)} – ${clock.format(endsAt)}`,
    /** "Thursday, 3 December" */
    day: (at: number) => long.format(at),
    /** `YYYY-MM-DD` */
    date: (at: number) => parts.format(at).slice(0, 10),
    /** `HH:MM` */
    time: (at: number) => parts.format(at).slice(11),
    /** The name of a civil date. */
    dayName: (date: string) => named.format(civil(date)),
  };
}
export type When = ReturnType<typeof whenIn>;

/** "Thursday": 0 is Sunday. */
export function weekdayName(weekday: number, width: 'long' | 'short'): string {
  return new Intl.DateTimeFormat(localeTag(), { timeZone: 'UTC', weekday: width }).format(
    Date.UTC(2024, 8, 1 + weekday),
  );
}

/** Monday first, as weeks are shown. */
export const weekdays = [1, 2, 3, 4, 5, 6, 0] as const;

/** When a series comes, in words. */
export function ruleText({ every, days, until, count }: ShiftRule, when: When): string {
  const list = new Intl.ListFormat(localeTag(), { type: 'conjunction' });
  const names = list.format(
    weekdays.filter((one) => days.includes(one)).map((one) => weekdayName(one, 'long')),
  );
  const weeks = every === 1 ? t('plan.weekEach') : t('plan.weekEvery', { count: every });
  return until === undefined
    ? t('plan.ruleCount', { days: names, weeks, count: count ?? 0 })
    : t('plan.rule', { days: names, weeks, until: when.dayName(until) });
}
