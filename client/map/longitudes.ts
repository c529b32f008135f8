import type { Bbox } from '../../shared/geo.ts';

/** The longitude's copy in -180 to 180 (180 stays 180). */
export function onEarth(lng: number): number {
  return lng >= -180 && lng <= 180 ? lng : ((((lng + 180) % 360) + 360) % 360) - 180;
}

/** The copy of a longitude that lies within half a turn of `reference`: a map across the antimeridian shows one copy. */
export function nearTo(reference: number, lng: number): number {
  return lng + Math.round((reference - lng) / 360) * 360;
}

/** Any west and east of a map, however often it was dragged around the earth, as a box of the wire. */
export function toBbox(edges: { west: number; south: number; east: number; north: number }): Bbox {
  const south = Math.max(-90, edges.south);
  const north = Math.min(90, edges.north);
  if (edges.east - edges.west >= 360) return { west: -180, south, east: 180, north };
  return { west: onEarth(edges.west), south, east: onEarth(edges.east), north };
}
