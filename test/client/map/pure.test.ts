import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBoundaryFile } from '../../../client/map/boundary-file.ts';
import { byUrgency, IncidentIndex, type Pin } from '../../../client/map/incident-index.ts';
import { nearTo, onEarth, toBbox } from '../../../client/map/longitudes.ts';
import { areaOf, crossesItself, draw, type Drawing, emptyOutline } from '../../../client/map/outline.ts';
import { geometryOfOutline, outlineOf, type Stroke } from '../../../client/map/outline.ts';
import { shapeOf } from '../../../client/map/shape.ts';
import { bboxContains } from '../../../shared/geo.ts';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';
import { incident, seeded } from './incidents.ts';

const box = (west: number, south: number, east: number, north: number): number[][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

describe('longitudes', () => {
  test('[MA15] a longitude is brought beside the map, and back to the earth, without leaving its meridian', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -180, max: 180 }),
        fc.integer({ min: -900, max: 900 }),
        (lng, reference) => {
          const shown = nearTo(reference, lng);
          expect(Math.abs(shown - reference)).toBeLessThanOrEqual(180);
          expect(Math.abs(onEarth(shown))).toBeLessThanOrEqual(180);
          expect(((((shown - lng) % 360) + 360) % 360) + 0).toBe(0);
        },
      ),
    );
  });

  test('[MA15] the box of a view holds what the view shows, across the antimeridian too', () => {
    expect(toBbox({ west: 178, south: -20, east: 182, north: -15 })).toEqual({
      west: 178,
      south: -20,
      east: -178,
      north: -15,
    });
    expect(toBbox({ west: -182, south: -20, east: -178, north: -15 })).toEqual({
      west: 178,
      south: -20,
      east: -178,
      north: -15,
    });
    expect(toBbox({ west: -200, south: -99, east: 200, north: 99 })).toEqual({
      west: -180,
      south: -90,
      east: 180,
      north: 90,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -720, max: 720 }),
        fc.integer({ min: 1, max: 359 }),
        fc.integer({ min: 0, max: 100 }),
        (west, width, part) => {
          const lng = west + (width * part) / 100;
          const bbox = toBbox({ west, south: -1, east: west + width, north: 1 });
          expect(bboxContains(bbox, { lat: 0, lng: onEarth(lng) })).toBe(true);
        },
      ),
    );
  });
});

describe('shapes', () => {
  test('[MA15] a boundary cut at the antimeridian is laid out in one piece', () => {
    const geometry: BoundaryGeometry = {
      type: 'MultiPolygon',
      coordinates: [[box(179, -18, 180, -16)], [box(-180, -18, -178, -16)]],
    };
    const shape = shapeOf(geometry);
    expect(shape?.corners).toEqual([
      [-18, 179],
      [-16, 182],
    ]);
    expect(shape?.middle).toBe(180.5);
  });

  test('[MA15] a boundary that crosses itself in a pixel is still shown, an empty one is nothing', () => {
    const bow = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]; // prettier-ignore
    expect(shapeOf({ type: 'Polygon', coordinates: [bow] })?.rings).toHaveLength(1);
    expect(shapeOf({ type: 'MultiPolygon', coordinates: [] })).toBeNull();
  });
});

const whole = { west: -180, south: -85, east: 540, north: 85 };
const countOf = (pins: Pin[]) => pins.reduce((sum, pin) => sum + (pin.kind === 'cluster' ? pin.count : 1), 0);

