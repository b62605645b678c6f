import type { PromptTuple } from './history.ts';

export interface QueuedPrompt {
  readonly tuple: PromptTuple;
  /** Keys for partner services: never shown again. */
  readonly sensitive: Readonly<Record<string, unknown>>;
}

/** Waiting prompts: lower numbers first, then the order of submission. One at a time is running. */
export class PromptQueue {
  readonly #pending: { readonly prompt: QueuedPrompt; readonly order: number }[] = [];
  #running: QueuedPrompt | undefined;
  #order = 0;
  #counter = 0;

  get running(): QueuedPrompt | undefined {
    return this.#running;
  }

  get pending(): readonly QueuedPrompt[] {
    return this.#pending.map(({ prompt }) => prompt);
  }

  /** Running and pending. */
  get remaining(): number {
    return this.#pending.length + (this.#running ? 1 : 0);
  }

  /** A prompt's number: its own, or the next; negative to go before all others. */
  number(own: number | undefined, front: boolean): number {
    const next = this.#counter++;
    return own ?? (front ? -next : next);
  }

  add(prompt: QueuedPrompt): void {
    const number = prompt.tuple[0];
    const at = this.#pending.findIndex((other) => other.prompt.tuple[0] > number);
    this.#pending.splice(at < 0 ? this.#pending.length : at, 0, { prompt, order: this.#order++ });
  }

  take(): QueuedPrompt | undefined {
    this.#running = this.#pending.shift()?.prompt;
    return this.#running;
  }

  done(): void {
    this.#running = undefined;
  }

  /** Removes a pending prompt. */
  remove(id: string): boolean {
    const at = this.#pending.findIndex(({ prompt }) => prompt.tuple[1] === id);
    if (at >= 0) this.#pending.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.#pending.length = 0;
  }
}
