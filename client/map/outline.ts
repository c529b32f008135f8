import type { Position } from '../../shared/geo.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';

/** A boundary being drawn; longitudes run on across the antimeridian as the map does. */
export type Outline = { corners: readonly Position[]; closed: boolean };

export const emptyOutline: Outline = { corners: [], closed: false };
export const mostCorners = 200;
const fewest = 3;

/** What a person did, and all that came before it. */
export type Drawing = { now: Outline; before: readonly Outline[] };

export type Stroke =
  | { kind: 'add'; at: Position }
  | { kind: 'insert'; after: number; at: Position }
  /** `sameAsLast`: the last stroke goes on, so that one undo takes all of a drag back. */
  | { kind: 'move'; corner: number; at: Position; sameAsLast?: boolean }
  | { kind: 'remove'; corner: number }
  | { kind: 'close' }
  | { kind: 'clear' }
  | { kind: 'undo' };

function change(
  { corners, closed }: Outline,
  stroke: Exclude<Stroke, { kind: 'undo' }>,
  most: number,
): Outline | null {
  switch (stroke.kind) {
    case 'add':
      return closed || corners.length >= most ? null : { corners: [...corners, stroke.at], closed };
    case 'insert':
      return corners.length >= most
        ? null
        : { corners: corners.toSpliced(stroke.after + 1, 0, stroke.at), closed };
    case 'move':
      return stroke.corner in corners ? { corners: corners.with(stroke.corner, stroke.at), closed } : null;
    case 'remove': {
      if (!(stroke.corner in corners)) return null;
      const left = corners.toSpliced(stroke.corner, 1);
      return { corners: left, closed: closed && left.length >= fewest };
    }
    case 'close':
      return closed || corners.length < fewest ? null : { corners, closed: true };
    case 'clear':
      break;
  }
  return corners.length === 0 ? null : emptyOutline;
}

/** Draws one stroke; what makes no sense changes nothing. @param most corners */
export function draw(drawing: Drawing, stroke: Stroke, most = mostCorners): Drawing {
  const { now, before } = drawing;
  if (stroke.kind === 'undo') {
    const last = before.at(-1);
    return last === undefined ? drawing : { now: last, before: before.slice(0, -1) };
  }
  const next = change(now, stroke, most);
  if (next === null) return drawing;
  const goesOn = stroke.kind === 'move' && stroke.sameAsLast === true;
  return { now: next, before: goesOn ? before : [...before, now] };
}

export function missingCorners({ corners }: Outline): number {
  return Math.max(0, fewest - corners.length);
}

const turn = (a: Position, b: Position, c: Position) =>
  Math.sign((b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng));

function crosses(a: Position, b: Position, c: Position, d: Position): boolean {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Whether two edges cross; what merely touches is left to `parseBoundary`. At most 200 corners, so every pair is tried. */
export function crossesItself({ corners, closed }: Outline): boolean {
  const count = closed ? corners.length : corners.length - 1;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 2; j < count; j += 1) {
      const [a, b] = [corners[i], corners[(i + 1) % corners.length]];
      const [c, d] = [corners[j], corners[(j + 1) % corners.length]];
      if (a && b && c && d && crosses(a, b, c, d)) return true;
    }
  }
  return false;
}

// A centimetre: more digits would be noise, and make the boundary larger on its way.
const rounded = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

/** GeoJSON of the closed line. */
export function geometryOfOutline({ corners }: Outline): BoundaryGeometry {
  const ring = corners.map(({ lat, lng }) => [rounded(lng), rounded(lat)]);
  const [first] = ring;
  return { type: 'Polygon', coordinates: [first === undefined ? ring : [...ring, first]] };
}

/** The outline of a boundary simple enough to be edited by hand, or null: several parts, holes, or many corners. */
export function outlineOf(geometry: BoundaryGeometry, most = 60): Outline | null {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const ring = polygons.length === 1 && polygons[0]?.length === 1 ? polygons[0][0] : undefined;
  if (ring === undefined || ring.length < fewest + 1 || ring.length > most + 1) return null;
  return { corners: ring.slice(0, -1).map(([lng = 0, lat = 0]) => ({ lat, lng })), closed: true };
}

/** Square metres of a closed line, on the sphere; edges straight in degrees, so a good word for places, not for countries. */
export function areaOf({ corners }: Outline): number {
  const radius = 6_371_008.8;
  const radians = Math.PI / 180;
  let sum = 0;
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length] ?? a;
    sum += (b.lng - a.lng) * radians * (2 + Math.sin(a.lat * radians) + Math.sin(b.lat * radians));
  }
  return Math.abs((sum * radius * radius) / 2);
}
