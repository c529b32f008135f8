import * as v from 'valibot';
import { Category, IncidentStatus, Severity } from '../../shared/incidents.ts';
import { nameSchema } from '../../shared/text.ts';

const column = v.pipe(v.string(), v.minLength(1, 'must name a column'));
const meaning = v.tuple([Category, Severity]);

const degrees = v.strictObject({ kind: v.literal('degrees'), lng: column, lat: column });
/** One cell that holds both: GeoJSON, a Python or JSON object with `lon` and `lat`, or `lat, lon`. */
const cell = v.strictObject({ kind: v.literal('cell'), column });
/** Metres on a map projection: an EPSG code that Vigie knows, or a PROJ string (`+proj=utm +zone=10 …`). */
const projected = v.strictObject({ kind: v.literal('projected'), x: column, y: column, crs: v.string() });

const written = v.strictObject({
  kind: v.literal('written'),
  date: column,
  format: v.picklist(['YYYY-MM', 'YYYY-MM-DD', 'MM/DD/YYYY', 'DD/MM/YYYY', 'iso']),
  /** `HH:MM`, where it has a column of its own. */
  time: v.optional(column),
});
const parts = v.strictObject({
  kind: v.literal('parts'),
  year: column,
  month: column,
  day: v.optional(column),
  hour: v.optional(column),
  minute: v.optional(column),
});

/**
 * How a CSV file of incidents is to be read: which of its columns means what. Plain data, so that a file of one's own
 * needs a JSON file and no program.
 */
export const Mapping = v.strictObject({
  /** Who publishes the records; told with every incident. */
  source: nameSchema(80),
  delimiter: v.optional(v.pipe(v.string(), v.length(1)), ','),
  /**
   * Columns that tell a record from others; all of them where there is no such column. Equal records are counted:
   * the second of two is another incident, unless `unique` says that it must be the same one told twice.
   */
  key: v.strictObject({ columns: v.union([v.array(column), v.literal('all')]), unique: v.boolean() }),
  position: v.variant('kind', [degrees, cell, projected]),
  time: v.variant('kind', [written, parts]),
  category: v.strictObject({
    columns: v.pipe(v.array(column), v.minLength(1)),
    /** A cell's value as it is written, to what it means here. The first column with a known value decides. */
    values: v.record(v.string(), meaning),
    otherwise: v.optional(meaning, ['other', 'minor']),
  }),
  /** The first of these columns that has a value. */
  title: v.optional(v.array(column), []),
  /** One line each, where the cell has a value. */
  description: v.optional(v.array(v.strictObject({ column, label: v.optional(v.string(), '') })), []),
  /** Said where the record does not tell the hour; `{date}` is what it does tell. */
  vague: v.optional(v.strictObject({ day: v.string(), month: v.string() }), {
    day: 'Time of day unknown: {date}',
    month: 'Day unknown: {date}',
  }),
  status: v.optional(IncidentStatus, 'closed'),
});
export type Mapping = v.InferOutput<typeof Mapping>;
export type MappingInput = v.InferInput<typeof Mapping>;

/** All columns that a mapping reads: a file that lacks one was published in another form. */
export function columnsOf(mapping: Mapping): string[] {
  const { key, position, time, category, title, description } = mapping;
  const places =
    position.kind === 'degrees'
      ? [position.lng, position.lat]
      : position.kind === 'cell'
        ? [position.column]
        : [position.x, position.y];
  const times =
    time.kind === 'written'
      ? [time.date, time.time]
      : [time.year, time.month, time.day, time.hour, time.minute];
  const named = [
    ...(key.columns === 'all' ? [] : key.columns),
    ...places,
    ...times.filter((name) => name !== undefined),
    ...category.columns,
    ...title,
    ...description.map(({ column }) => column),
  ];
  return [...new Set(named)];
}

/**
 * Reads a mapping that a person wrote.
 * @returns the mapping, or one line that names the first mistake
 */
export function parseMapping(json: unknown): { ok: true; mapping: Mapping } | { ok: false; message: string } {
  const result = v.safeParse(Mapping, json);
  if (result.success) return { ok: true, mapping: result.output };
  const [issue] = result.issues;
  return { ok: false, message: `${v.getDotPath(issue) ?? 'the mapping'}: ${issue.message}` };
}