describe('clusters', () => {
  test('[MA16] a cluster tells its count and the worst of its open incidents, of the closed only where none is open', () => {
    const at = (number: number, severity: 'minor' | 'severe' | 'extreme', status: 'open' | 'closed') =>
      incident(number, 48.85 + number * 1e-5, 2.35, { severity, status });
    const open = [at(1, 'minor', 'open'), at(2, 'severe', 'open'), at(3, 'extreme', 'closed')];
    const [pin] = new IncidentIndex(open, 2).query(whole, 10);
    expect(pin).toMatchObject({ kind: 'cluster', count: 3, severity: 'severe', status: 'open' });
    const [closed] = new IncidentIndex([at(1, 'minor', 'closed'), at(3, 'extreme', 'closed')], 2).query(
      whole,
      10,
    );
    expect(closed).toMatchObject({ kind: 'cluster', count: 2, severity: 'extreme', status: 'closed' });
  });

  test('[MA16] incidents on both sides of the antimeridian are one cluster, at a longitude beside the neighbourhood', () => {
    const both = [incident(1, -17, 179.999), incident(2, -17, -179.999)];
    const pins = new IncidentIndex(both, 180.5).query({ west: 175, south: -20, east: 186, north: -10 }, 6);
    expect(pins).toHaveLength(1);
    expect(pins[0]?.position.lng).toBeCloseTo(180, 6);
    const apart = new IncidentIndex(both, 180.5).query(
      { west: 179.9, south: -20, east: 180.1, north: -10 },
      19,
    );
    expect(apart.map(({ position }) => position.lng).toSorted((a, b) => a - b)).toEqual([
      179.999,
      expect.closeTo(180.001, 6),
    ]);
  });

  test('[MA16] at every zoom every incident is in exactly one pin, and no two pins of one zoom share a key', () => {
    const random = seeded(20_261_123);
    const many = Array.from({ length: 2000 }, (_, i) => incident(i, 48 + random() * 0.2, 2 + random() * 0.3));
    const index = new IncidentIndex(many, 2);
    for (let zoom = 2; zoom <= 19; zoom += 1) {
      const pins = index.query(whole, zoom);
      expect(countOf(pins)).toBe(2000);
      expect(new Set(pins.map(({ key }) => key)).size).toBe(pins.length);
    }
  });

  test('[MA16] a cluster at one place has no zoom that splits it, and lists its incidents by urgency', () => {
    const here = [
      incident(1, 48.85, 2.35, { severity: 'minor' }),
      incident(2, 48.85, 2.35, { severity: 'extreme', status: 'closed' }),
      incident(3, 48.85, 2.35, { severity: 'severe' }),
      incident(4, 48.85, 2.35, { severity: 'severe' }),
    ];
    const index = new IncidentIndex(here, 2);
    const [pin] = index.query(whole, 19);
    if (pin?.kind !== 'cluster') throw new Error('no cluster');
    expect(index.expansionZoom(pin)).toBeNull();
    expect(index.incidentsOf(pin).map(({ id }) => Number(id.slice(-2)))).toEqual([4, 3, 1, 2]);
    const apart = new IncidentIndex([incident(1, 48.85, 2.35), incident(2, 48.85, 2.36)], 2);
    const [far] = apart.query(whole, 5);
    if (far?.kind !== 'cluster') throw new Error('no cluster');
    const zoom = apart.expansionZoom(far) ?? 0;
    expect(apart.query(whole, zoom)).toHaveLength(2);
  });

  test('[MA17] of 10,000 incidents a screen gets no more pins than it can show', () => {
    const random = seeded(7);
    const many = Array.from({ length: 10_000 }, (_, i) =>
      incident(i, 48.8 + random() * 0.1, 2.2 + random() * 0.3),
    );
    const index = new IncidentIndex(many, 2.3);
    const pins = index.query({ west: 2.25, south: 48.82, east: 2.4, north: 48.9 }, 13);
    expect(pins.length).toBeGreaterThan(20);
    expect(pins.length).toBeLessThan(400);
  });

  test('[MA16] the order is the list’s: open before closed, then severity, then the later', () => {
    const some = [
      incident(1, 0, 0, { status: 'closed', severity: 'extreme' }),
      incident(2, 0, 0, { severity: 'minor' }),
      incident(3, 0, 0, { severity: 'severe' }),
      incident(4, 0, 0, { severity: 'severe' }),
    ];
    expect(some.toSorted(byUrgency).map(({ id }) => Number(id.slice(-1)))).toEqual([4, 3, 2, 1]);
  });
});

const at = (lat: number, lng: number) => ({ lat, lng });
const after = (...strokes: Stroke[]) =>
  strokes.reduce<Drawing>((drawing, stroke) => draw(drawing, stroke), { now: emptyOutline, before: [] });
const square: Stroke[] = [
  { kind: 'add', at: at(0, 0) },
  { kind: 'add', at: at(0, 0.01) },
  { kind: 'add', at: at(0.01, 0.01) },
  { kind: 'add', at: at(0.01, 0) },
];

