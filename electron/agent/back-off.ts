/** Delays between tries: doubling from `first` to `most` milliseconds, each with jitter so that many agents spread. */
export class BackOff {
  readonly #first: number;
  readonly #most: number;
  #failures = 0;

  constructor(first: number, most: number) {
    this.#first = first;
    this.#most = most;
  }

  /** Milliseconds to wait before the next try. */
  next(): number {
    const full = Math.min(this.#most, this.#first * 2 ** this.#failures);
    if (full < this.#most) this.#failures += 1;
    return full * (0.5 + Math.random() / 2);
  }

  /** The last try worked. */
  reset(): void {
    this.#failures = 0;
  }
}

/** Waits; an aborted signal ends the wait early without throwing, so callers look at the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** For how long something has stayed the same. */
export class Stillness {
  #last: string | undefined;
  #since = 0;

  of(now: string): number {
    if (now !== this.#last) this.#since = Date.now();
    this.#last = now;
    return Date.now() - this.#since;
  }
}
