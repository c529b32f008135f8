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

const keyOf = ([lng, lat]: Vertex) => `${lng},${lat}`;

/** A ring that can say at which place it visits a vertex; it looks once, and only if it is asked. */
export type Placed = { ring: Ring; placeOf: (vertex: Vertex) => number | undefined };
export function placed(ring: Ring): Placed {
  let places: Map<string, number> | undefined;
  return {
    ring,
    placeOf: (vertex) => {
      places ??= new Map(ring.map((each, place) => [keyOf(each), place]));
      return places.get(keyOf(vertex));
    },
  };
}

/**
 * How `inner` lies to `outer`, two simple rings that meet in common vertices and common edges only: nested within it
 * (also if equal), apart from it, or crossing it, which they can do through a common vertex.
 */
export function relate(inner: Ring, { ring: outer, placeOf }: Placed): 'nested' | 'apart' | 'crossing' {
  let seen: 1 | -1 | undefined;
  let a = inner.at(-1);
  let placeOfA = a === undefined ? undefined : placeOf(a);
  for (const b of inner) {
    const placeOfB = placeOf(b);
    if (a !== undefined && (placeOfA !== undefined || placeOfB !== undefined || seen === undefined)) {
      const step = placeOfA === undefined || placeOfB === undefined ? 0 : Math.abs(placeOfA - placeOfB);
      // The middle of an edge that leaves a common vertex lies off the other ring, unless they share the edge.
      const where =
        step === 1 || (step > 0 && step === outer.length - 1)
          ? 0
          : locate((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, outer);
      if (where !== 0 && seen !== undefined && where !== seen) return 'crossing';
      if (where !== 0) seen = where;
    }
    a = b;
    placeOfA = placeOfB;
  }
  return seen === -1 ? 'apart' : 'nested';
}

const same = (a: Vertex | undefined, b: Vertex | undefined) => a?.[0] === b?.[0] && a?.[1] === b?.[1];

/** Takes out whatever goes somewhere and comes back the same way, however far: what is left turns nowhere on the spot. */
function withoutSpikes(ring: Ring): Vertex[] {
  const path: Vertex[] = [];
  for (const vertex of ring) {
    if (path.length > 1 && same(path.at(-2), vertex)) path.pop();
    else if (!same(path.at(-1), vertex)) path.push(vertex);
  }
  // The ring may begin within a spike.
  let start = 0;
  let end = path.length;
  while (end - start > 2) {
    if (same(path[start], path[end - 1])) end -= 1;
    else if (same(path[start + 1], path[end - 1])) start += 1;
    else if (same(path[start], path[end - 2])) end -= 1;
    else break;
  }
  return path.slice(start, end);
}

/** Cuts a ring into loops at the vertices it visits more than once; spikes, which have no area, vanish. */
function cutAtRepeats(ring: Ring): Ring[] {
  const loops: Ring[] = [];
  const path: Vertex[] = [];
  const seen = new Map<string, number>();
  for (const vertex of withoutSpikes(ring)) {
    const key = keyOf(vertex);
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, path.length);
      path.push(vertex);
    } else {
      const loop = path.splice(before + 1);
      for (const left of loop) seen.delete(keyOf(left));
      loops.push([vertex, ...loop]);
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
  const larger: Placed[] = [];
  for (const { loop, area } of sized) {
    const relations = larger.map((outer) => relate(loop, outer));
    const hole = relations.filter((relation) => relation === 'nested').length % 2 === 1;
    const turnsAsMain = area > 0 === main.area > 0;
    if (turnsAsMain === hole || relations.includes('crossing')) {
      const shared = loop.find((vertex) => larger.some(({ placeOf }) => placeOf(vertex) !== undefined));
      return { ok: false, message: `crosses itself near ${nearText(shared ?? loop[0] ?? [0, 0])}` };
    }
    larger.push(placed(loop));
    result.push({ ring: area > 0 === !hole ? loop : loop.toReversed(), hole });
  }
  return { ok: true, loops: result };
}
