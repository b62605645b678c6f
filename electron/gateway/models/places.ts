/** A few places for many: whoever finds none waits, in order, until one is free or it gives up. */
export class Places {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` in a place of its own; not at all when `signal` is aborted before there is one. */
  async run(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (this.#free === 0 && !signal.aborted) await this.#wait(signal);
    if (signal.aborted) return;
    this.#free -= 1;
    try {
      await work();
    } finally {
      this.#free += 1;
      const [next] = this.#waiting;
      next?.();
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((done) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', go);
        done();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }
}
