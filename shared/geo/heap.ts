/** A binary min-heap of numbers by priority; equal priorities come out in no promised order. */
export class Heap {
  readonly #items: { priority: number; value: number; stamp: number }[] = [];

  push(priority: number, value: number, stamp: number): void {
    const items = this.#items;
    const item = { priority, value, stamp };
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above.priority <= priority) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes out the item of least priority. */
  pop(): { priority: number; value: number; stamp: number } | undefined {
    const items = this.#items;
    const top = items[0];
    const item = items.pop();
    if (item === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [items[child], items[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && right.priority < left.priority) child += 1;
      const least = items[child];
      if (least === undefined || least.priority >= item.priority) break;
      items[at] = least;
      at = child;
    }
    items[at] = item;
    return top;
  }
}
