import Flatbush from 'flatbush';
import { distance, type Position } from '../geo.ts';
import type { BoundaryGeometry } from '../neighbourhoods.ts';
import type { Shape } from '../preferences.ts';
import { parseBoundary } from './boundary.ts';
import { coarsePosition, coarseReach } from './grid.ts';
import { distanceToEdge, isWithin, prepareBoundary } from './inside.ts';
import { spanOf } from './ring.ts';

/*
 * Places that matter to somebody tell where they live. Each point is kept as the centre of its cell of the coarse grid
 * and no nearer, and each place counts as far again as a point may have moved: nothing is missed that lies in the place
 * as it was drawn, and a little is told that does not.
 */

/** How much further a place counts than its kept points say, in metres: half a cell's diagonal, and what rounding costs. */
export const areaSlack = coarseReach + 4;
const farthest = 5000;
const leastRadius = 50;

const turns = [0, 360, -360];
const metresPerDegree = (Math.PI / 180) * 6_371_008.8;
const same = (a: Position, b: Position | undefined) => a.lat === b?.lat && a.lng === b.lng;

function withoutRepeats(points: readonly Position[]): Position[] {
  return points.filter((point, i) => !same(point, points[i - 1]));
}

/** A circle around what is too small, or too thin, for the grid; null where it would be no small place. */
function circleAround(points: readonly Position[], more: number): Shape | null {
  const [first] = points;
  if (first === undefined) return null;
  const centre = coarsePosition(first);
  const radius = Math.ceil(Math.max(...points.map((point) => distance(centre, point))) + more);
  return radius > farthest ? null : { kind: 'circle', centre, radius: Math.max(leastRadius, radius) };
}

const ringsOf = (geometry: BoundaryGeometry) =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;

function coarsePolygon(geometry: BoundaryGeometry): Shape | null {
  const polygons = ringsOf(geometry).map((rings) =>
    rings.map((ring) => {
      const points = withoutRepeats(
        ring.map(([lng = 0, lat = 0]) => {
          // A line across the antimeridian may run on past it.
          const turn = 360 * Math.round(lng / 360);
          const centre = coarsePosition({ lat, lng: Math.min(180, Math.max(-180, lng - turn)) });
          return { lat: centre.lat, lng: centre.lng + turn };
        }),
      );
      return points.map(({ lat, lng }) => [lng, lat]);
    }),
  );
  // A hole that the grid closes is no hole.
  const kept = polygons.map((rings) => rings.filter((ring, i) => i === 0 || ring.length >= 4));
  const coarse: BoundaryGeometry = { type: 'MultiPolygon', coordinates: kept };
  if (parseBoundary(coarse).ok) return { kind: 'polygon', geometry: coarse };
  const all = ringsOf(geometry)
    .flatMap(([edge]) => edge ?? [])
    .map(([lng = 0, lat = 0]) => ({ lat, lng: lng - 360 * Math.round(lng / 360) }));
  return circleAround(all, 0);
}

/**
 * The place as it is kept: each point at the centre of its cell of 100 m. Keeping it again changes nothing.
 * @returns null where the grid leaves nothing of it that could be kept
 */
export function coarsened(shape: Shape): Shape | null {
  if (shape.kind === 'circle') return { ...shape, centre: coarsePosition(shape.centre) };
  if (shape.kind === 'polygon') return coarsePolygon(shape.geometry);
  const points = withoutRepeats(shape.points.map(coarsePosition));
  return points.length > 1 ? { ...shape, points } : circleAround(shape.points, shape.width / 2);
}

/** Metres from a position to the nearest point of a line, which goes the shorter way around the earth. */
export function distanceToLine(points: readonly Position[], { lat, lng }: Position): number {
  let nearest = Infinity;
  for (const [i, a] of points.entries()) {
    const b = points[i + 1] ?? a;
    if (i > 0 && i === points.length - 1) break;
    const ax = a.lng - 360 * Math.round((a.lng - lng) / 360);
    const bx = b.lng - 360 * Math.round((b.lng - ax) / 360);
    nearest = Math.min(nearest, distanceToEdge({ lat, lng }, ax, a.lat, bx, b.lat));
  }
  return nearest;
}

/** A box in degrees that may run on past 180 on either side. */
type Box = { west: number; south: number; east: number; north: number };

/** A place ready to be asked many times. */
export type PreparedShape = {
  boxes: readonly Box[];
  /** Whether a position lies in it, or so many metres beside it at most. */
  holds: (position: Position, besides: number) => boolean;
};

/** A box with so many metres of room on each side. */
function grown({ west, south, east, north }: Box, metres: number): Box {
  const high = metres / metresPerDegree;
  const furthest = Math.min(89, Math.max(Math.abs(south - high), Math.abs(north + high)));
  const wide = high / Math.cos((furthest * Math.PI) / 180);
  return { west: west - wide, south: south - high, east: east + wide, north: north + high };
}

const boxAround = (points: readonly (readonly [lng: number, lat: number])[]): Box => ({
  west: Math.min(...points.map(([lng]) => lng)),
  south: Math.min(...points.map(([, lat]) => lat)),
  east: Math.max(...points.map(([lng]) => lng)),
  north: Math.max(...points.map(([, lat]) => lat)),
});

/** Room for what lies beside it: as far as a kept place and a coarse incident may both have moved. */
const room = 2 * areaSlack;

export function prepareShape(shape: Shape): PreparedShape {
  if (shape.kind === 'circle') {
    const { centre, radius } = shape;
    return {
      boxes: [grown(boxAround([[centre.lng, centre.lat]]), radius + room)],
      holds: (position, besides) => distance(centre, position) <= radius + besides,
    };
  }
  if (shape.kind === 'line') {
    const { points, width } = shape;
    let last = points[0]?.lng ?? 0;
    const unwrapped = points.map(({ lat, lng }) => {
      last = lng - 360 * Math.round((lng - last) / 360);
      return [last, lat] as const;
    });
    return {
      boxes: [grown(boxAround(unwrapped), width / 2 + room)],
      holds: (position, besides) => distanceToLine(points, position) <= width / 2 + besides,
    };
  }
  const parsed = parseBoundary(shape.geometry);
  if (!parsed.ok) return { boxes: [], holds: () => false };
  const prepared = prepareBoundary(parsed.boundary);
  return {
    boxes: parsed.boundary.parts.map(({ edge }) => grown(spanOf(edge), room)),
    holds: (position, besides) => isWithin(prepared, position, besides),
  };
}

/** Finds the places that may hold a position among many: a question costs a few boxes, however many there are. */
export function indexShapes<Of>(shapes: readonly { shape: PreparedShape; of: Of }[]) {
  const entries = shapes.flatMap(({ shape, of }) => shape.boxes.map((box) => ({ box, of })));
  if (entries.length === 0) return () => [];
  const index = new Flatbush(entries.length);
  for (const { box } of entries) index.add(box.west, box.south, box.east, box.north);
  index.finish();
  return ({ lat, lng }: Position): Of[] => {
    const found = turns.flatMap((turn) => index.search(lng + turn, lat, lng + turn, lat));
    return [...new Set(found)].flatMap((i) => {
      const entry = entries[i];
      return entry === undefined ? [] : [entry.of];
    });
  };
}
