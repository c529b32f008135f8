import * as v from 'valibot';

const latitude = v.pipe(v.number(), v.finite(), v.minValue(-90), v.maxValue(90));
const longitude = v.pipe(v.number(), v.finite(), v.minValue(-180), v.maxValue(180));

/** A point on WGS 84, in degrees. GeoJSON and Redis want longitude first: convert at the edges only. */
export const Position = v.strictObject({ lat: latitude, lng: longitude });
export type Position = v.InferOutput<typeof Position>;

/** A box in degrees; `west > east` means that it crosses the antimeridian (RFC 7946, section 5.2). */
export type Bbox = { west: number; south: number; east: number; north: number };

const earthRadius = 6_371_008.8; // mean radius in metres (IUGG)
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance in metres (haversine on the mean sphere: within 0.5 % of the ellipsoid). */
export function distance(a: Position, b: Position): number {
  const dLat = radians(b.lat - a.lat);
  const dLng = radians(b.lng - a.lng);
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLng / 2) ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Metres along a line. */
export const pathLength = (points: readonly Position[]): number =>
  points.slice(1).reduce((sum, point, i) => sum + distance(points[i] ?? point, point), 0);

/** Whether the box holds the point; edges are inside, and a box across the antimeridian is understood. */
export function bboxContains(box: Bbox, { lat, lng }: Position): boolean {
  if (lat < box.south || lat > box.north) return false;
  return box.west <= box.east ? lng >= box.west && lng <= box.east : lng >= box.west || lng <= box.east;
}
