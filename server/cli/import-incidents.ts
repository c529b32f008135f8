import { readFile } from 'node:fs/promises';
import type { Incident } from '../../shared/incidents.ts';
import type { Deps } from '../deps.ts';
import { chooser, type Destination, destinationOf, listNeighbourhoods } from '../import/destinations.ts';
import { ImportError } from '../import/import-error.ts';
import { readIncidents } from '../import/incidents-csv.ts';
import { type Mapping, parseMapping } from '../import/mapping.ts';
import { presets } from '../import/presets.ts';
import { importIncidents as storeIncidents } from '../incidents/store.ts';
import type { Command } from './arguments.ts';
import { count, type Output } from './output.ts';
import { createRejects } from './rejects.ts';

type Options = Extract<Command, { kind: 'incidents' }>;
type Needs = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

const batchSize = 250;
const rowsBetweenProgress = 500;

async function mappingOf({ mapping: choice, status }: Options): Promise<Mapping> {
  let mapping = 'preset' in choice ? presets.get(choice.preset) : undefined;
  if ('file' in choice) {
    let json: unknown;
    try {
      json = JSON.parse(await readFile(choice.file, 'utf8'));
    } catch (error) {
      throw new ImportError(
        error instanceof SyntaxError
          ? `mapping ${choice.file} is not JSON`
          : `mapping ${choice.file} cannot be read`,
      );
    }
    const parsed = parseMapping(json);
    if (!parsed.ok) throw new ImportError(`mapping ${choice.file}: ${parsed.message}`);
    mapping = parsed.mapping;
  }
  if (mapping === undefined) throw new TypeError('a preset was checked');
  return status === undefined ? mapping : { ...mapping, status };
}

async function destinationsOf({ redis }: Needs, wanted: string | null): Promise<Destination[]> {
  const all = await listNeighbourhoods(redis);
  if (all.length === 0) throw new ImportError('has nowhere to go: found a neighbourhood first');
  const chosen = wanted === null ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  if (chosen.length === 0)
    throw new ImportError(`has nowhere to go: no neighbourhood has the name or id "${wanted}"`);
  if (wanted !== null && chosen.length > 1)
    throw new ImportError(`${chosen.length} neighbourhoods are called "${wanted}": say which by its id`);
  return Promise.all(chosen.map((neighbourhood) => destinationOf(redis, neighbourhood)));
}

/**
 * Loads incidents from a CSV file; rows that cannot be loaded go to a file of their own with their reason.
 * @throws {ImportError} where the file cannot be used at all
 */
export async function importIncidents(deps: Needs, options: Options, output: Output): Promise<void> {
  const mapping = await mappingOf(options);
  const destinations = await destinationsOf(deps, options.neighbourhood);
  const choose = chooser(destinations);
  const rejects = createRejects(options.rejected);
  const waiting = new Map<Destination, Incident[]>();
  const told = { rows: 0, written: 0, added: 0 };
  const store = async (place: Destination, incidents: Incident[]) => {
    told.added += await storeIncidents(deps, place.neighbourhood.id, mapping.source, incidents);
    told.written += incidents.length;
    waiting.delete(place);
  };
  const progress = () =>
    output.progress(
      `${count(told.rows)} rows read, ${count(told.written)} stored, ${count(rejects.count())} rejected`,
    );
  let complete = false;
  try {
    const timeZoneAt = (position: Incident['position']) => choose(position)?.neighbourhood.timeZone ?? null;
    for await (const row of readIncidents(options.file, { mapping, timeZoneAt, at: deps.now() })) {
      told.rows += 1;
      const place = 'incident' in row ? choose(row.incident.position) : null;
      if ('reason' in row) await rejects.add(row.line, row.reason, row.cells);
      else if (place !== null) {
        const batch = waiting.get(place) ?? [];
        batch.push(row.incident);
        waiting.set(place, batch);
        if (batch.length === batchSize) await store(place, batch);
      }
      if (told.rows % rowsBetweenProgress === 0) progress();
    }
    for (const [place, batch] of waiting) {
      await store(place, batch);
      progress();
    }
    complete = true;
  } finally {
    await rejects.close(complete);
    output.settle();
  }
  const known = told.written - told.added;
  output.result(
    `${count(told.rows)} rows: ${count(told.added)} new, ${count(known)} already there, ${count(rejects.count())} rejected`,
  );
  for (const [reason, times] of rejects.reasons()) output.result(`  ${count(times)}  ${reason}`);
  if (rejects.count() > 0) output.result(`Rejected rows are in ${options.rejected}`);
}
