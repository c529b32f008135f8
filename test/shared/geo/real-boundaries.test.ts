import { expect, test } from 'vitest';
import { boundsOf, parseBoundary, toGeometry } from '../../../shared/geo/boundary.ts';
import { referenceSystem } from '../../../shared/geo/geojson.ts';
import { contains, prepareBoundary } from '../../../shared/geo/inside.ts';
import { displayGeometry } from '../../../shared/geo/simplify.ts';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';
import { realFeatures } from './real-data.ts';

// Features, parts and holes after reading; where they differ from the file's, a ring of the file touched itself.
// Positions of the file that lie outside are the tips of spikes, which bound nothing.
const files = [
  { name: 'paris-quartiers', features: 80, parts: 80, holes: 0, outside: 0 },
  { name: 'paris-arrondissements', features: 20, parts: 20, holes: 0, outside: 0 },
  { name: 'san-francisco-neighborhoods', features: 37, parts: 117, holes: 5 + 3, outside: 0 },
  { name: 'vancouver-local-areas', features: 23, parts: 24, holes: 0, outside: 24 },
  { name: 'frankfurt-stadtteile', features: 46, parts: 46, holes: 0, outside: 0 },
  { name: 'belgium-arrondissements-large', features: 43, parts: 67, holes: 13, outside: 0 },
  { name: 'oceania-antimeridian', features: 24, parts: 216, holes: 0, outside: 0 },
  { name: 'corse-du-sud-communes', features: 124, parts: 134, holes: 1, outside: 0 },
  { name: 'monaco-quartiers', features: 6, parts: 7, holes: 0, outside: 0 },
];

for (const { name, ...expected } of files) {
  test(`[GE23] ${name}: every feature is read, drawn with at most 500 positions, and reads back`, () => {
    const file = realFeatures(`${name}.geojson`);
    if (file === null) return;
    const seen = { features: 0, parts: 0, holes: 0, outside: 0 };
    for (const feature of file.features) {
      const result = parseBoundary(feature.geometry as BoundaryGeometry);
      if (!result.ok) throw new Error(`${JSON.stringify(feature.properties)} ${result.message}`);
      const { boundary } = result;
      seen.features += 1;
      seen.parts += boundary.parts.length;
      seen.holes += boundary.parts.reduce((sum, { holes }) => sum + holes.length, 0);
      const again = parseBoundary(toGeometry(boundary));
      expect(again.ok && again.boundary.parts.length).toBe(boundary.parts.length);
      const drawn = displayGeometry(boundary);
      const positions = (drawn.type === 'Polygon' ? [drawn.coordinates] : drawn.coordinates).flat(2);
      expect(positions.length).toBeLessThanOrEqual(500);
      const shown = parseBoundary(drawn);
      expect(shown.ok && shown.boundary.parts.length).toBe(boundary.parts.length);
      const prepared = prepareBoundary(boundary);
      seen.outside += corners(feature.geometry as BoundaryGeometry).filter(
        ([lng = 0, lat = 0]) => !contains(prepared, { lng, lat }),
      ).length;
    }
    expect(seen).toEqual(expected);
  });
}

/** Every position of the file's own geometry. */
function corners(geometry: BoundaryGeometry): number[][] {
  return geometry.type === 'Polygon' ? geometry.coordinates.flat() : geometry.coordinates.flat(2);
}

test('[GE24] places on both sides of the antimeridian have a narrow box', () => {
  const file = realFeatures('oceania-antimeridian.geojson');
  if (file === null) return;
  const box = (name: string) => {
    const feature = file.features.find(({ properties }) => properties['name'] === name);
    const result = parseBoundary(feature?.geometry as BoundaryGeometry);
    return result.ok ? boundsOf(result.boundary) : result.message;
  };
  expect(box('Fiji')).toEqual({ west: 174.587207, south: -21.705859, east: -178.251123, north: -12.476953 });
  expect(box('Kiribati')).toEqual({
    west: 169.522949,
    south: -11.456836,
    east: -151.782617,
    north: 3.923535,
  });
});

test('[GE25] the files in metres are refused, by their reference system and by their values', () => {
  const file = realFeatures('lambert93-cities.geojson');
  if (file === null) return;
  expect(referenceSystem(file.crs)).toBe('EPSG:2154 (metres)');
  for (const feature of file.features) {
    expect(parseBoundary(feature.geometry as BoundaryGeometry)).toEqual({
      ok: false,
      message: 'has coordinates in metres, not degrees',
    });
  }
});
