import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bboxContains, distance, type Position } from '../../../shared/geo.ts';
import { coarseCell, coarseMetres, coarsePosition, coarseReach } from '../../../shared/geo/grid.ts';
import { seed } from './shapes.ts';

const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
});
// Where rows and columns meet, and where the earth's own seams are.
const edges: fc.Arbitrary<Position> = fc
  .record({
    row: fc.integer({ min: 0, max: 200_000 }),
    lng: fc.constantFrom(-180, 180, 0, -179.999_999_9, 179.999_999_9),
    off: fc.constantFrom(0, 1e-9, -1e-9),
  })
  .map(({ row, lng, off }) => ({ lat: Math.max(-90, Math.min(90, row * 0.0009 - 90 + off)), lng }));
const seams = fc.constantFrom<Position>(
  { lat: 90, lng: 0 },
  { lat: -90, lng: 180 },
  { lat: 89.9999, lng: -180 },
  { lat: 0, lng: 180 },
  { lat: -17, lng: -180 },
);
const position = fc.oneof(anywhere, edges, seams);

const settings = { seed, numRuns: 4000 };

describe('the coarse grid', () => {
  it('[PD1] snapping twice is snapping once', () => {
    fc.assert(
      fc.property(position, (at) => {
        const snapped = coarsePosition(at);
        expect(coarsePosition(snapped)).toEqual(snapped);
        expect(coarseCell(snapped)).toEqual(coarseCell(at));
      }),
      settings,
    );
  });

  it('[PD1] all points of one cell are told as the same place, the cell holds each of them', () => {
    const share = fc.double({ min: 0.000_01, max: 0.999_99, noNaN: true });
    fc.assert(
      fc.property(position, share, share, (at, x, y) => {
        const cell = coarseCell(at);
        const other = {
          lat: cell.south + (cell.north - cell.south) * y,
          lng: cell.west + (cell.east - cell.west) * x,
        };
        expect(coarsePosition(other)).toEqual(coarsePosition(at));
        expect(bboxContains(cell, other)).toBe(true);
        expect(bboxContains(cell, coarsePosition(at))).toBe(true);
        expect(cell.west).toBeLessThan(cell.east);
      }),
      settings,
    );
  });

  it('[PD1] nothing is moved further than half the diagonal', () => {
    fc.assert(
      fc.property(position, (at) => {
        expect(distance(at, coarsePosition(at))).toBeLessThanOrEqual(coarseReach);
      }),
      settings,
    );
  });

  it('[PD1] where people live a cell is about 100 m high and wide', () => {
    for (const lat of [0, 17, -34, 45.76, 60, -64, 70]) {
      const { west, south, east, north } = coarseCell({ lat, lng: 4.8 });
      const high = distance({ lat: south, lng: west }, { lat: north, lng: west });
      const wide = distance({ lat, lng: west }, { lat, lng: east });
      for (const side of [high, wide]) expect(Math.abs(side - coarseMetres)).toBeLessThan(0.5);
    }
  });

  it('[PD1] ±180° is one place, and no cell goes across it', () => {
    for (const lat of [-90, -17.3, 0, 66, 90]) {
      expect(coarseCell({ lat, lng: 180 })).toEqual(coarseCell({ lat, lng: -180 }));
      const last = coarseCell({ lat, lng: 179.999_999_99 });
      expect(last.east).toBeCloseTo(180, 9);
      expect(last.west).toBeLessThan(180);
    }
  });

  it('[PD1] a cell is where it is for ever', () => {
    // Written down: another grid would show old and new reports from one home side by side.
    expect(coarsePosition({ lat: 45.76, lng: 4.835 })).toEqual({ lat: 45.76005, lng: 4.834933 });
    expect(coarsePosition({ lat: -36.8485, lng: 174.7633 })).toEqual({ lat: -36.84825, lng: 174.76296 });
  });
});
