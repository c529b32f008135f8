import * as v from 'valibot';
import { Position } from '../../shared/geo.ts';
import { Incident } from '../../shared/incidents.ts';
import { nameSchema, textSchema } from '../../shared/text.ts';
import { derivedId } from '../ids.ts';
import { cleanText, clip } from './clean-text.ts';
import { type CivilTime, momentOf } from '../../shared/local-time.ts';
import type { Mapping } from './mapping.ts';
import type { Unproject } from './projection.ts';

/** What a row's values are read with. */
export type Reading = {
  mapping: Mapping;
  /** For projected positions. */
  unproject: Unproject | null;
  /** The time zone of the place, or null where nobody watches it. */
  timeZoneAt: (position: Position) => string | null;
  /** Epoch milliseconds: when the import runs. */
  at: number;
};
export type Cells = (column: string) => string;
export type RowResult = { incident: Incident } | { reason: string };

const title = nameSchema(100);
const description = textSchema(0, 2000);

/** A number as data files write it; an empty or worded cell is none. */
function numberOf(text: string): number | null {
  const trimmed = text.trim();
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/iu.test(trimmed) ? Number(trimmed) : null;
}

/** Reads `{'lon': 2.3, 'lat': 48.8}` in JSON's or Python's quotes, a GeoJSON point, or `48.8, 2.3`. */
function pairOf(text: string): { lng: number; lat: number } | null {
  const number = String.raw`\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*`;
  const named = (names: string) => new RegExp(`['"](?:${names})['"]\\s*:${number}[,}]`, 'iu').exec(text)?.[1];
  const [lng, lat] = [named('lon|lng|longitude'), named('lat|latitude')];
  if (lng !== undefined && lat !== undefined) return { lng: Number(lng), lat: Number(lat) };
  const list = new RegExp(`['"]coordinates['"]\\s*:\\s*\\[${number},${number}[,\\]]`, 'iu').exec(text);
  if (list !== null) return { lng: Number(list[1]), lat: Number(list[2]) };
  const plain = new RegExp(`^\\s*[(\\[]?${number},${number}[)\\]]?\\s*$`, 'u').exec(text);
  return plain === null ? null : { lat: Number(plain[1]), lng: Number(plain[2]) };
}

function positionOf({ mapping, unproject }: Reading, cells: Cells): Position | string {
  const where = mapping.position;
  let found: { lng: number; lat: number } | null;
  if (where.kind === 'cell') {
    const text = cells(where.column);
    if (text.trim() === '') return 'no position';
    found = pairOf(text);
  } else {
    const [first, second] = where.kind === 'degrees' ? [where.lng, where.lat] : [where.x, where.y];
    if (cells(first).trim() === '' || cells(second).trim() === '') return 'no position';
    const [x, y] = [numberOf(cells(first)), numberOf(cells(second))];
    if (x === 0 && y === 0) return 'location withheld';
    if (x === null || y === null) return 'position is not a pair of numbers';
    found = where.kind === 'degrees' ? { lng: x, lat: y } : (unproject?.(x, y) ?? null);
  }
  if (found?.lng === 0 && found.lat === 0) return 'location withheld';
  const position = v.safeParse(Position, found);
  return position.success ? position.output : 'position is not on earth';
}

const patterns = {
  'YYYY-MM': /^(?<year>\d{4})-(?<month>\d{2})$/u,
  'YYYY-MM-DD': /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/u,
  // Exports of spreadsheets add an empty time of day.
  'MM/DD/YYYY': /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})(?: 12:00:00 AM| 0{1,2}:00(?::00)?)?$/u,
  'DD/MM/YYYY': /^(?<day>\d{1,2})\/(?<month>\d{1,2})\/(?<year>\d{4})(?: 12:00:00 AM| 0{1,2}:00(?::00)?)?$/u,
  iso: /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ](?<hour>\d{2}):(?<minute>\d{2})(?::\d{2}(?:[.,]\d{1,9})?)?(?<zone>Z|[+-]\d{2}:?\d{2})?$/u,
};

