import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, type Position } from '../../shared/geo.ts';
import { areaSlack, coarsened, prepareShape } from '../../shared/geo/area.ts';
import { coarsePosition } from '../../shared/geo/grid.ts';
import { Category, Severity } from '../../shared/incidents.ts';
import {
  type Area,
  Choice,
  type Hours,
  type Preferences,
  type Shape,
  usualPreferences,
} from '../../shared/preferences.ts';
import { type Happening, inHours, nextDigest, quietUntil, wants } from '../../shared/wanted.ts';
import { Compact } from '../../server/push/preferences/compact.ts';

// One seed: a run is about what was changed, and not about the dice. Whoever looks for more sets SEED to others.
const seed = Number(process.env['SEED'] ?? 20_262);
function check<Ts>(property: fc.IProperty<Ts>, numRuns = 100): void {
  fc.assert(property, { seed, numRuns });
}

const metresPerDegree = 111_195;
const onEarth = (lng: number) => ((((lng + 180) % 360) + 360) % 360) - 180;

/** So many metres from a position in a direction, by spherical trigonometry and not as the product measures. */
function beside({ lat, lng }: Position, metres: number, direction: number): Position {
  const radians = Math.PI / 180;
  const angle = metres / 6_371_008.8;
  const from = lat * radians;
  const to = Math.asin(
    Math.sin(from) * Math.cos(angle) + Math.cos(from) * Math.sin(angle) * Math.cos(direction),
  );
  const turn = Math.atan2(
    Math.sin(direction) * Math.sin(angle) * Math.cos(from),
    Math.cos(angle) - Math.sin(from) * Math.sin(to),
  );
  return { lat: to / radians, lng: onEarth(lng + turn / radians) };
}

const direction = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
/** Anywhere that people live, and on both sides of the antimeridian more often than elsewhere. */
const place = fc.record({
  lat: fc.double({ min: -70, max: 70, noNaN: true }),
  lng: fc.oneof(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: 179.98, max: 180.02, noNaN: true }).map(onEarth),
  ),
});

const squareAround = ({ lat, lng }: Position, metres: number): [number, number][] => {
  const high = metres / metresPerDegree;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  const corners: [number, number][] = [
    [lng - wide, lat - high],
    [lng + wide, lat - high],
    [lng + wide, lat + high],
    [lng - wide, lat + high],
  ];
  return [...corners, corners[0] ?? [0, 0]];
};

const happening = (over: Partial<Happening> = {}): Happening => ({
  ...{ category: 'theft', severity: 'moderate', position: { lat: 45.76, lng: 4.835 }, coarse: false },
  sos: false,
  ...over,
});
const area = (shape: Shape, over: Partial<Area> = {}): Area => ({
  ...{ name: 'home', shape, categories: null, leastSeverity: 'minor', hours: null },
  ...over,
});
const preferences = (over: Partial<Preferences> = {}): Preferences => ({
  ...usualPreferences('Europe/Paris'),
  ...over,
});
const noon = Date.parse('2026-06-15T12:00:00Z');

