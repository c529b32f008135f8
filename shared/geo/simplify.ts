import type { BoundaryGeometry } from '../neighbourhoods.ts';
import { type Boundary, parseBoundary, type Part, toGeometry } from './boundary.ts';
import { type Ring, signedArea, type Vertex } from './ring.ts';
import { thinRings } from './thinning.ts';

/** What a map draws: enough for any screen, small enough to travel with every snapshot. */
export const displayPositions = 500;

/**
 * The boundary for drawing: at most `most` GeoJSON positions (closing ones included), coordinates rounded to six
 * decimals (11 cm), and still valid: no ring crosses itself. Tiny parts and holes go only where nothing else is left
 * to leave out. Never ask this shape whether somebody is inside.
 */
export function displayGeometry(boundary: Boundary, most: number = displayPositions): BoundaryGeometry {
  // Rounding may make lines meet that nearly did: then a coarser shape keeps them further apart.
  for (const share of [1, 0.75, 0.5, 0.25]) {
    const rounded = round(reduce(boundary, most * share));
    const parsed = rounded.parts.length > 0 ? parseBoundary(toGeometry(rounded)) : null;
    if (parsed?.ok === true && positionsOf(parsed.boundary) <= most) return toGeometry(parsed.boundary);
  }
  return toGeometry(reduce(boundary, most));
}

const ringsOf = (part: Part): Ring[] => [part.edge, ...part.holes];
const positionsOf = ({ parts }: Boundary) =>
  parts.flatMap(ringsOf).reduce((sum, ring) => sum + ring.length + 1, 0);

function reduce(boundary: Boundary, most: number): Boundary {
  if (positionsOf(boundary) <= most) return boundary;
  let smaller = boundary;
  for (;;) {
    const rings = smaller.parts.flatMap(ringsOf);
    const thinned = thinRings(rings, most - rings.length).values();
    const take = (): Ring => thinned.next().value ?? [];
    smaller = { parts: smaller.parts.map((part) => ({ edge: take(), holes: part.holes.map(take) })) };
    if (positionsOf(smaller) <= most || rings.length === 1) return smaller;
    smaller = withoutSmallest(smaller, Math.ceil((positionsOf(smaller) - most) / 4));
  }
}

/** Leaves out the `count` smallest rings, a part together with its holes, but never the largest part. */
function withoutSmallest({ parts }: Boundary, count: number): Boundary {
  const size = (ring: Ring) => Math.abs(signedArea(ring));
  const bySize = parts.flatMap(ringsOf).toSorted((p, q) => size(p) - size(q));
  const largest = parts.map(({ edge }) => edge).toSorted((p, q) => size(q) - size(p))[0];
  const gone = new Set(bySize.filter((ring) => ring !== largest).slice(0, count));
  return {
    parts: parts
      .filter(({ edge }) => !gone.has(edge))
      .map(({ edge, holes }) => ({ edge, holes: holes.filter((hole) => !gone.has(hole)) })),
  };
}

function round({ parts }: Boundary): Boundary {
  return {
    parts: parts
      .map(({ edge, holes }) => ({ edge: roundRing(edge), holes: holes.map(roundRing).filter(hasArea) }))
      .filter(({ edge }) => hasArea(edge)),
  };
}

const hasArea = (ring: Ring) => ring.length >= 3 && signedArea(ring) !== 0;

function roundRing(ring: Ring): Ring {
  const rounded: Vertex[] = [];
  for (const [lng, lat] of ring) {
    const vertex: Vertex = [Math.round(lng * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];
    const last = rounded.at(-1);
    if (last === undefined || last[0] !== vertex[0] || last[1] !== vertex[1]) rounded.push(vertex);
  }
  const [first] = rounded;
  const last = rounded.at(-1);
  if (rounded.length > 1 && first !== undefined && last?.[0] === first[0] && last[1] === first[1])
    rounded.pop();
  return rounded;
}
