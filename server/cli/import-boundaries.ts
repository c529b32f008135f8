import type { Deps } from '../deps.ts';
import { foundImported, inviteFirstMember, inviteHours } from '../import/founding.ts';
import { type Place, readPlaces } from '../import/geojson.ts';
import { ImportError } from '../import/import-error.ts';
import type { Command } from './arguments.ts';
import { count, type Output } from './output.ts';

type Options = Extract<Command, { kind: 'boundaries' }>;
type Needs = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

function chosen(places: readonly Place[], features: Options['features']): readonly Place[] {
  const names = () => places.map(({ name }) => name).join(', ');
  if (features === 'all' || (features === null && places.length === 1)) return places;
  if (features === null) {
    throw new ImportError(
      `has ${places.length} places: choose with --feature NAME, or --all. They are: ${names()}`,
    );
  }
  const same = (a: string, b: string) => a.localeCompare(b, undefined, { sensitivity: 'accent' }) === 0;
  const missing = features.find((feature) => !places.some(({ name }) => same(name, feature)));
  if (missing !== undefined) throw new ImportError(`has no place called "${missing}". They are: ${names()}`);
  return places.filter(({ name }) => features.some((feature) => same(name, feature)));
}

/**
 * Founds neighbourhoods from a boundary file.
 * @param baseUrl where the invites' links lead
 * @returns whether every chosen place could be used
 * @throws {ImportError} where the file cannot be used at all
 */
export async function importBoundaries(
  deps: Needs,
  options: Options,
  baseUrl: string,
  output: Output,
): Promise<boolean> {
  const { locale, timeZone, timeZoneSaid } = options;
  const places = chosen(await readPlaces(options.file, options.nameProperty), options.features);
  const told = { founded: 0, known: 0, refused: 0 };
  for (const [index, { name, result }] of places.entries()) {
    output.progress(`${count(index + 1)} of ${count(places.length)} places`);
    if (!result.ok) {
      told.refused += 1;
      output.settle();
      output.result(`refused  ${name}: the boundary ${result.message}`);
      continue;
    }
    const { id, isNew } = await foundImported(deps, { name, boundary: result.boundary, locale, timeZone });
    const code = isNew || options.inviteAgain ? await inviteFirstMember(deps, id) : null;
    told[isNew ? 'founded' : 'known'] += 1;
    output.settle();
    output.result(
      `${isNew ? 'founded' : 'known'}  ${name}  ${id}${code === null ? '' : `  ${baseUrl}/join/${code}`}`,
    );
  }
  output.settle();
  output.result(
    `${count(told.founded)} founded, ${count(told.known)} already there, ${count(told.refused)} refused`,
  );
  if (told.founded > 0) {
    output.result(
      `Each link works once, for ${inviteHours / 24} days, and makes who opens it the coordinator: hand it over in private.`,
    );
    output.result(`Time zone ${timeZone}, language ${locale}.`);
    if (!timeZoneSaid) {
      output.result(
        `Warning: without --time-zone they took this machine's, ${timeZone}. Imported incidents' times are read in it.`,
      );
    }
  }
  return told.refused === 0;
}
