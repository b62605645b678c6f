import type { Compilable, Kysely } from 'kysely';
import type { Database } from './schema.ts';

/**
 * The database behind the gateway. Reads see committed data only; writes run in units of work that share commits.
 * Kysely builds statements (typed by `Database`), the driver runs them synchronously: see docs/adr/0002.
 */
export interface Reader {
  /** All rows of a statement built with `sql`. */
  all<Row>(query: Compilable<Row>): Row[];
  /** The first row, if any. */
  get<Row>(query: Compilable<Row>): Row | undefined;
  /** Rows of hand-written SQL, prepared once and kept; for the few hot statements. */
  hot<Row>(text: string, ...parameters: readonly Bindable[]): Row[];
}

export interface Writer extends Reader {
  /** Runs a statement that changes rows; returns how many. */
  run(query: Compilable<unknown>): number;
  /** The same for hand-written SQL. */
  hotRun(text: string, ...parameters: readonly Bindable[]): number;
}

export type Bindable = string | number | bigint | null | Uint8Array;

export interface WriteOptions {
  readonly withinMs?: number;
}

export interface Store {
  /** Statement builder; never executes by itself. */
  readonly sql: Kysely<Database>;
  readonly read: Reader;
  /**
   * Runs `work` as one unit: all of it or nothing. Units that arrive in the same turn of the event loop share one
   * commit (group commit). Resolves after the commit is on disk (`synchronous=FULL`), rejects with what `work` threw
   * (only its own changes are undone). `work` must be synchronous and must not keep the writer.
   *
   * A unit that nobody waits for names how many milliseconds it can (`withinMs`): it shares the next commit that comes
   * in that time, and costs no flush of its own. The order of units stays as they were given.
   */
  write<Result>(work: (writer: Writer) => Result, options?: WriteOptions): Promise<Result>;
  /** Runs what is due, checkpoints and closes. Later calls reject. */
  close(): Promise<void>;
}

/** Thrown when the database was written by a newer Atelier; the file is left untouched. */
export class NewerDatabaseError extends Error {
  constructor(path: string, found: number, known: number) {
    super(
      `${path} was written by a newer version of Atelier (schema ${found}, this one knows ${known}). ` +
        'Update Atelier, or start it with another --data folder. Nothing was changed.',
    );
    this.name = 'NewerDatabaseError';
  }
}
