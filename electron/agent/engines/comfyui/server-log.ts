import type { LaunchReport } from '#shared/wire/engines.ts';
import { LaunchStages } from '../launch/stages.ts';

const keptLines = 200;

/** What a server prints, life after life: its last lines, and how far its start has come. */
export class ServerLog {
  readonly #lines: string[] = [];
  #stages = new LaunchStages();
  #over = false;

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Of its present start, or of the last one until another begins to speak. */
  get launch(): LaunchReport {
    return this.#stages.report;
  }

  /** The server has ended; what is printed next is of another life. */
  end(): void {
    this.#over = true;
  }

  /** Takes a line; true when the start has come further. */
  line(text: string): boolean {
    if (this.#over) this.#stages = new LaunchStages();
    this.#over = false;
    if (this.#lines.push(text) > keptLines) this.#lines.shift();
    return this.#stages.line(text);
  }
}
