import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { Incident } from '../../shared/incidents.ts';
import { derivedId } from '../ids.ts';
import { readText } from './encoding.ts';
import { ImportError } from './import-error.ts';
import { columnsOf, type Mapping } from './mapping.ts';
import { unprojection } from './projection.ts';
import { readRow, type Reading } from './row.ts';

/** One record of the file: `line` is where it begins, counted from 1; `cells` are as they were written. */
export type CsvRow = { line: number; cells: string[] } & ({ incident: Incident } | { reason: string });

// A record far beyond any real one: a quote was opened and never closed.
const mostCharacters = 1_000_000;
const lineBreaks = (cells: readonly string[]) =>
  cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);

/**
 * Reads a CSV file of incidents, a record at a time, whatever its encoding and length. A row that cannot become an
 * incident comes with its reason; no row is left out silently. Ids follow from the source and the row's key alone,
 * so the same file gives the same ids again.
 *
 * @throws {ImportError} where the file is not what the mapping describes
 */
export async function* readIncidents(
  path: string,
  options: { mapping: Mapping; timeZoneAt: Reading['timeZoneAt']; at: number },
): AsyncGenerator<CsvRow> {
  const { mapping } = options;
  const unproject = mapping.position.kind === 'projected' ? unprojection(mapping.position.crs) : null;
  if (mapping.position.kind === 'projected' && unproject === null) {
    throw new ImportError(`does not know the projection ${mapping.position.crs}`);
  }
  const reading: Reading = { ...options, unproject };
  let places: ReadonlyMap<string, number> | null = null;
  const keys = createKeys(mapping);
  for await (const record of records(path, mapping.delimiter)) {
    const { line, cells } = record;
    if (places === null) {
      places = headerOf(cells, mapping);
      continue;
    }
    const header = places;
    if ('reason' in record) {
      yield record;
    } else if (cells.length !== header.size) {
      yield { line, cells, reason: `has ${cells.length} columns instead of ${header.size}` };
    } else {
      const cell = (column: string) => cells[header.get(column) ?? -1] ?? '';
      const key = keys.next(mapping.key.columns === 'all' ? cells : mapping.key.columns.map(cell));
      yield {
        line,
        cells,
        ...(key === null ? { reason: 'the same record once more' } : readRow(reading, cell, key)),
      };
    }
  }
  if (places === null) throw new ImportError('is empty');
}

function headerOf(cells: readonly string[], mapping: Mapping): ReadonlyMap<string, number> {
  const places = new Map(cells.map((name, place) => [name.trim(), place]));
  const missing = columnsOf(mapping).find((name) => !places.has(name));
  if (missing !== undefined)
    throw new ImportError(`has no column "${missing}": is this the right preset or mapping?`);
  if (places.size < cells.length) throw new ImportError('has two columns of one name');
  return places;
}

/** Completes a row's key with how many rows had the same before it; null where there must be one only. */
function createKeys({ key: { unique } }: Mapping) {
  const counts = new Map<string, number>();
  return {
    next(values: readonly string[]): string[] | null {
      const digest = derivedId(...values);
      const before = counts.get(digest) ?? 0;
      counts.set(digest, before + 1);
      return unique && before > 0 ? null : [...values, String(before)];
    },
  };
}

type Record = { line: number; cells: string[] } & ({ reason: string } | object);

async function* records(path: string, delimiter: string): AsyncGenerator<Record> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: mostCharacters,
  });
  let broken: CsvError | undefined;
  parser.on('skip', (error?: CsvError) => {
    broken = error;
  });
  const text = Readable.from(readText(path), { objectMode: false, encoding: 'utf8' });
  text.on('error', (error) => parser.destroy(error)).pipe(parser);
  let last = 0;
  try {
    for await (const item of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const { record, info } = item;
      yield { line: info.lines - lineBreaks(record), cells: record };
      last = info.lines;
    }
  } finally {
    text.destroy();
  }
  if (broken !== undefined) {
    yield {
      line: last + 1,
      cells: [],
      reason: 'breaks off: a quote is opened and never closed, nothing after it was read',
    };
  }
}
