import type { PromptTuple } from './history.ts';

export interface QueuedPrompt {
  readonly tuple: PromptTuple;
}

/** Waiting prompts: lower numbers first, then the order of submission. One at a time is running. */
export class PromptQueue {
  readonly #pending: QueuedPrompt[] = [];
  #running: QueuedPrompt | undefined;
  #counter = 0;

  get running(): QueuedPrompt | undefined {
    return this.#running;
  }

  get pending(): readonly QueuedPrompt[] {
    return this.#pending;
  }

  /** Running and pending. */
  get remaining(): number {
    return this.#pending.length + (this.#running ? 1 : 0);
  }

  /** The number of a prompt that brings none; negative to go before all others. */
  nextNumber(front: boolean): number {
    const next = this.#counter++;
    return front ? -next : next;
  }

  add(prompt: QueuedPrompt): void {
    const number = prompt.tuple[0];
    const at = this.#pending.findIndex((other) => other.tuple[0] > number);
    this.#pending.splice(at < 0 ? this.#pending.length : at, 0, prompt);
  }

  take(): QueuedPrompt | undefined {
    this.#running = this.#pending.shift();
    return this.#running;
  }

  done(): void {
    this.#running = undefined;
  }

  /** Removes a pending prompt. */
  remove(id: string): boolean {
    const at = this.#pending.findIndex(({ tuple }) => tuple[1] === id);
    if (at >= 0) this.#pending.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.#pending.length = 0;
  }
}
