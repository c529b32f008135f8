import type { Bbox } from '../geo.ts';
import type { BoundaryGeometry } from '../neighbourhoods.ts';
import { nearText, nodeRings } from './crossings.ts';
import { type Placed, placed, relate, untangle } from './loops.ts';
import { readRing, type Ring, shifted, signedArea, spanOf, type Vertex } from './ring.ts';

/**
 * One piece of land: its edge counter-clockwise, its holes clockwise, open rings, none crossing or touching itself.
 * Longitudes run on across the antimeridian: the edge starts west of 180 and may end as far as 360.
 */
export type Part = { readonly edge: Ring; readonly holes: readonly Ring[] };

/** What a neighbourhood lies within. Made by `parseBoundary` alone. */
export type Boundary = { readonly parts: readonly Part[] };

export type BoundaryResult = { ok: true; boundary: Boundary } | { ok: false; message: string };
type PartsResult = { ok: true; parts: Part[] } | { ok: false; message: string };

// Far beyond any real place; they bound the work that a hostile file can ask for.
const mostVertices = 250_000;
const mostRings = 1_000;

/**
 * Decides whether a GeoJSON Polygon or MultiPolygon (RFC 7946) bounds a place, and brings it into one form: either
 * way across the antimeridian is understood (cut in two parts, section 3.1.9, or running on past 180), either
 * orientation too; altitudes and repeated points go. Rings that touch themselves are resolved; rings that cross
 * themselves, hold a pole, are open, have no area or are in metres are refused. Parts may overlap each other.
 *
 * @returns the boundary, or one line that continues "The boundary …"; never throws, whatever it is given
 */
export function parseBoundary(geometry: BoundaryGeometry): BoundaryResult {
  const polygons: unknown = geometry?.type === 'Polygon' ? [geometry.coordinates] : geometry?.coordinates;
  if (!Array.isArray(polygons) || polygons.length === 0) return { ok: false, message: 'is empty' };
  const size = polygons
    .flat()
    .reduce((sum: number, ring) => sum + (Array.isArray(ring) ? ring.length : 0), 0);
  if (size > mostVertices) return { ok: false, message: `has more than ${mostVertices} positions` };
  const parts: Part[] = [];
  for (const rings of polygons) {
    const read = readPolygon(rings);
    if (!read.ok) return read;
    parts.push(...read.parts);
  }
  return { ok: true, boundary: { parts } };
}

function readPolygon(positions: unknown): PartsResult {
  if (!Array.isArray(positions) || positions.length === 0)
    return { ok: false, message: 'has a part without an edge' };
  if (positions.length > mostRings)
    return { ok: false, message: `has a part with more than ${mostRings} holes` };
  const rings: Ring[] = [];
  for (const list of positions as unknown[]) {
    const read = readRing(list);
    if (!read.ok) return read;
    rings.push(read.ring);
  }
  const noded = nodeRings(onOneTurn(rings));
  if (!noded.ok) return noded;
  const lands: { edge: Ring; holes: Ring[]; outer: Placed }[] = [];
  const holes: Ring[] = [];
  for (const [index, ring] of noded.rings.entries()) {
    const untangled = untangle(ring);
    if (!untangled.ok) return untangled;
    for (const loop of untangled.loops) {
      // What is land of a hole's ring is a hole, and the other way round.
      const ring = index > 0 ? loop.ring.toReversed() : loop.ring;
      if (loop.hole === index > 0) lands.push({ edge: ring, holes: [], outer: placed(ring) });
      else holes.push(ring);
    }
  }
  for (const hole of holes) {
    const relations = lands.map((land) => ({ land, relation: relate(hole, land.outer) }));
    if (relations.some(({ relation }) => relation === 'crossing')) {
      return { ok: false, message: `has a hole that crosses its edge near ${nearText(hole[0] ?? [0, 0])}` };
    }
    const around = relations.flatMap(({ land, relation }) => (relation === 'nested' ? [land] : []));
    const land = around.toSorted((p, q) => signedArea(p.edge) - signedArea(q.edge))[0];
    if (land === undefined) return { ok: false, message: 'has a hole outside its edge' };
    if (-signedArea(hole) >= signedArea(land.edge))
      return { ok: false, message: 'has a hole as large as itself' };
    land.holes.push(hole);
  }
  return { ok: true, parts: lands.map(({ edge, holes }) => ({ edge, holes })) };
}

/** Moves the edge so that it starts in -180 to 180, and its holes onto the same turn. */
function onOneTurn(rings: readonly Ring[]): Ring[] {
  let start = -180;
  return rings.map((ring, index) => {
    const { west } = spanOf(ring);
    const moved = shifted(ring, -Math.floor((west - start) / 360));
    if (index === 0) start = spanOf(moved).west;
    return moved;
  });
}

/**
 * The smallest box around the boundary, `west > east` where it crosses the antimeridian (RFC 7946, section 5.2).
 * A shape cut at 180 is one place: the box leaves out the widest gap around the earth.
 */
export function boundsOf(boundary: Boundary): Bbox {
  const spans = boundary.parts.map(({ edge }) => spanOf(edge)).toSorted((p, q) => p.west - q.west);
  const first = spans[0] ?? { west: 0, south: 0, east: 0, north: 0 };
  let reach = first.east;
  // The gap behind the last part, up to the first one after a whole turn, is the one to beat.
  let widest = { gap: -1, west: first.west, east: first.east };
  for (const span of spans.slice(1)) {
    if (span.west - reach > widest.gap) widest = { gap: span.west - reach, west: span.west, east: reach };
    reach = Math.max(reach, span.east);
  }
  if (first.west + 360 - reach >= widest.gap) widest = { gap: 0, west: first.west, east: reach };
  const onEarth = (lng: number) => (lng > 180 ? lng - 360 : lng);
  return {
    west: widest.west === 180 ? -180 : onEarth(widest.west),
    south: Math.min(...spans.map(({ south }) => south)),
    east: onEarth(widest.east),
    north: Math.max(...spans.map(({ north }) => north)),
  };
}

/**
 * The boundary as GeoJSON in RFC 7946's orientation, closed. All parts are laid out side by side from the western
 * end on, so a place across the antimeridian reads 179, 180, 181: maps draw that as one shape, and `parseBoundary`
 * reads it back as the same boundary.
 */
export function toGeometry(boundary: Boundary): BoundaryGeometry {
  const { west } = boundsOf(boundary);
  const polygons = boundary.parts.map((part) => {
    const turns = -Math.floor((spanOf(part.edge).west - west) / 360);
    return [part.edge, ...part.holes].map((ring) => closed(shifted(ring, turns)));
  });
  const [only] = polygons;
  return polygons.length === 1 && only !== undefined
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: polygons };
}

function closed(ring: Ring): number[][] {
  const positions = ring.map(([lng, lat]: Vertex) => [lng, lat]);
  const [first] = positions;
  if (first !== undefined) positions.push([...first]);
  return positions;
}
