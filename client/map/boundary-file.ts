import { parseBoundary, toGeometry } from '../../shared/geo/boundary.ts';
import { displayGeometry } from '../../shared/geo/simplify.ts';
import { geometryOf, referenceSystem } from '../../shared/geo/geojson.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';

/** Why a file is no boundary; the words are the map's. */
export type FileProblem = 'fileNotJson' | 'fileTooLarge' | 'fileCrosses' | 'fileMetres' | 'fileNoBoundary';

export type FileContent =
  | { kind: 'boundary'; geometry: BoundaryGeometry; simplified: boolean; name: string | null }
  | { kind: 'choice'; places: { name: string; feature: unknown }[] }
  | { kind: 'problem'; problem: FileProblem };

const largest = 20_000_000;
// A command carries at most 16 KiB; names and the rest need little of it.
const mostCharacters = 14_000;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const problem = (reason: FileProblem): FileContent => ({ kind: 'problem', problem: reason });

/** Takes one place of a file, laid out in one piece: exact where that fits a command, else with fewer corners. */
export function readPlace(feature: unknown): FileContent {
  const found = geometryOf(feature);
  if (!found.ok) return problem(found.message.startsWith('is in ') ? 'fileMetres' : 'fileNoBoundary');
  const parsed = parseBoundary(found.geometry);
  if (parsed.ok) {
    const exact = toGeometry(parsed.boundary);
    const simplified = JSON.stringify(exact).length > mostCharacters;
    const geometry = simplified ? displayGeometry(parsed.boundary) : exact;
    return { kind: 'boundary', geometry, simplified, name: nameOf(feature) };
  }
  if (/cross/u.test(parsed.message)) return problem('fileCrosses');
  return problem(/degrees|metres|longitude|latitude/u.test(parsed.message) ? 'fileMetres' : 'fileNoBoundary');
}

/** What people would call the place: the property named like a name, else the first one that is words. */
function nameOf(feature: unknown): string | null {
  const properties = isObject(feature) && isObject(feature['properties']) ? feature['properties'] : {};
  const words = Object.entries(properties).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && entry[1].trim() !== '' && !/^[\d.,-]+$/u.test(entry[1]),
  );
  const named = words.find(([key]) => /^(?:name|nom|libelle|label|title)$/iu.test(key)) ?? words[0];
  return named?.[1].trim().slice(0, 80) ?? null;
}

/** Reads what a person chose as a file: a boundary, several places to choose from, or what is wrong with it. */
export async function readBoundaryFile(file: Blob): Promise<FileContent> {
  if (file.size > largest) return problem('fileTooLarge');
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    return problem('fileNotJson');
  }
  if (!isObject(json)) return problem('fileNotJson');
  if (referenceSystem(json['crs']) !== null) return problem('fileMetres');
  const features: unknown = json['features'];
  if (json['type'] !== 'FeatureCollection' || !Array.isArray(features) || features.length < 2)
    return readPlace(Array.isArray(features) && features.length === 1 ? features[0] : json);
  const places = features.map((feature: unknown, index) => ({
    name: nameOf(feature) ?? `${index + 1}`,
    feature,
  }));
  return { kind: 'choice', places: places.toSorted((a, b) => a.name.localeCompare(b.name)) };
}
