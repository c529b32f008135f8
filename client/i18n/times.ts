import type { Translate } from './translate.ts';

const steps: [unit: Intl.RelativeTimeFormatUnit, milliseconds: number, below: number][] = [
  ['minute', 60_000, 60],
  ['hour', 3_600_000, 24],
  ['day', 86_400_000, 14],
  ['week', 604_800_000, 9],
  ['month', 2_629_800_000, 18],
  ['year', 31_557_600_000, Infinity],
];

/**
 * How a language tells times; `at` and `now` are epoch milliseconds, times of day are those of the reader's clock.
 * `locale` is a BCP 47 tag: the reader's own region writes dates in its own order.
 */
export function createTimes(locale: string, t: Translate) {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  // French shortens a year to "a", which nobody reads as one.
  const relativeLong = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });

  return {
    /** "3 min ago"; less than a minute, or a clock that runs ahead, is "just now". */
    ago(at: number, now: number): string {
      const past = now - at;
      for (const [unit, length, below] of steps) {
        const count = Math.floor(past / length);
        if (unit === 'minute' && count < 1) return t('time.now');
        const words = unit === 'month' || unit === 'year' ? relativeLong : relative;
        if (count < below) return words.format(-count, unit);
      }
      return day.format(at);
    },
    /** The weekday, the date and the time. */
    exact: (at: number) => exact.format(at),
    /** The time of day. */
    clock: (at: number) => clock.format(at),
    day: (at: number) => day.format(at),
    moment: (at: number) => moment.format(at),
    /** A month such as `2026-11`. */
    month: (period: string) => month.format(new Date(`${period}-01T00:00:00Z`)),
    /** "at 21:04" today, "on 3 March 2026, 21:04" before. */
    since(at: number, now: number): string {
      return day.format(at) === day.format(now)
        ? t('status.at', { time: clock.format(at) })
        : t('status.on', { date: moment.format(at) });
    },
  };
}

export type Times = ReturnType<typeof createTimes>;
