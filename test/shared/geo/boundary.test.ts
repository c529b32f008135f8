import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, parseBoundary, toGeometry } from '../../../shared/geo/boundary.ts';
import { geometryOf } from '../../../shared/geo/geojson.ts';
import { contains, prepareBoundary } from '../../../shared/geo/inside.ts';
import { signedArea } from '../../../shared/geo/ring.ts';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';
import { boundaryOf, close, line, multi, polygon, refusal, seed, square } from './shapes.ts';

const raw = (ring: unknown) => ({ type: 'Polygon', coordinates: [ring] }) as BoundaryGeometry;

describe('form', () => {
  test('[GE1] either orientation gives the same place: edges counter-clockwise, holes clockwise', () => {
    const edge = square(2, 48, 1);
    const hole = square(2.2, 48.2, 0.2);
    for (const [a, b] of [
      [edge, hole],
      [edge.toReversed(), hole],
      [edge, hole.toReversed()],
      [edge.toReversed(), hole.toReversed()],
    ] as const) {
      const { parts } = boundaryOf(polygon(a, b));
      expect(parts).toHaveLength(1);
      expect(signedArea(parts[0]!.edge)).toBeCloseTo(1);
      expect(signedArea(parts[0]!.holes[0]!)).toBeCloseTo(-0.04);
    }
  });

  test('[GE2] altitudes and repeated points are dropped', () => {
    const { parts } = boundaryOf(
      raw([
        [2, 48, 35],
        [2, 48, 35],
        [3, 48, 36],
        [3, 48, 36, 9],
        [3, 49],
        [2, 48, 35],
      ]),
    );
    expect(parts).toEqual([
      {
        edge: line('2 48, 3 48, 3 49'),
        holes: [],
      },
    ]);
  });

  test('[GE3] rings that bound nothing are refused, each with its reason', () => {
    expect(refusal(raw([]))).toBe('has a ring of fewer than 4 positions');
    expect(refusal(raw(line('2 48, 3 48, 2 48')))).toBe('has a ring of fewer than 4 positions');
    expect(refusal(raw([...square(2, 48, 1), [2, 48.5]]))).toMatch(/^has a ring that is not closed/u);
    expect(refusal(raw(line('2 48, 3 48, 3 48, 2 48')))).toBe(
      'has a ring of fewer than 3 different positions',
    );
    expect(refusal(raw(close(line('2 48, 3 49, 4 50'))))).toBe('has a ring without area');
    expect(refusal({ type: 'MultiPolygon', coordinates: [] })).toBe('is empty');
    expect(refusal({ type: 'MultiPolygon', coordinates: [[]] })).toBe('has a part without an edge');
    expect(refusal(polygon(square(2, 48, 1), square(5, 48, 0.5)))).toBe('has a hole outside its edge');
    expect(refusal(polygon(square(2, 48, 1), square(2, 48, 1)))).toBe('has a hole as large as itself');
  });

  test('[GE4] values that cannot be degrees are refused as metres or as swapped', () => {
    expect(refusal(polygon(square(628_998, 6_306_028, 1000)))).toBe('has coordinates in metres, not degrees');
    expect(refusal(polygon(line('49.2 -123, 49.3 -123, 49.3 -123.1')))).toBe(
      'has a latitude of -123: longitude must come first, then latitude',
    );
  });

  test('[GE5] what a person chose as a file is understood or refused with one line', () => {
    const geometry = polygon(square(2, 48, 1));
    const feature = { type: 'Feature', properties: {}, geometry };
    const said = (json: unknown) => {
      const result = geometryOf(json);
      return result.ok ? result.geometry : result.message;
    };
    expect(said(geometry)).toEqual(geometry);
    expect(said(feature)).toEqual(geometry);
    expect(said({ type: 'FeatureCollection', features: [feature] })).toEqual(geometry);
    const crs = (name: string) => ({ ...geometry, crs: { type: 'name', properties: { name } } });
    for (const name of [
      'urn:ogc:def:crs:OGC:1.3:CRS84',
      'EPSG:4326',
      'urn:ogc:def:crs:EPSG::4326',
      'OGC:CRS84',
    ]) {
      expect(said(crs(name))).toEqual(geometry);
    }
    expect(said(crs('urn:ogc:def:crs:EPSG::2154'))).toBe(
      'is in EPSG:2154 (metres): convert it to longitude/latitude first',
    );
    expect(said(crs('EPSG:4269'))).toBe('is in EPSG:4269: convert it to longitude/latitude first');
    expect(said({ ...geometry, crs: { type: 'link' } })).toMatch(/^is in an unknown reference system/u);
    expect(said({ type: 'FeatureCollection', features: [feature, feature] })).toBe(
      'has 2 features: choose one',
    );
    expect(said({ type: 'FeatureCollection', features: [] })).toBe('has no features');
    expect(said({ type: 'Feature', geometry: null })).toBe('has a feature without a geometry');
    expect(said({ type: 'Point', coordinates: [2, 48] })).toBe(
      'holds a Point, not a Polygon or MultiPolygon',
    );
    expect(said({ type: 'Polygon', coordinates: [[['2', '48']]] })).toMatch(
      /^has coordinates that are not lists/u,
    );
    expect(said('nonsense')).toBe('is not GeoJSON');
  });

  test(`[GE6] nothing thrown at it makes it throw (seed ${seed})`, () => {
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(1e308, -1e308, Number.NaN, Infinity, 5e-324, 180, -180, 90, 540),
      fc.integer({ min: -5, max: 5 }),
    );
    const position = fc.oneof(
      { weight: 9, arbitrary: fc.array(number, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.anything() },
    );
    const ring = fc
      .array(position, { maxLength: 8 })
      .map((list) => (list.length > 0 ? [...list, list[0]] : list));
    const rings = fc.oneof(
      { weight: 9, arbitrary: fc.array(ring, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.anything() },
    );
    const coordinates = fc.oneof(rings, fc.array(rings, { maxLength: 3 }), fc.anything());
    fc.assert(
      fc.property(fc.constantFrom('Polygon', 'MultiPolygon', 'Feature', 7), coordinates, (type, value) => {
        const json = { type, coordinates: value, geometry: { type: 'Polygon', coordinates: value } };
        expect(typeof geometryOf(json).ok).toBe('boolean');
        const result = parseBoundary(json as BoundaryGeometry);
        if (!result.ok) expect(result.message).toMatch(/^[\w].{3,}$/u);
      }),
      { seed, numRuns: 3_000 },
    );
    expect(parseBoundary(null as unknown as BoundaryGeometry).ok).toBe(false);
  });
});

describe('across the antimeridian', () => {
  const cut = multi(
    [line('179 -17, 180 -17, 180 -16, 179 -16')],
    [line('-180 -17, -178 -17, -178 -16, -180 -16')],
  );
  const on = polygon(line('179 -17, 182 -17, 182 -16, 179 -16'));
  const jump = polygon(line('179 -17, -178 -17, -178 -16, 179 -16'));
  const west = polygon(line('-181 -17, -178 -17, -178 -16, -181 -16'));

  test('[GE11] cut in two, running on past 180 and jumping to -178 are one and the same place', () => {
    for (const shape of [cut, on, jump, west]) {
      const boundary = boundaryOf(shape);
      const prepared = prepareBoundary(boundary);
      expect(boundsOf(boundary)).toEqual({ west: 179, south: -17, east: -178, north: -16 });
      for (const lng of [179, 179.5, 180, -180, -179.5, -178])
        expect(contains(prepared, { lat: -16.5, lng })).toBe(true);
      for (const lng of [178.9, -177.9, 0]) expect(contains(prepared, { lat: -16.5, lng })).toBe(false);
    }
    expect(boundaryOf(jump)).toEqual(boundaryOf(on));
  });

  test('[GE12] it is laid out for drawing as one shape, and reads back as the same place', () => {
    for (const shape of [cut, on, jump]) {
      const drawn = toGeometry(boundaryOf(shape));
      const lngs = (drawn.type === 'Polygon' ? [drawn.coordinates] : drawn.coordinates)
        .flat(2)
        .map(([lng]) => lng ?? 0);
      expect([Math.min(...lngs), Math.max(...lngs)]).toEqual([179, 182]);
      expect(boundsOf(boundaryOf(drawn))).toEqual({ west: 179, south: -17, east: -178, north: -16 });
    }
  });

  test('[GE13] a ring around or up to a pole, or as wide as half the earth, is refused', () => {
    expect(refusal(polygon(line('0 80, 90 80, 180 80, -90 80')))).toBe(
      'goes around a pole, which a boundary cannot hold',
    );
    expect(refusal(polygon(line('0 80, 10 80, 5 90')))).toBe(
      'reaches a pole, where longitude has no meaning',
    );
    expect(refusal(polygon(line('-100 0, 0 0, 100 0, 0 10')))).toBe('is as wide as half the earth');
  });
});