describe('places', () => {
  it('[WI2] a circle ends where its radius does, also beside the antimeridian', () => {
    check(
      fc.property(place, fc.integer({ min: 50, max: 5000 }), direction, (centre, radius, towards) => {
        const { holds } = prepareShape({ kind: 'circle', centre, radius });
        expect(holds(beside(centre, radius * 0.995 - 1, towards), 0)).toBe(true);
        expect(holds(beside(centre, radius * 1.005 + 1, towards), 0)).toBe(false);
      }),
    );
  });

  it('[WI2] a way is as wide as was said on both sides, and goes the shorter way around the earth', () => {
    check(
      fc.property(
        place,
        direction,
        fc.integer({ min: 20, max: 1000 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (from, towards, width, part) => {
          const length = 3000;
          const to = beside(from, length, towards);
          const { holds } = prepareShape({ kind: 'line', points: [from, to], width });
          const on = beside(from, length * part, towards);
          for (const side of [Math.PI / 2, -Math.PI / 2]) {
            expect(holds(beside(on, (width / 2) * 0.98 - 2, towards + side), 0)).toBe(true);
            expect(holds(beside(on, (width / 2) * 1.02 + 2, towards + side), 0)).toBe(false);
          }
        },
      ),
    );
  });

  it('[WI2] a hole in a place is outside, and its edge is not', () => {
    check(
      fc.property(
        place,
        fc.double({ min: 400, max: 2000, noNaN: true }),
        direction,
        (centre, half, towards) => {
          const geometry = {
            type: 'Polygon' as const,
            coordinates: [squareAround(centre, half), squareAround(centre, half / 2)],
          };
          const { holds } = prepareShape({ kind: 'polygon', geometry });
          expect(holds(centre, 0)).toBe(false);
          expect(holds(centre, half / 2 - 10)).toBe(false);
          expect(holds(centre, half / 2 + 10)).toBe(true);
          expect(holds(beside(centre, half * 0.75, (Math.round(towards) * Math.PI) / 2), 0)).toBe(true);
          expect(holds(beside(centre, half * 1.6, towards), 0)).toBe(false);
        },
      ),
    );
  });

  const shapes: fc.Arbitrary<Shape> = fc.oneof(
    fc.record({
      ...{ kind: fc.constant('circle' as const), centre: place },
      radius: fc.integer({ min: 50, max: 800 }),
    }),
    fc
      .tuple(
        place,
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), direction), { minLength: 1, maxLength: 5 }),
      )
      .chain(([from, steps]) =>
        fc.record({
          kind: fc.constant('line' as const),
          points: fc.constant<Position[]>([
            from,
            ...steps.map(([metres, towards]) => beside(from, metres, towards)),
          ]),
          width: fc.integer({ min: 20, max: 400 }),
        }),
      ),
    fc.tuple(place, fc.double({ min: 20, max: 900, noNaN: true })).map(([centre, half]) => ({
      kind: 'polygon' as const,
      geometry: { type: 'Polygon' as const, coordinates: [squareAround(centre, half)] },
    })),
  );

  it('[WI3] each kept point is the middle of a cell of 100 m, and keeping it again changes nothing', () => {
    check(
      fc.property(shapes, (shape) => {
        const kept = coarsened(shape);
        if (kept === null) throw new Error('nothing is left');
        const points: Position[] =
          kept.kind === 'circle'
            ? [kept.centre]
            : kept.kind === 'line'
              ? kept.points
              : (kept.geometry.coordinates.flat(2) as number[][]).map(([lng = 0, lat = 0]) => ({
                  ...{ lat, lng: onEarth(lng) },
                }));
        for (const point of points) expect(distance(point, coarsePosition(point))).toBeLessThan(0.2);
        expect(coarsened(kept)).toEqual(kept);
      }),
    );
  });

  it('[WI3] of what lies in the place as it was drawn, the kept one misses nothing', () => {
    check(
      fc.property(shapes, direction, fc.integer({ min: 0, max: 1500 }), (shape, towards, metres) => {
        const kept = coarsened(shape);
        if (kept === null) throw new Error('nothing is left');
        const ring = shape.kind === 'polygon' ? (shape.geometry.coordinates[0] as number[][]) : [];
        const [lng = 0, lat = 0] = ring[0] ?? [];
        const corner = { lat, lng: onEarth(lng) };
        const first =
          shape.kind === 'circle' ? shape.centre : shape.kind === 'line' ? shape.points[0] : corner;
        const at = beside(first ?? corner, metres, towards);
        if (prepareShape(shape).holds(at, 0)) expect(prepareShape(kept).holds(at, areaSlack)).toBe(true);
      }),
      400,
    );
  });

  it('[WI3] what may have happened anywhere in its cell counts as near where the cell is', () => {
    const centre = coarsePosition({ lat: 45.76, lng: 4.835 });
    const home = preferences({ choice: 'near', areas: [area({ kind: 'circle', centre, radius: 100 })] });
    const position = beside(centre, 100 + 1.5 * areaSlack, 1);
    expect(wants(home, happening({ position, coarse: true }), noon)).toBe(true);
    expect(wants(home, happening({ position, coarse: false }), noon)).toBe(false);
  });
});

