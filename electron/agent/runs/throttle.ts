/** Lets at most one call in each interval through, the newest; the last one offered comes through in the end. */
export class Throttle {
  readonly #intervalMs: number;
  #lastAt = Number.NEGATIVE_INFINITY;
  #waiting: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  offer(call: () => void): void {
    const wait = this.#lastAt + this.#intervalMs - performance.now();
    this.#waiting = call;
    if (wait <= 0) this.#pass();
    else this.#timer ??= setTimeout(() => this.#pass(), wait);
  }

  /** Forgets what waits. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #pass(): void {
    const call = this.#waiting;
    this.stop();
    this.#lastAt = performance.now();
    call?.();
  }
}
