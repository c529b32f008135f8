import * as v from 'valibot';
import { type BoundaryResult, parseBoundary } from '../../shared/geo/boundary.ts';
import { geometryOf, referenceSystem } from '../../shared/geo/geojson.ts';
import { NeighbourhoodName } from '../../shared/neighbourhoods.ts';
import { cleanText, clip } from './clean-text.ts';
import { readText } from './encoding.ts';
import { ImportError } from './import-error.ts';

/** One place of a boundary file. `number` counts the file's features from 1. */
export type Place = { number: number; name: string; result: BoundaryResult };

type Properties = Record<string, unknown>;

// In the order of preference, compared without case: what the published files that we met call a place's name.
const usual = [
  'name',
  'nom',
  'l_qu',
  'l_ar',
  'libelle',
  'label',
  'nombre',
  'naam',
  'neighborhood',
  'neighbourhood',
  'title',
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? cleanText(String(value)) : '';

/** The property that names the features: the one asked for, a usual one, or the only one with a word of its own for each. */
function namingProperty(all: readonly Properties[], asked: string | undefined): string {
  const keys = [...new Set(all.flatMap((properties) => Object.keys(properties)))];
  if (asked !== undefined) {
    if (keys.includes(asked)) return asked;
    throw new ImportError(`has no property "${asked}"; it has ${keys.join(', ') || 'none'}`);
  }
  const some = (key: string) => all.some((properties) => textOf(properties[key]) !== '');
  for (const name of usual) {
    const found = keys.find((key) => key.toLowerCase() === name && some(key));
    if (found !== undefined) return found;
  }
  const telling = keys.find((key) => {
    const words = all.map((properties) => textOf(properties[key]));
    return words.every((word) => /\p{L}{2}/u.test(word)) && new Set(words).size === words.length;
  });
  if (telling !== undefined) return telling;
  throw new ImportError(
    `has no property that looks like a name; choose with --name-property among ${keys.join(', ') || 'none'}`,
  );
}

/**
 * Reads the places of a GeoJSON file: a FeatureCollection, a Feature, or a bare geometry. Each comes with its
 * boundary or the line that says why it has none.
 *
 * @param nameProperty the property that names the places; a usual one is chosen where it is left out
 * @throws {ImportError} where the whole file cannot be used, and the file system's error
 */
export async function readPlaces(path: string, nameProperty?: string): Promise<Place[]> {
  let text = '';
  for await (const piece of readText(path)) text += piece;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ImportError('is not JSON');
  }
  if (!isObject(json)) throw new ImportError('is not GeoJSON');
  const reference = referenceSystem(json['crs']);
  if (reference !== null) throw new ImportError(`is in ${reference}: convert it to longitude/latitude first`);
  const list: unknown = json['type'] === 'FeatureCollection' ? json['features'] : [json];
  if (!Array.isArray(list) || list.length === 0) throw new ImportError('has no features');
  const features: unknown[] = list;
  const properties = features.map((feature) => {
    const found = isObject(feature) ? feature['properties'] : undefined;
    return isObject(found) ? found : {};
  });
  const bare = json['type'] !== 'FeatureCollection' && json['type'] !== 'Feature';
  const naming = bare ? '' : namingProperty(properties, nameProperty);
  return features.map((feature, index) => {
    const number = index + 1;
    const parsed = v.safeParse(NeighbourhoodName, clip(textOf(properties[index]?.[naming]), 60));
    const geometry = geometryOf(feature);
    return {
      number,
      name: parsed.success ? parsed.output : `Feature ${number}`,
      result: geometry.ok ? parseBoundary(geometry.geometry) : geometry,
    };
  });
}
