/** Timers by name, one each: leases of agents that are away, acknowledgements that are awaited, signs of life. */
export class Deadlines {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  set(name: string, ms: number, due: () => void): void {
    this.clear(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      due();
    }, ms);
    timer.unref();
    this.#timers.set(name, timer);
  }

  /** Counts again from the start, if it is set. */
  renew(name: string): void {
    this.#timers.get(name)?.refresh();
  }

  clear(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
