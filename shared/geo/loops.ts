import { orient2d } from 'robust-predicates';
import { nearText } from './crossings.ts';
import { type Ring, signedArea, type Vertex } from './ring.ts';

// A real outline touches itself a few times; beyond this the quadratic nesting below would be somebody's joke.
const mostLoops = 200;

export type Nested = { ring: Ring; hole: boolean };
type Loops = { ok: true; loops: Nested[] } | { ok: false; message: string };

/**
 * Where a point lies, exactly: 1 inside the ring, 0 on it, -1 outside. Edges are straight in degrees
 * (RFC 7946, section 3.1.1); both must be on the same turn of the earth.
 */
export function locate(x: number, y: number, ring: Ring): 1 | 0 | -1 {
  let inside = false;
  let a = ring.at(-1);
  for (const b of ring) {
    if (a !== undefined) {
      const above = a[1] > y;
      if (above !== b[1] > y) {
        const side = orient2d(a[0], a[1], b[0], b[1], x, y);
        if (side === 0) return 0;
        if (side < 0 !== above) inside = !inside;
      } else if (a[1] === y || b[1] === y) {
        const within = x >= Math.min(a[0], b[0]) && x <= Math.max(a[0], b[0]);
        if (within && (a[1] === b[1] || (a[1] === y ? a[0] === x : b[0] === x))) return 0;
      }
    }
    a = b;
  }
  return inside ? 1 : -1;
}

/** Whether `inner`, which does not cross `outer` but may touch it, lies inside it. */
export function isNested(inner: Ring, outer: Ring): boolean {
  for (const [x, y] of inner) {
    const where = locate(x, y, outer);
    if (where !== 0) return where > 0;
  }
  // Every vertex lies on the outer ring: then a chord's middle decides.
  let a = inner.at(-1);
  for (const b of inner) {
    if (a !== undefined) {
      const where = locate((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, outer);
      if (where !== 0) return where > 0;
    }
    a = b;
  }
  return Math.abs(signedArea(inner)) < Math.abs(signedArea(outer));
}

/** Cuts a ring into loops at the vertices it visits more than once; loops without area (spikes) vanish. */
function cutAtRepeats(ring: Ring): Ring[] {
  const loops: Ring[] = [];
  const path: Vertex[] = [];
  const seen = new Map<string, number>();
  for (const vertex of ring) {
    const key = `${vertex[0]},${vertex[1]}`;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, path.length);
      path.push(vertex);
    } else {
      for (const [lng, lat] of path.slice(before + 1)) seen.delete(`${lng},${lat}`);
      loops.push([vertex, ...path.splice(before + 1)]);
    }
  }
  loops.push(path);
  return loops.filter((loop) => loop.length >= 3 && signedArea(loop) !== 0);
}

/**
 * Resolves a ring that touches itself, as many published outlines do: a pinched-off bay becomes a hole, a pinched-off
 * cape a part of its own, a spike nothing. The ring must have been noded, and edges must not cross.
 *
 * @returns simple loops, counter-clockwise for land and clockwise for holes; or, where the ring passes through itself
 *   at a vertex, one line that says where
 */
export function untangle(ring: Ring): Loops {
  const loops = cutAtRepeats(ring);
  if (loops.length > mostLoops)
    return { ok: false, message: 'is too intricate: it touches itself in too many places' };
  const sized = loops.map((loop) => ({ loop, area: signedArea(loop) }));
  sized.sort((p, q) => Math.abs(q.area) - Math.abs(p.area));
  const main = sized[0];
  if (main === undefined) return { ok: false, message: 'has a ring without area' };
  const result: Nested[] = [];
  for (const [index, { loop, area }] of sized.entries()) {
    const depth = sized.slice(0, index).filter((larger) => isNested(loop, larger.loop)).length;
    const hole = depth % 2 === 1;
    const turnsAsMain = area > 0 === main.area > 0;
    if (turnsAsMain === hole) {
      const [first] = loop;
      return {
        ok: false,
        message: `crosses itself near ${first === undefined ? 'one point' : nearText(first)}`,
      };
    }
    result.push({ ring: area > 0 === !hole ? loop : loop.toReversed(), hole });
  }
  return { ok: true, loops: result };
}
