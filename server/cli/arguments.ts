import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { presets } from '../import/presets.ts';
import { TimeZone } from '../../shared/neighbourhoods.ts';
import { IncidentStatus } from '../../shared/incidents.ts';
import { Locale } from '../../shared/text.ts';

export const usage = `Vigie's command line. Works on the same Redis and the same settings as the server, running or not.
Files are looked for from the project's folder.

  npm run vigie -- import --boundaries FILE [--feature NAME … | --all]
      Founds neighbourhoods from the places of a GeoJSON file (longitude, latitude) and prints for each a link that
      makes whoever opens it first its coordinator. Running it again adds nothing.
      --feature NAME       found this place only; can be repeated
      --all                found every place of the file
      --name-property P    the property that names the places (otherwise a usual one is chosen)
      --locale en|fr       language of the neighbourhoods (en)
      --time-zone ZONE     such as Europe/Paris (otherwise this machine's)
      --invite-again       also print a new link for each that is there already but has no member yet

  npm run vigie -- import --incidents FILE (--preset NAME | --map FILE) (--neighbourhood NAME | --all)
      Loads incidents from a CSV file. Nobody is alerted. Running it again adds nothing.
      --preset NAME        ${[...presets.keys()].join(', ')}
      --map FILE           a column mapping of your own, in JSON
      --neighbourhood N    load into this neighbourhood (its name or id) what lies in it or within 500 m
      --all                load each incident into the neighbourhood that holds it
      --status open|closed closed (history) unless you or the mapping say otherwise
      --rejected FILE      where rows go that cannot be loaded, with their reason (FILE.rejected.csv)

  npm run vigie -- neighbourhoods
      Lists the neighbourhoods with their ids.

  npm run vigie -- restored
      After a backup was put back: makes every device start from a snapshot, since numbers may name other entries now.

  npm run vigie -- mapping PRESET
      Prints a preset as JSON, to make a mapping of one's own from (--map).
`;

export type Command =
  | { kind: 'help' }
  | { kind: 'neighbourhoods' }
  | { kind: 'restored' }
  | { kind: 'mapping'; preset: string }
  | {
      kind: 'boundaries';
      file: string;
      features: string[] | 'all' | null;
      nameProperty: string | undefined;
      locale: Locale;
      timeZone: string;
      /** Whether it was said, or is this machine's for want of a word. */
      timeZoneSaid: boolean;
      inviteAgain: boolean;
    }
  | {
      kind: 'incidents';
      file: string;
      mapping: { preset: string } | { file: string };
      neighbourhood: string | null;
      status: IncidentStatus | undefined;
      rejected: string;
    };

/** What the person typed makes no command; the message says why, in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  help: { type: 'boolean', short: 'h' },
  boundaries: { type: 'string' },
  feature: { type: 'string', multiple: true },
  'name-property': { type: 'string' },
  locale: { type: 'string' },
  'time-zone': { type: 'string' },
  'invite-again': { type: 'boolean' },
  incidents: { type: 'string' },
  preset: { type: 'string' },
  map: { type: 'string' },
  neighbourhood: { type: 'string' },
  status: { type: 'string' },
  rejected: { type: 'string' },
  all: { type: 'boolean' },
} as const;
const onlyBoundaries = ['feature', 'name-property', 'locale', 'time-zone', 'invite-again'] as const;
const onlyIncidents = ['preset', 'map', 'neighbourhood', 'status', 'rejected'] as const;

const presetName = v.picklist([...presets.keys()], `must be one of ${[...presets.keys()].join(', ')}`);

/** @throws {UsageError} */
function checked<Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new UsageError(`--${name}: ${result.issues[0].message}`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/**
 * Reads the command line.
 * @throws {UsageError}
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed(args);
  const [verb, ...others] = positionals;
  if (values.help === true || verb === 'help' || args.length === 0) return { kind: 'help' };
  if (verb === 'mapping' && others.length === 1) {
    return { kind: 'mapping', preset: checked('preset', presetName, others[0]) };
  }
  if (others.length > 0) throw new UsageError(`does not know what to do with "${others.join(' ')}"`);
  if (verb === 'neighbourhoods') return { kind: 'neighbourhoods' };
  if (verb === 'restored') return { kind: 'restored' };
  if (verb !== 'import') throw new UsageError(`has no command "${verb ?? ''}"`);
  const { boundaries, incidents, all = false } = values;
  if ((boundaries === undefined) === (incidents === undefined)) {
    throw new UsageError('import needs either --boundaries FILE or --incidents FILE');
  }
  const foreign = boundaries === undefined ? onlyBoundaries : onlyIncidents;
  const misplaced = foreign.find((name) => values[name] !== undefined);
  if (misplaced !== undefined) {
    throw new UsageError(
      `--${misplaced} does not go with --${boundaries === undefined ? 'incidents' : 'boundaries'}`,
    );
  }
  if (boundaries !== undefined) {
    if (all && values.feature !== undefined) throw new UsageError('--feature and --all exclude each other');
    return {
      kind: 'boundaries',
      file: boundaries,
      features: all ? 'all' : (values.feature ?? null),
      nameProperty: values['name-property'],
      locale: checked('locale', Locale, values.locale ?? 'en'),
      timeZone: checked(
        'time-zone',
        TimeZone,
        values['time-zone'] ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
      ),
      timeZoneSaid: values['time-zone'] !== undefined,
      inviteAgain: values['invite-again'] ?? false,
    };
  }
  const { preset, map, neighbourhood, rejected, status } = values;
  const file = incidents ?? '';
  if (all === (neighbourhood !== undefined))
    throw new UsageError('say where to: either --neighbourhood NAME or --all');
  if ((preset === undefined) === (map === undefined))
    throw new UsageError('say how to read it: either --preset NAME or --map FILE');
  return {
    kind: 'incidents',
    file,
    mapping: preset === undefined ? { file: map ?? '' } : { preset: checked('preset', presetName, preset) },
    neighbourhood: neighbourhood ?? null,
    status: status === undefined ? undefined : checked('status', IncidentStatus, status),
    rejected: rejected ?? `${file}.rejected.csv`,
  };
}
