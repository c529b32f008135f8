import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, parseBoundary } from '../../../shared/geo/boundary.ts';
import { contains, prepareBoundary } from '../../../shared/geo/inside.ts';
import { signedArea } from '../../../shared/geo/ring.ts';
import { boundaryOf, line, type Points, polygon, refusal, seed, square, winding } from './shapes.ts';

describe('rings that cross or touch', () => {
  test('[GE7] a ring that crosses itself is refused and the place named', () => {
    expect(refusal(polygon(line('2 48, 3 49, 3 48, 2 49')))).toBe('crosses itself near 48.5, 2.5');
    expect(refusal(polygon(square(2, 48, 1), square(2.5, 48.5, 1)))).toMatch(
      /^has a hole that crosses its edge near /u,
    );
    // Through one of its own vertices: an eight, a curl within the ring, and the same way twice.
    expect(refusal(polygon(line('0 0, 2 0, 1 1, 0 2, 2 2, 1 1')))).toBe('crosses itself near 1, 1');
    expect(refusal(polygon(line('0 0, 9 0, 9 9, 0 9, 0 0, 2 1, 1 2')))).toBe('crosses itself near 0, 0');
    expect(refusal(polygon(line('0 0, 1 0, 1 1, 0 0, 1 0, 1 1')))).toBe('crosses itself near 0, 0');
  });

  test('[GE8] a ring that only touches itself is resolved: a bay becomes a hole, a cape a part, a spike nothing', () => {
    const bay = boundaryOf(polygon(line('0 0, 9 0, 9 9, 0 9, 0 0, 1 2, 2 1')));
    expect(bay.parts.map(({ holes }) => holes.length)).toEqual([1]);
    const cape = boundaryOf(polygon(line('0 0, 2 0, 2 2, 3 3, 2.5 3, 2 2, 0 2')));
    expect(new Set(cape.parts.map(({ edge }) => edge.length))).toEqual(new Set([3, 4]));
    const spike = boundaryOf(polygon(line('0 0, 2 0, 2 1, 5 1, 2 1, 2 2, 0 2')));
    expect(spike.parts).toHaveLength(1);
    expect(boundsOf(spike)).toEqual({ west: 0, south: 0, east: 2, north: 2 });
    // A spike that passes through the edge on its way there and on its way back, begun within it.
    const through = boundaryOf(polygon(line('0 1, 1 2, 0 2, 0 0, 3 2, 0 1, 3 2, 0 0')));
    expect(through.parts).toEqual([{ edge: line('0 1, 1 2, 0 2'), holes: [] }]);
    // A vertex on the inside of another edge.
    const touching = boundaryOf(polygon(line('0 0, 4 0, 4 4, 2 0, 0 4')));
    expect(touching.parts).toHaveLength(2);
  });

  test(`[GE9] accepted exactly if no edges cross and the ring winds once around all it holds; inside is what it winds around (seed ${seed})`, () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 9 }), (ring: Points) => {
        const samples = faces(ring).map(([x, y]) => ({ x, y, turns: winding(ring, x, y) }));
        const turns = new Set(samples.map(({ turns }) => turns));
        const simple =
          [...turns].every((n) => n === 0 || n === 1) || [...turns].every((n) => n === 0 || n === -1);
        const result = parseBoundary(polygon(ring));
        const expected = simple && !crosses(ring);
        if (!turns.has(1) && !turns.has(-1)) expect(result.ok).toBe(false);
        else expect([result.ok, ring]).toEqual([expected, ring]);
        if (!result.ok) return;
        accepted += 1;
        const prepared = prepareBoundary(result.boundary);
        for (const { x, y, turns } of samples)
          expect(contains(prepared, { lng: x, lat: y })).toBe(turns !== 0);
        for (const { edge, holes } of result.boundary.parts) {
          expect(signedArea(edge)).toBeGreaterThan(0);
          for (const hole of holes) expect(signedArea(hole)).toBeLessThan(0);
        }
      }),
      { seed, numRuns: 8_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  test('[GE10] 100,000 vertices are checked, and a comb made to be slow is given up', () => {
    const many: Points = Array.from({ length: 100_000 }, (_, index) => {
      const angle = (index / 100_000) * 2 * Math.PI;
      const reach = 0.1 + 0.00001 * Math.sin(index * 0.7);
      return [2 + reach * Math.cos(angle), 48 + reach * Math.sin(angle)];
    });
    // Quadratic work on either would outlast the test's time.
    expect(refusal(polygon(many))).toBe('accepted');
    const comb: Points = Array.from({ length: 50_000 }, (_, index) =>
      index % 2 === 0 ? [2 + index / 1e6, 48] : [3 + index / 1e6, 49],
    );
    expect(refusal(polygon([...comb, [9, 48.5], [9, 47]]))).toMatch(/intricate|crosses/u);
  });
});

/** Whether two edges cross in the inside of both; exact, as these rings are on whole numbers. */
function crosses(ring: Points): boolean {
  const side = (a: Points[number], b: Points[number], p: Points[number]) =>
    Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (p[0] - a[0]) * (b[1] - a[1]));
  const edges = ring.map((b, index) => [ring.at(index - 1) ?? b, b] as const);
  return edges.some(([a, b]) =>
    edges.some(([c, d]) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0),
  );
}

/** A point close to either side of every piece of every edge: at least one in every face that the ring makes. */
function faces(ring: Points): Points {
  const edges = ring.map((b, index) => [ring.at(index - 1) ?? b, b] as const);
  const points: Points = [];
  for (const [[ax, ay], [bx, by]] of edges) {
    if (ax === bx && ay === by) continue;
    const cuts = [0, 1];
    for (const [[cx, cy], [dx, dy]] of edges) {
      const area = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
      if (area !== 0) cuts.push(((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / area);
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      for (const [px, py] of [
        [cx, cy],
        [dx, dy],
      ] as Points)
        cuts.push(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length);
    }
    const sorted = cuts.filter((t) => t >= 0 && t <= 1).toSorted((p, q) => p - q);
    for (const [index, t] of sorted.entries()) {
      const middle = (t + (sorted[index + 1] ?? t)) / 2;
      if (middle - t < 1e-6) continue;
      const [x, y] = [ax + middle * (bx - ax), ay + middle * (by - ay)];
      for (const side of [1e-5, -1e-5]) points.push([x + side * (by - ay), y - side * (bx - ax)]);
    }
  }
  return points;
}