describe('drawing', () => {
  test('[MA18] corners are added until the line is closed; a line of two does not close', () => {
    expect(after({ kind: 'add', at: at(0, 0) }, { kind: 'close' }).now.closed).toBe(false);
    const { now } = after(...square, { kind: 'close' }, { kind: 'add', at: at(5, 5) });
    expect(now.closed).toBe(true);
    expect(now.corners).toHaveLength(4);
    expect(geometryOfOutline(now)).toEqual({ type: 'Polygon', coordinates: [[[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]] }); // prettier-ignore
  });

  test('[MA18] undo takes back every stroke in turn, a whole drag at once, and clearing too', () => {
    const drawing = after(
      ...square,
      { kind: 'close' },
      { kind: 'move', corner: 2, at: at(0.02, 0.02) },
      { kind: 'move', corner: 2, at: at(0.03, 0.03), sameAsLast: true },
      { kind: 'insert', after: 0, at: at(-0.01, 0.005) },
      { kind: 'remove', corner: 4 },
      { kind: 'clear' },
    );
    const lengths: number[] = [];
    let back = drawing;
    while (back.before.length > 0) {
      back = draw(back, { kind: 'undo' });
      lengths.push(back.now.corners.length);
    }
    expect(lengths).toEqual([4, 5, 4, 4, 4, 3, 2, 1, 0]);
    expect(draw(back, { kind: 'undo' })).toBe(back);
    expect(after(...square, { kind: 'move', corner: 9, at: at(1, 1) }).before).toHaveLength(4);
  });

  test('[MA18] a closed line that loses its third corner is open again', () => {
    const { now } = after(...square.slice(0, 3), { kind: 'close' }, { kind: 'remove', corner: 0 });
    expect(now).toMatchObject({ closed: false, corners: { length: 2 } });
  });

  test('[MA18] a line that crosses itself is noticed, the closing edge included, a touching neighbour is not', () => {
    expect(crossesItself(after(...square).now)).toBe(false);
    expect(crossesItself(after(...square, { kind: 'close' }).now)).toBe(false);
    const bow = [square[0], square[2], square[1], square[3]].filter((stroke) => stroke !== undefined);
    expect(crossesItself(after(...bow).now)).toBe(true);
    const hook = [at(0, 0), at(0, 2), at(1, 2), at(-1, 1)].map((corner): Stroke => ({
      kind: 'add',
      at: corner,
    }));
    expect(crossesItself(after(...hook.slice(0, 3), { kind: 'close' }).now)).toBe(false);
    expect(crossesItself(after(...hook).now)).toBe(true);
  });

  test('[MA18] a simple boundary can be edited again as it was, one with holes or parts cannot', () => {
    const { now } = after(...square, { kind: 'close' });
    expect(outlineOf(geometryOfOutline(now))).toEqual(now);
    expect(outlineOf({ type: 'Polygon', coordinates: [box(0, 0, 9, 9), box(1, 1, 2, 2)] })).toBeNull();
    expect(
      outlineOf({ type: 'MultiPolygon', coordinates: [[box(0, 0, 1, 1)], [box(2, 2, 3, 3)]] }),
    ).toBeNull();
  });

  test('[MA18] the area is right within a hundredth', () => {
    const { now } = after(...square, { kind: 'close' });
    expect(areaOf(now) / 1_236_400).toBeCloseTo(1, 2);
  });
});

describe('files', () => {
  const file = (json: unknown) => new Blob([typeof json === 'string' ? json : JSON.stringify(json)]);
  const polygon = { type: 'Polygon', coordinates: [box(2, 48, 2.1, 48.1)] };

  test('[MA19] a geometry, a feature and a collection of one are the boundary', async () => {
    for (const json of [
      polygon,
      { type: 'Feature', properties: null, geometry: polygon },
      { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: polygon }] },
    ]) {
      expect(await readBoundaryFile(file(json))).toEqual({
        kind: 'boundary',
        geometry: polygon,
        simplified: false,
        name: null,
      });
    }
  });

  test('[MA19] a boundary too large for a command comes with fewer corners, and says so', async () => {
    const ring = Array.from({ length: 900 }, (_, index) => {
      const angle = (index / 900) * 2 * Math.PI;
      return [2 + (0.1 + 0.01 * Math.sin(index)) * Math.cos(angle), 48 + 0.1 * Math.sin(angle)];
    });
    const json = { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
    const content = await readBoundaryFile(file(json));
    expect(content).toMatchObject({ kind: 'boundary', simplified: true });
    expect(JSON.stringify(content).length).toBeLessThan(15_000);
  });

  test('[MA19] a boundary comes with what its file calls the place', async () => {
    const feature = { type: 'Feature', properties: { code: '98000', nom: ' Larvotto ' }, geometry: polygon };
    for (const json of [feature, { type: 'FeatureCollection', features: [feature] }])
      expect(await readBoundaryFile(file(json))).toMatchObject({ kind: 'boundary', name: 'Larvotto' });
  });

  test('[MA19] several features are a choice by their names, in order', async () => {
    const feature = (properties: object) => ({ type: 'Feature', properties, geometry: polygon });
    const content = await readBoundaryFile(
      file({
        type: 'FeatureCollection',
        features: [
          feature({ code: '75013', nom: 'Maison-Blanche' }),
          feature({ id: 4, l_qu: 'Bel-Air' }),
          feature({ id: 7 }),
        ],
      }),
    );
    expect(content.kind === 'choice' && content.places.map(({ name }) => name)).toEqual([
      '3',
      'Bel-Air',
      'Maison-Blanche',
    ]);
  });

  test.each([
    ['{"type":', 'fileNotJson'],
    ['[1,2]', 'fileNotJson'],
    [{ type: 'Point', coordinates: [2, 48] }, 'fileNoBoundary'],
    [{ type: 'FeatureCollection', features: [] }, 'fileNoBoundary'],
    [{ type: 'Polygon', coordinates: [box(628_998, 6_306_028, 637_830, 6_312_832)] }, 'fileMetres'],
    [{ ...polygon, crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::2154' } } }, 'fileMetres'],
    [{ type: 'Polygon', coordinates: [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]] }, 'fileCrosses'],
    ['x'.repeat(20_000_001), 'fileTooLarge'],
  ])('[MA19] a file that is no boundary says why (case %#)', async (json, problem) => {
    expect(await readBoundaryFile(file(json))).toEqual({ kind: 'problem', problem });
  }); // prettier-ignore
});
