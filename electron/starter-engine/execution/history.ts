/** `[number, prompt_id, prompt, extra_data, outputs_to_execute]`, as queue and history show a prompt. */
export type PromptTuple = readonly [number, string, unknown, Record<string, unknown>, readonly string[]];

export type HistoryMessage = readonly [event: string, data: Record<string, unknown>];

export interface HistoryEntry {
  readonly prompt: PromptTuple;
  readonly outputs: Record<string, unknown>;
  readonly status: {
    readonly status_str: 'success' | 'error';
    readonly completed: boolean;
    readonly messages: readonly HistoryMessage[];
  };
  readonly meta: Record<string, unknown>;
}

const mostEntries = 10_000;

/** Finished prompts, oldest first; in memory only, as ComfyUI's. */
export class History {
  readonly #entries = new Map<string, HistoryEntry>();

  add(id: string, entry: HistoryEntry): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= mostEntries && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.delete(id);
    this.#entries.set(id, entry);
  }

  get(id: string): HistoryEntry | undefined {
    return this.#entries.get(id);
  }

  entries(): [string, HistoryEntry][] {
    return [...this.#entries];
  }

  /** The newest `max` entries, oldest first; with an offset they count from the oldest. */
  page(max: number | undefined, offset: number): Record<string, HistoryEntry> {
    const all = this.entries();
    const start = offset < 0 && max !== undefined ? all.length - max : offset;
    const first = Math.max(0, start);
    return Object.fromEntries(all.slice(first, max === undefined ? undefined : first + max));
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
  }
}