describe('choices', () => {
  const far = { lat: 45.7, lng: 4.7 };
  const home = area(
    { kind: 'circle', centre: { lat: 45.76, lng: 4.835 }, radius: 200 },
    { leastSeverity: 'moderate' },
  );
  const rows: [Choice, Record<Severity, [near: boolean, far: boolean]>][] = [
    ['all', { minor: [true, true], moderate: [true, true], severe: [true, true], extreme: [true, true] }],
    ['near', { minor: [false, false], moderate: [true, false], severe: [true, true], extreme: [true, true] }],
    [
      'emergencies',
      { minor: [false, false], moderate: [false, false], severe: [false, false], extreme: [true, true] },
    ],
  ];
  it.each(rows)('[WI1] %s', (choice, row) => {
    const chosen = preferences({ choice, areas: [home] });
    for (const severity of Severity.options) {
      const found = [home.shape.kind === 'circle' ? home.shape.centre : far, far].map((position) =>
        wants(chosen, happening({ severity, position }), noon),
      );
      expect([severity, found]).toEqual([severity, row[severity]]);
      expect(wants(chosen, happening({ severity, position: far, sos: true }), noon)).toBe(true);
    }
  });

  it('[WI2] a place asks for its kinds, its severity and its hours', () => {
    const inPlace = happening({ position: { lat: 45.76, lng: 4.835 } });
    const chosen = (over: Partial<Area>) => preferences({ choice: 'near', areas: [{ ...home, ...over }] });
    expect(wants(chosen({ categories: ['theft'] }), inPlace, noon)).toBe(true);
    expect(wants(chosen({ categories: ['fire', 'noise'] }), inPlace, noon)).toBe(false);
    expect(wants(chosen({ leastSeverity: 'severe' }), inPlace, noon)).toBe(false);
    // 14:00 in Paris.
    expect(wants(chosen({ hours: { from: 14 * 60, to: 15 * 60 } }), inPlace, noon)).toBe(true);
    expect(wants(chosen({ hours: { from: 12 * 60, to: 13 * 60 } }), inPlace, noon)).toBe(false);
  });
});

