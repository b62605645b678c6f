import type { Spread } from '#shared/wire/statistics.ts';

/** Durations as they come; a million take eight megabytes. */
export class Durations {
  #values = new Float64Array(64);
  #count = 0;

  add(milliseconds: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = Math.max(0, milliseconds);
    this.#count += 1;
  }

  /** Exact, by rank: the smallest duration that so many are not above. */
  get spread(): Spread {
    const sorted = this.#values.subarray(0, this.#count).sort();
    const rank = (share: number) => {
      const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
      return value === undefined ? null : value / 1000;
    };
    return { count: sorted.length, median: rank(0.5), p95: rank(0.95) };
  }
}
