/** Has an engine unload its models when it has had nothing to do for so long: once, until it has worked again. */
export class IdleFree {
  readonly #afterMs: number;
  readonly #free: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #state: 'gone' | 'idle' | 'working' = 'gone';
  /** Something may have been loaded since it was asked last. */
  #due = true;

  /** @param afterSeconds 0 = never */
  constructor(afterSeconds: number, free: () => Promise<void>) {
    this.#afterMs = afterSeconds * 1000;
    this.#free = free;
  }

  /** The engine is up and has something to do, or has not. */
  works(working: boolean): void {
    this.#state = working ? 'working' : 'idle';
    if (working) this.#due = true;
    this.#wait();
  }

  /** The engine is gone; what comes up in its place may bring its models along. */
  stop(): void {
    this.#state = 'gone';
    this.#due = true;
    this.#wait();
  }

  #wait(): void {
    if (this.#state !== 'idle') {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else if (this.#afterMs > 0 && this.#due) {
      this.#timer ??= setTimeout(() => void this.#ask(), this.#afterMs).unref();
    }
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#due = false;
    try {
      await this.#free();
    } catch {
      // It may be away for a moment: the next time then, if it is there by then.
      this.#due = true;
      this.#wait();
    }
  }
}