function civilOf(
  cells: Cells,
  time: Mapping['time'],
): { civil: CivilTime; told: string; zone?: string } | null {
  const whole = (text: string | undefined) =>
    text !== undefined && /^\d{1,4}$/u.test(text.trim()) ? Number(text) : undefined;
  if (time.kind === 'parts') {
    const read = (column: string | undefined) => (column === undefined ? undefined : whole(cells(column)));
    const [year, month, day] = [read(time.year), read(time.month), read(time.day)];
    if (year === undefined || month === undefined) return null;
    const told = [year, month, day].flatMap((part) =>
      part === undefined ? [] : [String(part).padStart(2, '0')],
    );
    return { civil: civilTime(year, month, day, read(time.hour), read(time.minute)), told: told.join('-') };
  }
  const told = cells(time.date).trim();
  const groups = patterns[time.format].exec(told)?.groups;
  const [year, month] = [whole(groups?.['year']), whole(groups?.['month'])];
  if (groups === undefined || year === undefined || month === undefined) return null;
  const clock =
    time.time === undefined
      ? groups
      : /^(?<hour>\d{1,2}):(?<minute>\d{2})/u.exec(cells(time.time).trim())?.groups;
  const civil = civilTime(
    year,
    month,
    whole(groups['day']),
    whole(clock?.['hour']),
    whole(clock?.['minute']),
  );
  const zone = groups['zone'];
  return zone === undefined ? { civil, told } : { civil, told, zone };
}

function civilTime(year: number, month: number, day?: number, hour?: number, minute?: number): CivilTime {
  return {
    year,
    month,
    ...(day === undefined ? {} : { day }),
    ...(hour === undefined ? {} : { hour }),
    ...(minute === undefined ? {} : { minute }),
  };
}

/** An offset such as `+0200` as a zone that `Intl` knows. */
const zoneOf = (zone: string) => (zone === 'Z' ? 'UTC' : zone.replace(/^(.\d{2}):?(\d{2})$/u, '$1:$2'));

/** Reads one row: an incident, or why it cannot be one. */
export function readRow(reading: Reading, cells: Cells, key: readonly string[]): RowResult {
  const { mapping, at, timeZoneAt } = reading;
  const position = positionOf(reading, cells);
  if (typeof position === 'string') return { reason: position };
  const timeZone = timeZoneAt(position);
  if (timeZone === null) return { reason: 'outside every neighbourhood' };
  const time = civilOf(cells, mapping.time);
  if (time === null) return { reason: 'no time that can be read' };
  const moment = momentOf(time.civil, time.zone === undefined ? timeZone : zoneOf(time.zone));
  if (moment === null) return { reason: 'no such date or time' };
  if (moment.at < 0) return { reason: 'time is before 1970' };
  // A month that has begun, or today's noon, may lie a little ahead of now.
  if (moment.at > at + 24 * 3600 * 1000) return { reason: 'time lies in the future' };

  const { columns, values, otherwise } = mapping.category;
  const known = columns.map((column) => values[cells(column).trim()]).find((found) => found !== undefined);
  const [category, severity] = known ?? otherwise;
  const heading = mapping.title.map((column) => cleanText(cells(column))).find((text) => text !== '');
  const lines = mapping.description.flatMap(({ column, label }) => {
    const text = cleanText(cells(column));
    return text === '' ? [] : [label + text];
  });
  if (moment.precision !== 'minute') lines.push(mapping.vague[moment.precision].replace('{date}', time.told));
  const texts = v.safeParse(v.object({ title: v.nullable(title), description }), {
    title: heading === undefined ? null : clip(heading, 100),
    description: clip(lines.join('\n'), 2000),
  });
  if (!texts.success) return { reason: `text ${texts.issues[0].message}` };
  const incident = v.safeParse(Incident, {
    id: derivedId('incident', mapping.source, ...key),
    version: 1,
    category,
    severity,
    status: mapping.status,
    position,
    ...texts.output,
    observedAt: Math.min(moment.at, at),
    reportedAt: at,
    reportedBy: null,
    source: {
      name: mapping.source,
      ref: mapping.key.unique ? clip(cleanText(key.slice(0, -1).join(' ')), 100) : '',
    },
  });
  return incident.success ? { incident: incident.output } : { reason: incident.issues[0].message };
}
