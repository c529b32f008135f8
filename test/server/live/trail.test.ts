import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInTime, isReachable, type Fix } from '../../../server/live/plausible.ts';
import { beganMs, tellOn, type Trail, walkOn } from '../../../server/live/trail.ts';
import { distance, type Position } from '../../../shared/geo.ts';
import { cellGap, coarsePosition } from '../../../shared/geo/grid.ts';
import { coarseDelayMs, hiddenMetres } from '../../../shared/patrols.ts';
import { realPath } from '../../shared/geo/real-data.ts';
import { trackOf } from '../../support/tracks.ts';

const seed = Number(process.env['SEED'] ?? 20_261);
// A way of many steps takes longer to shrink than to read.
const settings = { seed, numRuns: 200, endOnFailure: true };

const metre = 1 / 111_195;
const onFoot = { fastest: 30, mostAccuracy: 100 };
const step = fc.record({
  north: fc.double({ min: -60, max: 60, noNaN: true }),
  east: fc.double({ min: -60, max: 60, noNaN: true }),
  ms: fc.integer({ min: 1000, max: 60_000 }),
});
const walk = fc.record({
  from: fc.record({
    lat: fc.double({ min: -70, max: 70, noNaN: true }),
    lng: fc.constantFrom(-180, -0.000_4, 4.835, 179.999_8),
  }),
  // Straight on for a while, then whatever comes: else nobody gets away from where they began.
  ahead: fc.constantFrom(-1, 0, 1),
  steps: fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }),
});

type Walked = { position: Position; at: number };

function walked({ from, ahead, steps }: typeof walk extends fc.Arbitrary<infer V> ? V : never): Walked[] {
  let at = 1_700_000_000_000;
  let { lat, lng } = from;
  return steps.map(({ north, east, ms }) => {
    at += ms;
    lat += (north + 30 * ahead) * metre;
    lng += (east * metre) / Math.cos((lat * Math.PI) / 180);
    return { position: { lat, lng: ((lng + 540) % 360) - 180 }, at };
  });
}

/** What residents are told, looked at after every position. */
function told(way: readonly Walked[], began = way[0]?.at ?? 0) {
  let trail: Trail | null = null;
  const seen: { cell: Position; at: number; now: number }[] = [];
  for (const { position, at } of way) {
    trail = tellOn(walkOn(trail, position, at, began), at);
    const last = seen.at(-1);
    if (trail.told !== null && (last?.cell !== trail.told.cell || last.at !== trail.told.at))
      seen.push({ ...trail.told, now: at });
  }
  return seen;
}

