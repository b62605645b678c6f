import { EngineGone } from '../engine.ts';

/** Waits for an engine to take runs, through its restarts, until it has been given up. */
export class Readiness {
  #waiting = Promise.withResolvers<void>();
  #ready = false;

  constructor() {
    this.#begin();
  }

  /** Resolves when it is ready; rejects with EngineGone when it has been given up, or when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const aborted = (): void => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([this.#waiting.promise, promise]);
    } finally {
      signal.removeEventListener('abort', aborted);
    }
  }

  become(ready: boolean): void {
    if (ready) this.#waiting.resolve();
    else if (this.#ready) this.#begin();
    this.#ready = ready;
  }

  giveUp(words: string): void {
    this.#waiting.reject(new EngineGone(words));
  }

  #begin(): void {
    this.#waiting = Promise.withResolvers<void>();
    this.#waiting.promise.catch(() => undefined);
  }
}
