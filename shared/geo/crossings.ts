import Flatbush from 'flatbush';
import { orient2d } from 'robust-predicates';
import type { Ring, Vertex } from './ring.ts';

/** A vertex that lies on the inner part of an edge of ring `ring` (from its vertex `edge` to the next). */
type Touch = { ring: number; edge: number; vertex: Vertex };

export type Noded = { ok: true; rings: Vertex[][] } | { ok: false; message: string };

// Real outlines need up to 6 pairs an edge; only a shape made to be slow (a comb of long diagonals) needs far more.
const pairsPerEdge = 32;
const pairsAtLeast = 1_000_000;

const same = (a: Vertex, b: Vertex) => a[0] === b[0] && a[1] === b[1];

function isBetween(p: Vertex, a: Vertex, b: Vertex): boolean {
  return (
    p[0] >= Math.min(a[0], b[0]) &&
    p[0] <= Math.max(a[0], b[0]) &&
    p[1] >= Math.min(a[1], b[1]) &&
    p[1] <= Math.max(a[1], b[1]) &&
    !same(p, a) &&
    !same(p, b)
  );
}

export function nearText([lng, lat]: Vertex): string {
  const wrapped = lng - 360 * Math.round(lng / 360);
  return `${Number(lat.toFixed(5))}, ${Number(wrapped.toFixed(5))}`;
}

function meetingPoint(a: Vertex, b: Vertex, c: Vertex, d: Vertex): Vertex {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / (rx * sy - ry * sx);
  return Number.isFinite(t) ? [a[0] + t * rx, a[1] + t * ry] : a;
}

/**
 * Finds where edges of these rings meet, exactly (adaptive orientation tests), in O(n log n) for real shapes.
 *
 * @returns the rings with a vertex added wherever one touches the inside of an edge, so that afterwards rings meet
 *   in common vertices only; or, where two edges cross, one line that says where
 */
export function nodeRings(rings: readonly Ring[]): Noded {
  const edges: { ring: number; edge: number; a: Vertex; b: Vertex }[] = [];
  for (const [index, ring] of rings.entries()) {
    let a = ring.at(-1);
    for (const [position, b] of ring.entries()) {
      if (a !== undefined)
        edges.push({ ring: index, edge: (position + ring.length - 1) % ring.length, a, b });
      a = b;
    }
  }
  if (edges.length === 0) return { ok: true, rings: [] };
  const index = new Flatbush(edges.length);
  for (const { a, b } of edges) {
    index.add(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1]));
  }
  index.finish();

  const touches: Touch[] = [];
  let budget = pairsAtLeast + pairsPerEdge * edges.length;
  let problem: string | null = null;
  const meets = (one: (typeof edges)[number], other: (typeof edges)[number]): boolean => {
    const { a, b } = one;
    const { a: c, b: d } = other;
    const oc = orient2d(a[0], a[1], b[0], b[1], c[0], c[1]);
    const od = orient2d(a[0], a[1], b[0], b[1], d[0], d[1]);
    if ((oc > 0 && od > 0) || (oc < 0 && od < 0)) return false;
    const oa = orient2d(c[0], c[1], d[0], d[1], a[0], a[1]);
    const ob = orient2d(c[0], c[1], d[0], d[1], b[0], b[1]);
    if ((oa > 0 && ob > 0) || (oa < 0 && ob < 0)) return false;
    if (oa !== 0 && ob !== 0 && oc !== 0 && od !== 0) {
      const what = one.ring === other.ring ? 'crosses itself' : 'has a hole that crosses its edge';
      problem = `${what} near ${nearText(meetingPoint(a, b, c, d))}`;
      return true;
    }
    // Each vertex ends one edge: looking at ends alone finds every touch once.
    if (od === 0 && isBetween(d, a, b)) touches.push({ ring: one.ring, edge: one.edge, vertex: d });
    if (ob === 0 && isBetween(b, c, d)) touches.push({ ring: other.ring, edge: other.edge, vertex: b });
    return false;
  };
  for (const [position, edge] of edges.entries()) {
    const { a, b } = edge;
    index.collides(
      Math.min(a[0], b[0]),
      Math.min(a[1], b[1]),
      Math.max(a[0], b[0]),
      Math.max(a[1], b[1]),
      (candidate) => {
        budget -= 1;
        if (budget < 0) return true;
        const other = edges[candidate];
        return candidate > position && other !== undefined && meets(edge, other);
      },
    );
    if (problem !== null) return { ok: false, message: problem };
    if (budget < 0)
      return { ok: false, message: 'is too intricate: too many of its edges lie over one another' };
  }
  return { ok: true, rings: insert(rings, touches) };
}

function insert(rings: readonly Ring[], touches: readonly Touch[]): Vertex[][] {
  const byEdge = new Map<string, Vertex[]>();
  for (const { ring, edge, vertex } of touches) {
    const key = `${ring}:${edge}`;
    const list = byEdge.get(key);
    if (list === undefined) byEdge.set(key, [vertex]);
    else if (!list.some((known) => same(known, vertex))) list.push(vertex);
  }
  return rings.map((ring, ringIndex) =>
    ring.flatMap((vertex, edge) => {
      const added = byEdge.get(`${ringIndex}:${edge}`);
      if (added === undefined) return [vertex];
      const along = (p: Vertex) => Math.abs(p[0] - vertex[0]) + Math.abs(p[1] - vertex[1]);
      return [vertex, ...added.toSorted((p, q) => along(p) - along(q))];
    }),
  );
}
