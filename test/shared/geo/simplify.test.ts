import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf, parseBoundary } from '../../../shared/geo/boundary.ts';
import { contains, prepareBoundary } from '../../../shared/geo/inside.ts';
import { displayGeometry } from '../../../shared/geo/simplify.ts';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';
import { boundaryOf, jagged, multi, type Points, polygon, seed, square } from './shapes.ts';

const ringsIn = (geometry: BoundaryGeometry) =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
const positionsIn = (geometry: BoundaryGeometry) =>
  ringsIn(geometry).reduce((sum, ring) => sum + ring.length, 0);

test(`[GE19] the display shape has at most the positions wanted, six decimals, and no ring crosses (seed ${seed})`, () => {
  fc.assert(
    fc.property(jagged(400), fc.integer({ min: 8, max: 200 }), (ring, most) => {
      const drawn = displayGeometry(boundaryOf(polygon(ring)), most);
      expect(positionsIn(drawn)).toBeLessThanOrEqual(most);
      for (const value of ringsIn(drawn).flat(2)) expect(Math.round(value * 1e6) / 1e6).toBe(value);
      const again = parseBoundary(drawn);
      expect(again).toMatchObject({ ok: true, boundary: { parts: [{ holes: [] }] } });
    }),
    { seed, numRuns: 200 },
  );
});

test('[GE20] the display shape of a jagged coast answers nearly as the exact one', () => {
  const coast: Points = Array.from({ length: 9_000 }, (_, index) => {
    const angle = (index / 9_000) * 2 * Math.PI;
    const reach = 0.1 + 0.02 * Math.sin(angle * 7) + 0.0002 * Math.sin(index * 0.9);
    return [2 + reach * Math.cos(angle), 48 + reach * Math.sin(angle)];
  });
  const exact = boundaryOf(polygon(coast));
  const drawn = displayGeometry(exact);
  expect(positionsIn(drawn)).toBeLessThanOrEqual(500);
  const [a, b] = [prepareBoundary(exact), prepareBoundary(boundaryOf(drawn))];
  let differ = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const position = {
      lng: 1.85 + 0.3 * ((index * 0.754877666) % 1),
      lat: 47.85 + 0.3 * ((index * 0.569840291) % 1),
    };
    if (contains(a, position) !== contains(b, position)) differ += 1;
  }
  expect(differ / 10_000).toBeLessThan(0.005);
});

test('[GE21] tiny parts and holes go last, the largest part never', () => {
  const islands = Array.from({ length: 300 }, (_, index) => [
    square(3 + index * 0.01, 48, 0.001 + index * 1e-6),
  ]);
  const drawn = displayGeometry(boundaryOf(multi([square(2, 48, 0.5), square(2.1, 48.1, 0.2)], ...islands)));
  expect(positionsIn(drawn)).toBeLessThanOrEqual(500);
  // 500 positions hold 125 triangles: as many islands as fit stay, the smallest go.
  const { parts } = boundaryOf(drawn);
  expect(parts.length).toBeGreaterThan(80);
  expect(parts.find(({ holes }) => holes.length === 1)?.edge).toHaveLength(4);
  expect(boundsOf(boundaryOf(drawn)).east).toBeCloseTo(3 + 299 * 0.01 + 0.0013, 5);
  const few = displayGeometry(boundaryOf(multi([square(2, 48, 0.5)], ...islands)), 10);
  expect(boundsOf(boundaryOf(few)).west).toBe(2);
  // All of one size: some must go all the same.
  const alike = Array.from({ length: 300 }, (_, index) => [square(index / 128, 48, 1 / 256)]);
  const some = boundaryOf(displayGeometry(boundaryOf(multi(...alike))));
  expect(some.parts.length).toBeGreaterThan(80);
  expect(some.parts.length).toBeLessThanOrEqual(125);
});

test('[GE22] a shape finer than the rounding still gives a valid shape or is left as it is', () => {
  const tiny = boundaryOf(polygon(square(2, 48, 1e-7)));
  expect(parseBoundary(displayGeometry(tiny)).ok).toBe(true);
  // Two edges a hundredth of the rounding apart: rounded, they lie on one another.
  const sliver = boundaryOf(
    polygon([
      [2, 48],
      [3, 48],
      [3, 48.5],
      [2.5, 48.00000001],
      [2, 48.5],
    ]),
  );
  expect(parseBoundary(displayGeometry(sliver)).ok).toBe(true);
});
