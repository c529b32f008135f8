/** A civil time as a record tells it; what it leaves out is undefined. */
export type CivilTime = { year: number; month: number; day?: number; hour?: number; minute?: number };
export type Precision = 'minute' | 'day' | 'month';

const minute = 60_000;
const dayMs = 24 * 60 * minute;
const formats = new Map<string, Intl.DateTimeFormat>();

const mostOffsets = 20_000;
const offsetsOfDays = new Map<string, number>();

/** An offset such as `+02:00` in milliseconds; Node 20 knows only names as zones. */
function fixedOffset(zone: string): number | null {
  const [, sign, hours, minutes] = /^([+-])([01]\d):([0-5]\d)$/u.exec(zone) ?? [];
  if (sign === undefined) return null;
  const size = (Number(hours) * 60 + Number(minutes)) * minute;
  return sign === '-' ? -size : size;
}

/** The zone's offset from UTC at a moment, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const fixed = fixedOffset(timeZone);
  if (fixed !== null) return fixed;
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/u.exec(name) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * minute + Number(seconds) * 1000;
  return sign === '-' ? -size : size;
}

/** A moment as the clock on the wall shows it, written as if that were UTC: for calendars, not for durations. */
export const onTheWall = (at: number, timeZone: string): number => at + offsetAt(at, timeZone);

/** The offset as a day of UTC begins: asked again for every record of that day, and `Intl` is slow. */
function offsetOfDay(utcDay: number, timeZone: string): number {
  const key = `${utcDay} ${timeZone}`;
  const known = offsetsOfDays.get(key) ?? offsetAt(utcDay * dayMs, timeZone);
  if (offsetsOfDays.size >= mostOffsets) offsetsOfDays.clear();
  offsetsOfDays.set(key, known);
  return known;
}

/**
 * The moment of a civil time in a zone. A day without an hour means its noon, a month without a day its first at
 * noon: the middle of a day is the same day nearly everywhere. Of the two moments of an hour that comes twice the
 * first; an hour that the clocks leapt over is read as if they had not.
 *
 * @returns epoch milliseconds and how much of it the record told, or null where there is no such date
 */
export function momentOf(civil: CivilTime, timeZone: string): { at: number; precision: Precision } | null {
  const { year, month, day, hour } = civil;
  const utc = Date.UTC(year, month - 1, day ?? 1, day === undefined ? 12 : (hour ?? 12), civil.minute ?? 0);
  const date = new Date(utc);
  const exists =
    year >= 1000 &&
    year <= 9999 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === (day ?? 1) &&
    (day === undefined || hour === undefined || date.getUTCHours() === hour) &&
    (civil.minute === undefined || hour === undefined || date.getUTCMinutes() === civil.minute);
  if (!exists) return null;
  const utcDay = Math.floor(utc / dayMs);
  const before = offsetOfDay(utcDay - 1, timeZone);
  const after = offsetOfDay(utcDay + 2, timeZone);
  // Only around a change of the clocks the two differ.
  const right =
    before === after
      ? utc - before
      : [utc - before, utc - after].find((at) => at + offsetAt(at, timeZone) === utc);
  const precision = day === undefined ? 'month' : hour === undefined ? 'day' : 'minute';
  return { at: right ?? utc - before, precision };
}

/** What a calendar and a clock on the wall of the zone show: the date as `2026-03-29`, the minute of the day. */
export function wallClock(at: number, timeZone: string): { date: string; minute: number } {
  const local = at + offsetAt(at, timeZone);
  const date = new Date(local).toISOString().slice(0, 10);
  return { date, minute: Math.floor((local - Math.floor(local / dayMs) * dayMs) / minute) };
}

/** The moment at which a clock that is put back within the next hours shows the same once more; else the moment itself. */
function shownLast(at: number, timeZone: string): number {
  const putBack = offsetAt(at, timeZone) - offsetAt(at + 4 * 60 * minute, timeZone);
  const again = at + putBack;
  return putBack > 0 && onTheWall(again, timeZone) === onTheWall(at, timeZone) ? again : at;
}

/** The next moment after `at` at which the zone's clock shows this minute of the day; one that was leapt over as if it had not been. */
export function nextAt(minuteOfDay: number, at: number, timeZone: string): number {
  const { date } = wallClock(at, timeZone);
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  for (const days of [0, 1, 2]) {
    const on = new Date(Date.UTC(year, month - 1, day + days));
    const civil = { year: on.getUTCFullYear(), month: on.getUTCMonth() + 1, day: on.getUTCDate() };
    const clock = { hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 };
    const found = momentOf({ ...civil, ...clock }, timeZone);
    if (found === null) continue;
    if (found.at > at) return found.at;
    // In the second pass of an hour that comes twice, its first is over.
    const last = shownLast(found.at, timeZone);
    if (last > at) return last;
  }
  return at + dayMs;
}