describe('what residents learn of a way', () => {
  it(`[RN8] is cells, five minutes late, and nothing within 200 m of its first and last place (seed ${seed})`, () => {
    let some = 0;
    fc.assert(
      fc.property(walk, (given) => {
        const way = walked(given);
        const [first] = way;
        for (const { cell, at, now } of told(way)) {
          some += 1;
          expect(coarsePosition(cell)).toEqual(cell);
          expect(now - at).toBeGreaterThanOrEqual(coarseDelayMs);
          // Entered in that minute: nothing of it was made up.
          const entered = way.filter((one) => one.at - (one.at % 60_000) === at);
          const within = entered.filter(({ position }) => cellGap(position, cell) === 0);
          expect(within).not.toEqual([]);
          if (first) expect(distance(first.position, cell)).toBeGreaterThanOrEqual(hiddenMetres);
        }
        // Whenever it ends: the stretch at its end that never leads 200 m away from itself is not told.
        let from = way.length;
        const isNear = (one: Walked) =>
          way.slice(from).every(({ position }) => cellGap(position, one.position) < hiddenMetres);
        for (let one = way[from - 1]; one !== undefined && isNear(one); one = way[from - 1]) from -= 1;
        const since = way[from]?.at ?? Infinity;
        expect(told(way).filter(({ at }) => at >= since)).toEqual([]);
      }),
      settings,
    );
    expect(some).toBeGreaterThan(100);
  });

  it(`[RN8] is the same wherever in their cells somebody walks: many rounds tell no more than one (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        walk,
        fc.array(fc.tuple(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.boolean())),
        (given, noise) => {
          const way = walked(given);
          // Each place becomes another one of the same cell.
          const other = way.map(({ position, at }, i) => {
            const centre = coarsePosition(position);
            const [share = 0.5, away = false] = noise[i] ?? [];
            const shift = away ? 0.000_44 * (share - 0.5) * 2 : 0;
            const moved = { lat: centre.lat + shift, lng: centre.lng };
            return {
              position: cellGap(moved, position) === 0 && sameCell(moved, position) ? moved : position,
              at,
            };
          });
          expect(told(other)).toEqual(told(way));
        },
      ),
      settings,
    );
  });

  it('[RN8] a walk of an hour is told, its end at home for long is not', () => {
    const home = { lat: 45.76, lng: 4.835 };
    const way: Walked[] = [];
    const go = (north: number, seconds: number) => {
      const { position = home, at = 1_700_000_000_000 } = way.at(-1) ?? {};
      way.push({ position: { ...position, lat: position.lat + north * metre }, at: at + seconds * 1000 });
    };
    for (let i = 0; i < 60; i += 1) go(20, 15);
    for (let i = 0; i < 60; i += 1) go(-20, 15);
    // At home for an hour, and the round still runs.
    for (let i = 0; i < 240; i += 1) go(i % 2 === 0 ? 3 : -3, 15);
    const seen = told(way);
    expect(seen.length).toBeGreaterThan(10);
    expect(Math.min(...seen.map(({ cell }) => distance(cell, home)))).toBeGreaterThanOrEqual(hiddenMetres);
    expect(Math.max(...seen.map(({ cell }) => distance(cell, home)))).toBeGreaterThan(1000);

    // Who hears of it on the way does not know where it began, and home may be passed again.
    const heard = way.slice(20);
    const [first] = heard;
    expect(told(heard, way[0]?.at)).toEqual([]);
    expect(told(heard, (first?.at ?? 0) - beganMs).length).toBeGreaterThan(5);
  });
});

const sameCell = (a: Position, b: Position) =>
  JSON.stringify(coarsePosition(a)) === JSON.stringify(coarsePosition(b));

describe('the gap between cells', () => {
  it(`[RN8] is nearer than any two of their places, and grows with them (seed ${seed})`, () => {
    const place = fc.record({
      lat: fc.double({ min: -80, max: 80, noNaN: true }),
      lng: fc.double({ min: -180, max: 180, noNaN: true }),
    });
    const offset = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(place, offset, offset, (a, north, east) => {
        const lng = a.lng + (east * metre) / Math.cos((a.lat * Math.PI) / 180);
        const b = { lat: a.lat + north * metre, lng: ((lng + 540) % 360) - 180 };
        const gap = cellGap(a, b);
        expect(gap).toBeLessThanOrEqual(distance(a, b) * 1.001 + 0.01);
        expect(gap).toBeGreaterThanOrEqual(distance(a, b) - 290);
        expect(cellGap(b, a)).toBeCloseTo(gap, 3);
      }),
      { seed, numRuns: 3000 },
    );
  });
});

describe('recorded walks', () => {
  it.each([
    { name: 'walk-apple-watch', refused: 0 },
    { name: 'walk-missing-hr', refused: 0 },
    { name: 'jog-visnjan', refused: 0 },
    { name: 'run-washington-dc', refused: 0 },
    { name: 'run-friday-evening-long-gap', refused: 0 },
    { name: 'hike-three-days', refused: 0 },
    // Two of its own places are jumps.
    { name: 'mixed-cerknica-lake', refused: 2 },
  ])('[RN6] $name is taken as it was walked, and not when its places jump', ({ name, refused }) => {
    const file = realPath(`tracks/${name}.gpx`);
    if (file === null) return;
    const way = trackOf(file);
    expect(way.length).toBeGreaterThan(10);
    const replay = (fixes: readonly Fix[]) => {
      let last: Fix | null = null;
      let no = 0;
      for (const fix of fixes) {
        if (last !== null && fix.at - last.at < 1000) continue;
        if (last !== null && !isReachable(last, fix, onFoot)) no += 1;
        else last = fix;
      }
      return no;
    };
    const fixes = way.toSorted((a, b) => a.at - b.at).map((fix) => ({ ...fix, accuracy: 10 }));
    expect(replay(fixes)).toBe(refused);
    // Each place but the first a kilometre off, every other time.
    const jumps = fixes.map((fix, i) =>
      i % 2 === 0 ? fix : { ...fix, position: { ...fix.position, lat: fix.position.lat + 0.01 } },
    );
    const dense = fixes.filter((fix, i) => {
      const before = fixes[i - 1];
      return i % 2 === 1 && before !== undefined && fix.at - before.at >= 1000 && fix.at - before.at < 20_000;
    });
    expect(replay(jumps)).toBeGreaterThanOrEqual(Math.floor(dense.length / 2));
  });

  it('[RN6] a clock that is years off is not gone by; the same way on a right one is taken', () => {
    const file = realPath('tracks/hike-mojstrovka-bad-clock.gpx');
    if (file === null) return;
    const way = trackOf(file);
    const now = 1_790_000_000_000;
    expect(way.filter(({ at }) => isInTime(at, now))).toEqual([]);
    const right = way.map(({ position }, i) => ({ position, accuracy: 10, at: now + i * 15_000 }));
    const jumps = right.filter((fix, i) => i > 0 && !isReachable(right[i - 1] ?? fix, fix, onFoot));
    expect(jumps).toEqual([]);
    expect(right.every(({ at }) => isInTime(at - 299_000, at) && !isInTime(at + 301_000, at))).toBe(true);
  });
});
