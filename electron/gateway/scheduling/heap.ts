/** A binary heap: `top` is the item with the highest rank. Ranks are given at insertion and don't change. */
export class Heap<Item> {
  readonly #items: { readonly rank: number; readonly item: Item }[] = [];

  get top(): Item | undefined {
    return this.#items[0]?.item;
  }

  push(rank: number, item: Item): void {
    const items = this.#items;
    items.push({ rank, item });
    let at = items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#rank(parent) >= rank) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): void {
    const last = this.#items.pop();
    if (!last || this.#items.length === 0) return;
    this.#items[0] = last;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let best = at;
      if (this.#rank(left) > this.#rank(best)) best = left;
      if (this.#rank(right) > this.#rank(best)) best = right;
      if (best === at) return;
      this.#swap(at, best);
      at = best;
    }
  }

  #rank(at: number): number {
    return this.#items[at]?.rank ?? Number.NEGATIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (!one || !other) return;
    this.#items[a] = other;
    this.#items[b] = one;
  }
}
