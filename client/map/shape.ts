import { parseBoundary, toGeometry } from '../../shared/geo/boundary.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';

/** Latitude first, as Leaflet has it; longitudes run on past 180, so that one place is one piece. */
export type LatLngPair = [lat: number, lng: number];

/** A boundary as it is drawn: every edge and hole as one list of rings, and the box around them. */
export type Shape = {
  rings: LatLngPair[][];
  /** South-west and north-east corners. */
  corners: [LatLngPair, LatLngPair];
  /** The longitude in the middle, beside which every other longitude is to be drawn. */
  middle: number;
};

const ringsOf = (geometry: BoundaryGeometry) =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();

/** Lays a boundary out for the map, or null where it has no points at all. */
export function shapeOf(geometry: BoundaryGeometry): Shape | null {
  const parsed = parseBoundary(geometry);
  // What was simplified for display may cross itself in a pixel somewhere: it is still worth showing.
  const rings = ringsOf(parsed.ok ? toGeometry(parsed.boundary) : geometry).map((ring) =>
    ring.map(([lng = 0, lat = 0]): LatLngPair => [lat, lng]),
  );
  const points = rings.flat();
  if (points.length === 0) return null;
  let [south, west, north, east] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lat, lng] of points) {
    south = Math.min(south, lat);
    north = Math.max(north, lat);
    west = Math.min(west, lng);
    east = Math.max(east, lng);
  }
  return {
    rings,
    corners: [
      [south, west],
      [north, east],
    ],
    middle: (west + east) / 2,
  };
}
