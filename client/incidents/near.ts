import type { Position } from '../../shared/geo.ts';
import { parseBoundary } from '../../shared/geo/boundary.ts';
import { isWithin, prepareBoundary } from '../../shared/geo/inside.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';

// As far outside as the server still takes an alert.
const outsideMetres = 500;

/** Whether the server will probably take an alert from there. */
export function isNear(boundary: BoundaryGeometry, position: Position): boolean {
  const parsed = parseBoundary(boundary);
  return parsed.ok && isWithin(prepareBoundary(parsed.boundary), position, outsideMetres);
}
