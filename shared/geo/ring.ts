/** A point of a ring on the plane of degrees: longitude first, as GeoJSON has it. */
export type Vertex = readonly [lng: number, lat: number];

/** The vertices of a closed line in order, the first one not repeated at the end. */
export type Ring = readonly Vertex[];

export type RingResult = { ok: true; ring: Vertex[] } | { ok: false; message: string };

/** Twice would be enough for any line across the antimeridian: RFC 7946 stays within 180, some tools run on to 540. */
const furthestLongitude = 540;

const isCoordinate = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Says what is wrong with a pair that cannot be degrees, or returns null. */
function outOfRange(lng: number, lat: number): string | null {
  if (Math.abs(lng) > furthestLongitude || Math.abs(lat) > 180)
    return 'has coordinates in metres, not degrees';
  if (Math.abs(lat) > 90) return `has a latitude of ${lat}: longitude must come first, then latitude`;
  if (Math.abs(lat) === 90) return 'reaches a pole, where longitude has no meaning';
  return null;
}

/** Brings `lng` to within half a turn of `near`, so that a line across the antimeridian runs on instead of jumping back. */
function unwrap(lng: number, near: number): number {
  return lng - 360 * Math.round((lng - near) / 360);
}

/**
 * Reads one linear ring (RFC 7946, section 3.1.6): closed, four positions or more. Altitudes and repeated points are
 * dropped, longitudes made continuous (a ring across the antimeridian goes 179, 180, 181), either kind of input.
 *
 * @returns the open ring in degrees, or one line that says why it bounds nothing; never throws, whatever it is given
 */
export function readRing(positions: unknown): RingResult {
  if (!Array.isArray(positions)) return { ok: false, message: 'has a ring that is not a list of positions' };
  if (positions.length < 4) return { ok: false, message: 'has a ring of fewer than 4 positions' };
  const ring: Vertex[] = [];
  let first: Vertex | undefined;
  let last: Vertex | undefined;
  for (const position of positions as unknown[]) {
    const [lng, lat]: unknown[] = Array.isArray(position) ? position : [];
    if (!isCoordinate(lng) || !isCoordinate(lat)) {
      return { ok: false, message: 'has a position that is not two finite numbers' };
    }
    const problem = outOfRange(lng, lat);
    if (problem !== null) return { ok: false, message: problem };
    const vertex: Vertex = [last === undefined ? lng : unwrap(lng, last[0]), lat];
    first ??= vertex;
    if (last === undefined || last[0] !== vertex[0] || last[1] !== vertex[1]) ring.push(vertex);
    last = vertex;
  }
  if (first === undefined || last === undefined) return { ok: false, message: 'has an empty ring' };
  const turn = last[0] - first[0];
  if (last[1] !== first[1] || Math.abs(turn - 360 * Math.round(turn / 360)) > 1e-9) {
    return { ok: false, message: 'has a ring that is not closed: its last position must repeat its first' };
  }
  if (Math.abs(turn) > 180) return { ok: false, message: 'goes around a pole, which a boundary cannot hold' };
  if (ring.length > 1) ring.pop();
  if (ring.length < 3) return { ok: false, message: 'has a ring of fewer than 3 different positions' };
  const { west, east } = spanOf(ring);
  if (east - west >= 180) return { ok: false, message: 'is as wide as half the earth' };
  return { ok: true, ring };
}

export type Span = { west: number; south: number; east: number; north: number };

/** The plain minimum and maximum of a ring, its longitudes as they run on (east may pass 180). */
export function spanOf(ring: Ring): Span {
  let west = Infinity;
  let south = Infinity;
  let east = -Infinity;
  let north = -Infinity;
  for (const [lng, lat] of ring) {
    if (lng < west) west = lng;
    if (lng > east) east = lng;
    if (lat < south) south = lat;
    if (lat > north) north = lat;
  }
  return { west, south, east, north };
}

/** Signed area in square degrees, counter-clockwise positive. Measured from the first vertex, which keeps small rings exact. */
export function signedArea(ring: Ring): number {
  const [x0, y0] = ring[0] ?? [0, 0];
  let twice = 0;
  let [px, py] = [0, 0];
  for (const [lng, lat] of ring) {
    const x = lng - x0;
    const y = lat - y0;
    twice += px * y - x * py;
    [px, py] = [x, y];
  }
  return twice / 2;
}

/** The same ring moved along by whole turns. */
export function shifted(ring: Ring, turns: number): Ring {
  return turns === 0 ? ring : ring.map(([lng, lat]) => [lng + 360 * turns, lat] as const);
}