describe('hours', () => {
  const hours: fc.Arbitrary<Hours> = fc
    .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 1439 }))
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => ({ from, to }));
  const zones = fc.constantFrom(
    ...['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'],
  );
  /** Around both changes of the clocks in the north and the south, and at any time. */
  const moments = fc.oneof(
    fc.constantFrom(Date.parse('2026-03-29T01:00:00Z'), Date.parse('2026-10-25T01:00:00Z'), noon),
    fc.constantFrom(Date.parse('2026-03-08T07:00:00Z'), Date.parse('2026-11-01T06:00:00Z')),
    fc.constantFrom(Date.parse('2026-04-04T15:00:00Z'), Date.parse('2026-10-03T15:30:00Z')),
  );
  const around = fc
    .tuple(moments, fc.integer({ min: -36 * 60, max: 36 * 60 }))
    .map(([at, minutes]) => at + minutes * 60_000);

  /** The minute of the day as `Intl` writes it. */
  function clock(at: number, timeZone: string): number {
    const [hour = 0, minute = 0] = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    })
      .format(at)
      .split(':')
      .map(Number);
    return hour * 60 + minute;
  }

  it('[WI7] hold by the clock on the wall, across midnight and both changes of the clocks', () => {
    check(
      fc.property(hours, zones, around, (quiet, timeZone, at) => {
        const minute = clock(at, timeZone);
        const within = Array.from({ length: 1440 }, (_, i) => (quiet.from + i) % 1440)
          .slice(0, (quiet.to - quiet.from + 1440) % 1440)
          .includes(minute);
        expect(inHours(quiet, minute)).toBe(within);
        const until = quietUntil(preferences({ quiet, timeZone }), at);
        expect(until !== null).toBe(within);
        if (until !== null) {
          expect(until).toBeGreaterThan(at);
          // An hour that was leapt over, or came twice, moves the end by as much.
          expect(until - at).toBeLessThanOrEqual(25 * 3600_000);
        }
      }),
      250,
    );
  });

  it.each([
    ['Europe/Paris', '2026-10-25T01:00Z', 150, '2026-10-25T01:30Z'],
    ['Europe/Paris', '2026-10-25T00:15Z', 150, '2026-10-25T00:30Z'],
    ['Europe/Paris', '2026-10-25T01:30Z', 150, '2026-10-26T01:30Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:05Z', 100, '2026-04-04T15:10Z'],
    // There the day before begins once more.
    ['Asia/Beirut', '2026-10-24T21:10Z', 23 * 60 + 30, '2026-10-24T21:30Z'],
  ])('[WI7] [WI8] in %s at %s minute %i comes next at %s', (timeZone, at, to, next) => {
    const quiet = { from: (to + 720) % 1440, to };
    expect(new Date(nextDigest({ quiet, timeZone }, Date.parse(at)))).toEqual(new Date(next));
  });

  it('[WI8] the digest comes at the end of them, once between two nights', () => {
    check(
      fc.property(hours, zones, around, (quiet, timeZone, at) => {
        const next = nextDigest({ quiet, timeZone }, at);
        expect(next).toBeGreaterThan(at);
        expect(next - at).toBeLessThanOrEqual(25 * 3600_000);
        const shown = clock(next, timeZone);
        const leapt = [30, 60].some((minutes) => shown === (quiet.to + minutes) % 1440);
        expect(shown === quiet.to || leapt).toBe(true);
      }),
      250,
    );
  });
});

describe('many members', () => {
  it('[WI13] the index finds exactly those whom asking each member finds', () => {
    const spot = fc
      .tuple(fc.integer({ min: 0, max: 2000 }), direction)
      .map(([metres, towards]) => beside({ lat: -16.8, lng: 180 }, metres, towards));
    const member = fc.record({
      choice: fc.constantFrom(...Choice.options),
      timeZone: fc.constantFrom('Pacific/Fiji', 'UTC'),
      areas: fc.array(
        fc.record({
          centre: spot,
          radius: fc.integer({ min: 50, max: 900 }),
          leastSeverity: fc.constantFrom(...Severity.options),
          categories: fc.option(fc.subarray([...Category.options], { minLength: 1 })),
          hours: fc.option(
            fc.record({ from: fc.integer({ min: 0, max: 700 }), to: fc.integer({ min: 701, max: 1439 }) }),
          ),
        }),
        { maxLength: 3 },
      ),
    });
    const event = fc.record({
      position: spot,
      severity: fc.constantFrom(...Severity.options),
      category: fc.constantFrom(...Category.options),
      coarse: fc.boolean(),
    });
    check(
      fc.property(fc.array(member, { maxLength: 30 }), event, (members, over) => {
        const compact = new Compact();
        const chosen = members.map(({ areas, ...rest }) =>
          preferences({
            ...rest,
            areas: areas.map(({ centre, radius, ...how }) => area({ kind: 'circle', centre, radius }, how)),
          }),
        );
        for (const [i, one] of chosen.entries()) compact.set(`member ${i}`, one);
        const isWanted = compact.wanting(happening(over), noon);
        for (const [i, one] of chosen.entries())
          expect(isWanted(`member ${i}`)).toBe(wants(one, happening(over), noon));
        expect(isWanted('somebody who chose nothing')).toBe(true);
      }),
    );
  });
});
