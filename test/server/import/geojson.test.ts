import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPlaces } from '../../../server/import/geojson.ts';
import { realPath } from '../../shared/geo/real-data.ts';
import { polygon, square } from '../../shared/geo/shapes.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-geojson-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const geometry = polygon(square(2, 48, 1));
const feature = (properties: unknown) => ({ type: 'Feature', properties, geometry });

async function places(json: unknown, nameProperty?: string): Promise<string[] | string> {
  const path = join(dir, 'places.geojson');
  await writeFile(path, typeof json === 'string' || Buffer.isBuffer(json) ? json : JSON.stringify(json));
  try {
    return (await readPlaces(path, nameProperty)).map(({ name, result }) =>
      result.ok ? name : `${name} ${result.message}`,
    );
  } catch (error) {
    return (error as Error).message;
  }
}

describe('names', () => {
  test('[IM1] places are named by a usual property, by the only telling one, or by the one asked for', async () => {
    const collection = (...properties: unknown[]) => ({
      type: 'FeatureCollection',
      features: properties.map(feature),
    });
    expect(
      await places(collection({ code: 'A1', l_qu: 'Père-Lachaise' }, { code: 'B2', l_qu: 'Goutte-d’Or' })),
    ).toEqual(['Père-Lachaise', 'Goutte-d’Or']);
    expect(await places(collection({ NAME: 'North' }))).toEqual(['North']);
    expect(await places(collection({ id: 7, quarter: 'North' }, { id: 8, quarter: 'South' }))).toEqual([
      'North',
      'South',
    ]);
    expect(await places(collection({ name: 'North', long: 'The North' }), 'long')).toEqual(['The North']);
    expect(await places(collection({ name: 'North' }), 'nom')).toBe('has no property "nom"; it has name');
    expect(await places(collection({ id: 7 }))).toMatch(
      /^has no property that looks like a name; choose with --name-property among id$/u,
    );
  });

  test('[IM2] names are cleaned, cut to their length, and never missing', async () => {
    const collection = {
      type: 'FeatureCollection',
      features: [
        feature({ name: 'Strath\ncona\n' }),
        feature({ name: '' }),
        feature({ name: '<b>North</b> &amp; South\u202e' }),
        feature({ name: 'é'.repeat(80) }),
      ],
    };
    expect(await places(collection)).toEqual([
      'Strath cona',
      'Feature 2',
      'North & South',
      `${'é'.repeat(59)}…`,
    ]);
    expect(await places(geometry)).toEqual(['Feature 1']);
    expect(await places(feature({ nom: 'Nord' }))).toEqual(['Nord']);
    expect(await places(Buffer.from(JSON.stringify(feature({ nom: 'Évry' })), 'latin1'))).toEqual(['Évry']);
  });

  test('[IM3] a file that cannot be used is refused with one line, a place of it with its own', async () => {
    expect(await places('{"type":')).toBe('is not JSON');
    expect(await places([])).toBe('is not GeoJSON');
    expect(await places({ type: 'FeatureCollection', features: [] })).toBe('has no features');
    expect(
      await places({
        type: 'FeatureCollection',
        crs: { properties: { name: 'EPSG:2154' } },
        features: [feature({ name: 'a' })],
      }),
    ).toBe('is in EPSG:2154 (metres): convert it to longitude/latitude first');
    const point = {
      type: 'Feature',
      properties: { name: 'B' },
      geometry: { type: 'Point', coordinates: [2, 48] },
    };
    expect(await places({ type: 'FeatureCollection', features: [feature({ name: 'A' }), point, 7] })).toEqual(
      ['A', 'B holds a Point, not a Polygon or MultiPolygon', 'Feature 3 is not GeoJSON'],
    );
  });
});

test('[IM4] every published file gives its places their names', async () => {
  const expected: Record<string, [count: number, some: string]> = {
    'paris-quartiers': [80, "Goutte-d'Or"],
    'paris-arrondissements': [20, '10ème Ardt'],
    'san-francisco-neighborhoods': [37, 'Marina'],
    'vancouver-local-areas': [23, 'Strathcona'],
    'frankfurt-stadtteile': [46, 'Nied'],
    'belgium-arrondissements-large': [43, 'Turnhout'],
    'oceania-antimeridian': [24, 'Fiji'],
    'corse-du-sud-communes': [124, 'Bonifacio'],
    'monaco-quartiers': [6, 'La Rousse'],
  };
  for (const [name, [count, some]] of Object.entries(expected)) {
    const path = realPath(`boundaries/${name}.geojson`);
    if (path === null) return;
    const found = await readPlaces(path);
    expect(found.filter(({ result }) => result.ok)).toHaveLength(count);
    expect(found.map(({ name }) => name)).toContain(some);
  }
  const path = realPath('boundaries/lambert93-cities.geojson');
  if (path !== null) await expect(readPlaces(path)).rejects.toThrow('is in EPSG:2154 (metres): convert it');
});
