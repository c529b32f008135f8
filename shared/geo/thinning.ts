import Flatbush from 'flatbush';
import { orient2d } from 'robust-predicates';
import { Heap } from './heap.ts';
import type { Ring, Vertex } from './ring.ts';

/**
 * Takes vertices out of rings until `wanted` are left: least visible first (Visvalingam and Whyatt 1993: by the
 * triangle a vertex makes with its neighbours), and only where no other vertex lies in that triangle, so that rings
 * that did not cross or touch before never do afterwards. A ring keeps three vertices at least.
 *
 * @returns the rings in their order; more than `wanted` vertices in all where nothing further may go
 */
export function thinRings(rings: readonly Ring[], wanted: number): Vertex[][] {
  const shape = new Shape(rings);
  let left = shape.size;
  // What was blocked may be free once its neighbours are gone: start over for as long as that helps.
  for (let before = Infinity; left > wanted && left < before;) {
    before = left;
    left -= shape.thin(left - wanted);
  }
  return shape.rings();
}

class Shape {
  readonly size: number;
  readonly #vertices: Vertex[] = [];
  readonly #ringOf: Int32Array;
  readonly #previous: Int32Array;
  readonly #next: Int32Array;
  /** Counts changes around a vertex, so that the heap's older entries can be told; -1 once the vertex is gone. */
  readonly #stamp: Int32Array;
  readonly #left: number[];
  readonly #index: Flatbush;
  readonly #squeeze: number;

  constructor(rings: readonly Ring[]) {
    this.size = rings.reduce((sum, ring) => sum + ring.length, 0);
    this.#ringOf = new Int32Array(this.size);
    this.#previous = new Int32Array(this.size);
    this.#next = new Int32Array(this.size);
    this.#stamp = new Int32Array(this.size);
    this.#left = rings.map((ring) => ring.length);
    this.#index = new Flatbush(Math.max(1, this.size));
    let latitudes = 0;
    for (const [number, ring] of rings.entries()) {
      const start = this.#vertices.length;
      for (const [position, vertex] of ring.entries()) {
        const id = this.#vertices.push(vertex) - 1;
        this.#ringOf[id] = number;
        this.#previous[id] = start + ((position + ring.length - 1) % ring.length);
        this.#next[id] = start + ((position + 1) % ring.length);
        this.#index.add(vertex[0], vertex[1]);
        latitudes += vertex[1];
      }
    }
    if (this.size === 0) this.#index.add(0, 0);
    this.#index.finish();
    this.#squeeze = Math.cos((latitudes / Math.max(1, this.size)) * (Math.PI / 180));
  }

  /** Takes out up to `count` vertices in one pass and says how many went. */
  thin(count: number): number {
    const heap = new Heap();
    const enter = (id: number) => heap.push(this.#area(id), id, this.#stamp[id] ?? -1);
    for (let id = 0; id < this.size; id += 1) if (this.#stamp[id] !== -1) enter(id);
    let gone = 0;
    for (let item = heap.pop(); item !== undefined && gone < count; item = heap.pop()) {
      const id = item.value;
      if (this.#stamp[id] !== item.stamp || !this.#mayGo(id)) continue;
      const [previous, next] = this.#neighbours(id);
      this.#next[previous] = next;
      this.#previous[next] = previous;
      this.#stamp[id] = -1;
      this.#left[this.#ringOf[id] ?? 0]! -= 1;
      gone += 1;
      for (const neighbour of [previous, next]) {
        this.#stamp[neighbour]! += 1;
        enter(neighbour);
      }
    }
    return gone;
  }

  rings(): Vertex[][] {
    const rings: Vertex[][] = this.#left.map(() => []);
    for (const [id, vertex] of this.#vertices.entries()) {
      if (this.#stamp[id] !== -1) rings[this.#ringOf[id] ?? 0]?.push(vertex);
    }
    return rings;
  }

  #neighbours(id: number): [previous: number, next: number] {
    return [this.#previous[id] ?? id, this.#next[id] ?? id];
  }

  #at(id: number): Vertex {
    return this.#vertices[id] ?? [0, 0];
  }

  #area(id: number): number {
    const [previous, next] = this.#neighbours(id);
    const [a, b, c] = [this.#at(previous), this.#at(id), this.#at(next)];
    return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) * this.#squeeze;
  }

  #mayGo(id: number): boolean {
    if ((this.#left[this.#ringOf[id] ?? 0] ?? 0) <= 3) return false;
    const [previous, next] = this.#neighbours(id);
    const [a, b, c] = [this.#at(previous), this.#at(id), this.#at(next)];
    const blocked = (other: number) => {
      if (other === id || other === previous || other === next || this.#stamp[other] === -1) return false;
      const [x, y] = this.#at(other);
      const ab = orient2d(a[0], a[1], b[0], b[1], x, y);
      const bc = orient2d(b[0], b[1], c[0], c[1], x, y);
      const ca = orient2d(c[0], c[1], a[0], a[1], x, y);
      return (ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0);
    };
    return !this.#index.collides(
      Math.min(a[0], b[0], c[0]),
      Math.min(a[1], b[1], c[1]),
      Math.max(a[0], b[0], c[0]),
      Math.max(a[1], b[1], c[1]),
      blocked,
    );
  }
}
