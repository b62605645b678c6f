/** One write to the log, as ComfyUI keeps it. */
export interface LogEntry {
  readonly t: string;
  readonly m: string;
}

const kept = 300;

/** What the engine says: on standard output, for whoever launched it, and the last lines for `/internal/logs`. */
export class EngineLog {
  readonly entries: LogEntry[] = [];
  readonly #listeners = new Set<(entry: LogEntry) => void>();

  onEntry(listener: (entry: LogEntry) => void): void {
    this.#listeners.add(listener);
  }

  say(line: string): void {
    const entry = { t: new Date().toISOString(), m: `${line}\n` };
    if (this.entries.push(entry) > kept) this.entries.shift();
    process.stdout.write(entry.m);
    for (const listener of this.#listeners) listener(entry);
  }
}
