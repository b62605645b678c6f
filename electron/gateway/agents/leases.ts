/** Timers by name, one each: leases of agents that are away, acknowledgements that are awaited. */
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

  clear(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
