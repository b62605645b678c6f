/**
 * A binary heap whose members have names: `top` is the one with the highest rank, and a member that changes moves to
 * its new place, so the heap never holds more than its members however often they change.
 */
export class RankedHeap<Item> {
  readonly #entries: { readonly key: string; rank: number; item: Item }[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#entries.length;
  }

  get top(): { readonly rank: number; readonly item: Item } | undefined {
    return this.#entries[0];
  }

  /** Adds a member, or gives it another rank. */
  set(key: string, rank: number, item: Item): void {
    let at = this.#places.get(key);
    const entry = at === undefined ? undefined : this.#entries[at];
    if (at === undefined || !entry) {
      at = this.#entries.length;
      this.#entries.push({ key, rank, item });
      this.#places.set(key, at);
    } else {
      entry.rank = rank;
      entry.item = item;
    }
    this.#settle(at);
  }

  remove(key: string): void {
    const at = this.#places.get(key);
    if (at === undefined) return;
    this.#places.delete(key);
    const last = this.#entries.pop();
    if (!last || at === this.#entries.length) return;
    this.#entries[at] = last;
    this.#places.set(last.key, at);
    this.#settle(at);
  }

  /** Brings the entry at an index to where its rank belongs. */
  #settle(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#rank(parent) >= this.#rank(at)) break;
      this.#swap(at, parent);
      at = parent;
    }
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
    return this.#entries[at]?.rank ?? Number.NEGATIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#entries[a], this.#entries[b]];
    if (!one || !other) return;
    this.#entries[a] = other;
    this.#entries[b] = one;
    this.#places.set(other.key, a);
    this.#places.set(one.key, b);
  }
}
