import type { Position } from '../../shared/geo.ts';
import { coarsened } from '../../shared/geo/area.ts';
import { parseBoundary } from '../../shared/geo/boundary.ts';
import { mostPoints, type Shape } from '../../shared/preferences.ts';
import { onEarth } from './longitudes.ts';
import {
  crossesItself,
  emptyOutline,
  geometryOfOutline,
  missingCorners,
  type Outline,
  outlineOf,
} from './outline.ts';

export type AreaKind = Shape['kind'];
/** Metres around the middle of a circle, and from one side of a way to the other. */
export type AreaSize = { radius: number; width: number };
export type AreaState = 'empty' | 'missing' | 'open' | 'crossing' | 'unusable' | 'tooMany' | 'done';

const onGlobe = ({ lat, lng }: Position): Position => ({ lat, lng: onEarth(lng) });

/** The corners of a place that was drawn before; none where it is too intricate to go on with by hand. */
export function cornersOf(shape: Shape | null): Outline {
  if (shape === null) return emptyOutline;
  if (shape.kind === 'circle') return { corners: [shape.centre], closed: false };
  if (shape.kind === 'line') return { corners: shape.points, closed: false };
  return outlineOf(shape.geometry, mostPoints) ?? emptyOutline;
}

function drawnOf(kind: AreaKind, outline: Outline, { radius, width }: AreaSize): Shape | null {
  const points = outline.corners.map(onGlobe);
  const [centre] = points;
  if (kind === 'circle') return centre === undefined ? null : { kind, centre, radius };
  if (kind === 'line') return points.length < 2 ? null : { kind, points, width };
  const geometry = geometryOfOutline(outline);
  return outline.closed && parseBoundary(geometry).ok ? { kind, geometry } : null;
}

/** What a drawing makes: the place as it will be kept, and how far the drawing is. */
export function judgeArea(
  kind: AreaKind,
  outline: Outline,
  size: AreaSize,
): { state: AreaState; shape: Shape | null } {
  const count = outline.corners.length;
  if (count === 0) return { state: 'empty', shape: null };
  if (count > mostPoints) return { state: 'tooMany', shape: null };
  if (kind === 'line' && count < 2) return { state: 'missing', shape: null };
  if (kind === 'polygon') {
    if (crossesItself(outline)) return { state: 'crossing', shape: null };
    if (missingCorners(outline) > 0) return { state: 'missing', shape: null };
    if (!outline.closed) return { state: 'open', shape: null };
  }
  const drawn = drawnOf(kind, outline, size);
  // Before it leaves this device: the server would do it, and nobody has to believe that.
  const shape = drawn === null ? null : coarsened(drawn);
  return shape === null ? { state: 'unusable', shape } : { state: 'done', shape };
}
