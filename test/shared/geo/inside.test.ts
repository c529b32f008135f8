import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance } from '../../../shared/geo.ts';
import { contains, distanceToBoundary, isWithin, prepareBoundary } from '../../../shared/geo/inside.ts';
import { boundaryOf, jagged, type Points, polygon, seed, square, winding } from './shapes.ts';

const prepared = (...rings: Points[]) => prepareBoundary(boundaryOf(polygon(...rings)));

describe('inside', () => {
  test('[GE14] edges and vertices are inside, a hole is outside, and the hole’s own edge is inside', () => {
    const place = prepared(square(2, 48, 1), square(2.25, 48.25, 0.5));
    for (const [lng, lat] of [
      [2, 48],
      [2.5, 48],
      [3, 48.5],
      [2.1, 48.1],
      [2.25, 48.5],
      [2.25, 48.25],
    ] as const) {
      expect(contains(place, { lng, lat })).toBe(true);
    }
    for (const [lng, lat] of [
      [2.5, 48.5],
      [1.9999999999, 48.5],
      [2.5, 49.0000000001],
      [2.2500000001, 48.5],
    ] as const) {
      expect(contains(place, { lng, lat })).toBe(false);
    }
  });

  test(`[GE15] the answer is the plain winding rule’s, here and half the earth further on (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        jagged(60),
        fc.array(fc.tuple(fc.nat(999_999), fc.nat(999_999)), { minLength: 50, maxLength: 50, size: 'max' }),
        (ring, dice) => {
          const here = prepared(ring);
          const there = prepared(ring.map(([lng, lat]) => [lng + 180, lat]));
          const [west, south] = [Math.min(...ring.map(([x]) => x)), Math.min(...ring.map(([, y]) => y))];
          const [east, north] = [Math.max(...ring.map(([x]) => x)), Math.max(...ring.map(([, y]) => y))];
          const onGrid = (value: number) => Math.round(value * 1e6) / 1e6;
          for (const [a, b] of dice) {
            const lng = onGrid(west + ((east - west) * a) / 1e6);
            const lat = onGrid(south + ((north - south) * b) / 1e6);
            const inside = contains(here, { lng: lng > 180 ? lng - 360 : lng, lat });
            if (distanceToLine(ring, lng, lat) < 1e-9) continue;
            expect(inside).toBe(winding(ring, lng, lat) !== 0);
            const far = lng + 180 > 180 ? lng - 180 : lng + 180;
            expect(contains(there, { lng: far, lat })).toBe(inside);
          }
          for (const [lng, lat] of ring)
            expect(contains(here, { lng: lng > 180 ? lng - 360 : lng, lat })).toBe(true);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  test('[GE16] 10,000 questions to a shape of 9,000 vertices', () => {
    const ring: Points = Array.from({ length: 9_000 }, (_, index) => {
      const angle = (index / 9_000) * 2 * Math.PI;
      const reach = 0.1 + 0.001 * Math.sin(index * 0.9);
      return [2 + reach * Math.cos(angle), 48 + reach * Math.sin(angle)];
    });
    const place = prepared(ring);
    let inside = 0;
    for (let index = 0; index < 10_000; index += 1) {
      const position = {
        lng: 1.85 + 0.3 * ((index * 0.754877666) % 1),
        lat: 47.85 + 0.3 * ((index * 0.569840291) % 1),
      };
      if (isWithin(place, position, 500)) inside += 1;
    }
    // A disc of 0.1 degrees (and 500 m) in a square of 0.3.
    expect(inside / 10_000).toBeGreaterThan(0.34);
    expect(inside / 10_000).toBeLessThan(0.41);
  });
});

describe('distance', () => {
  test('[GE17] it is 0 inside and the metres to the nearest edge outside, also across the antimeridian', () => {
    const place = prepared(square(2, 48, 1));
    expect(distanceToBoundary(place, { lng: 2.5, lat: 48.5 })).toBe(0);
    expect(distanceToBoundary(place, { lng: 2.5, lat: 47.99 })).toBeCloseTo(1111.95, 1);
    expect(distanceToBoundary(place, { lng: 1.99, lat: 48 })).toBeCloseTo(
      distance({ lng: 1.99, lat: 48 }, { lng: 2, lat: 48 }),
      3,
    );
    const fiji = prepared([
      [179, -17],
      [180, -17],
      [180, -16],
      [179, -16],
    ]);
    const near = { lng: -179.999, lat: -16.5 };
    expect(distanceToBoundary(fiji, near)).toBeCloseTo(distance(near, { lng: 180, lat: -16.5 }), 3);
    expect(isWithin(fiji, near, 500)).toBe(true);
    expect(isWithin(fiji, { lng: -179.99, lat: -16.5 }, 500)).toBe(false);
    const farther = distanceToBoundary(place, { lng: -120, lat: 30 });
    expect(farther).toBeGreaterThan(8_500_000);
    expect(farther).toBeLessThan(9_600_000);
  });

  test(`[GE18] “within 500 m” agrees with the distance, and the distance with every edge measured (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        jagged(40),
        fc.double({ min: -0.6, max: 0.6, noNaN: true }),
        fc.double({ min: -0.6, max: 0.6, noNaN: true }),
        fc.nat(),
        (ring, dx, dy, pick) => {
          const [lng0 = 0, lat0 = 0] = ring[pick % ring.length] ?? [];
          const position = { lng: Math.max(-179.9, Math.min(179.9, lng0 + dx / 20)), lat: lat0 + dy / 20 };
          const place = prepared(ring);
          const metres = distanceToBoundary(place, position);
          for (const limit of [500, metres * 0.999, metres * 1.001]) {
            expect(isWithin(place, position, limit)).toBe(metres <= limit);
          }
          if (metres === 0) return;
          const measured = Math.min(
            ...ring.flatMap((b, index) => {
              const a = ring.at(index - 1) ?? b;
              return Array.from({ length: 201 }, (_, step) =>
                distance(position, {
                  lng: a[0] + ((b[0] - a[0]) * step) / 200,
                  lat: a[1] + ((b[1] - a[1]) * step) / 200,
                }),
              );
            }),
          );
          // The samples are up to 1/400 of an edge (a degree at most) off the nearest point.
          expect(metres).toBeLessThanOrEqual(measured * 1.001);
          expect(Math.hypot(metres, 400)).toBeGreaterThan(measured * 0.995);
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});

function distanceToLine(ring: Points, x: number, y: number): number {
  return Math.min(
    ...ring.map(([bx, by], index) => {
      const [ax, ay] = ring.at(index - 1) ?? [bx, by];
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const t = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
      return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
    }),
  );
}
