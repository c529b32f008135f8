import * as fc from 'fast-check';
import { type Boundary, parseBoundary } from '../../../shared/geo/boundary.ts';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';

/**
 * Of every random test of shapes, printed in its title. The same one each time, so that a run says something about what
 * changed and not about the dice: whoever looks for more sets SEED to others.
 */
export const seed = Number(process.env['SEED'] ?? 20_261);

export type Points = [number, number][];

/** Reads `lng lat, lng lat, …`. */
export const line = (text: string): Points =>
  text.split(',').map((pair) => {
    const [lng, lat] = pair.trim().split(' ').map(Number);
    return [lng ?? Number.NaN, lat ?? Number.NaN];
  });

export const close = (points: Points): Points => [...points, ...points.slice(0, 1)];
export const polygon = (...rings: Points[]): BoundaryGeometry => ({
  type: 'Polygon',
  coordinates: rings.map(close),
});
export const multi = (...polygons: Points[][]): BoundaryGeometry => ({
  type: 'MultiPolygon',
  coordinates: polygons.map((rings) => rings.map(close)),
});
export const square = (west: number, south: number, size: number): Points => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
];

/** The boundary of a shape that must be accepted. */
export function boundaryOf(geometry: BoundaryGeometry): Boundary {
  const result = parseBoundary(geometry);
  if (!result.ok) throw new Error(`refused: ${result.message}`);
  return result.boundary;
}

/** Why a shape is refused, or "accepted". */
export function refusal(geometry: BoundaryGeometry): string {
  const result = parseBoundary(geometry);
  return result.ok ? 'accepted' : result.message;
}

/** Jagged rings around a centre, on a grid of a millionth of a degree, with up to `most` vertices. */
export const jagged = (most: number) =>
  fc
    .record({
      lng: fc.integer({ min: -179_000_000, max: 179_000_000 }),
      lat: fc.integer({ min: -80_000_000, max: 80_000_000 }),
      spokes: fc.array(
        fc.record({
          turn: fc.double({ min: 0, max: 0.9, noNaN: true }),
          reach: fc.integer({ min: 2_000, max: 500_000 }),
        }),
        {
          minLength: 8,
          maxLength: most,
          size: 'max',
        },
      ),
    })
    .map(({ lng, lat, spokes }): Points =>
      spokes.map(({ turn, reach }, index) => {
        const angle = ((index + turn) / spokes.length) * 2 * Math.PI;
        return [
          Math.round(lng + reach * Math.cos(angle)) / 1e6,
          Math.round(lat + reach * Math.sin(angle)) / 1e6,
        ];
      }),
    );

/** How often the closed line winds around a point that is not on it. */
export function winding(points: Points, x: number, y: number): number {
  let turns = 0;
  for (const [index, [bx, by]] of points.entries()) {
    const [ax, ay] = points.at(index - 1) ?? [0, 0];
    const side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
    if (ay <= y && by > y && side > 0) turns += 1;
    if (ay > y && by <= y && side < 0) turns -= 1;
  }
  return turns;
}
