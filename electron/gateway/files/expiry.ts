import type { Retention } from '#shared/wire/storage.ts';
import type { Store } from '../store/store.ts';
import { heldInputs } from './references.ts';

export interface ExpiryPorts {
  readonly store: Store;
  readonly retention: () => Retention;
  readonly clock: () => number;
  /** Awaited between slices. */
  readonly rest: () => Promise<void>;
}

/** A row whose time is over. */
export interface Expired {
  readonly key: string;
  /** Null for an input that was announced and never came. */
  readonly sha256: string | null;
  readonly size: number;
  readonly at: number;
}

export const dayMs = 86_400_000;
const atOnce = 200;

const inputsSql = `
  SELECT file_key AS key, sha256, announced_size AS size, used_at AS at FROM files
  WHERE (used_at > ? OR used_at = ? AND file_key > ?) AND (
    sha256 IS NOT NULL AND used_at < ?
    OR sha256 IS NULL AND used_at < ? AND NOT EXISTS (SELECT 1 FROM uploads WHERE storage_key = file_key))
  ORDER BY used_at, file_key LIMIT ${atOnce}`;

const outputsSql = `
  SELECT storage_key AS key, sha256, size, created_at AS at FROM outputs
  WHERE (created_at > ? OR created_at = ? AND storage_key > ?) AND created_at < ?
  ORDER BY created_at, storage_key LIMIT ${atOnce}`;

/** Inputs and outputs whose time is over, by pages; and their end. */
export class Expiry {
  readonly #ports: ExpiryPorts;

  constructor(ports: ExpiryPorts) {
    this.#ports = ports;
  }

  /** Inputs that were of no use for longer than they are kept, and that nobody waits for. */
  async *inputs(): AsyncGenerator<readonly Expired[]> {
    const { store, retention, clock, rest } = this.#ports;
    const before = limit(clock(), retention().input_days);
    // An address to upload to is good for an hour; what was not sent in a day won't come.
    const announcedBefore = clock() - dayMs;
    const pages = this.#pages((last) =>
      store.read.hot<Expired>(inputsSql, last.at, last.at, last.key, before, announcedBefore),
    );
    let held: ReadonlySet<string> | undefined;
    for await (const page of pages) {
      held ??= await heldInputs(store.read, rest);
      yield page.filter(({ key }) => !held?.has(key));
    }
  }

  async *outputs(): AsyncGenerator<readonly Expired[]> {
    const { store, retention, clock } = this.#ports;
    const before = limit(clock(), retention().output_days);
    yield* this.#pages((last) => store.read.hot<Expired>(outputsSql, last.at, last.at, last.key, before));
  }

  async *#pages(next: (last: { at: number; key: string }) => Expired[]): AsyncGenerator<Expired[]> {
    let last = { at: -1, key: '' };
    for (;;) {
      const page = next(last);
      const end = page.at(-1);
      if (!end) return;
      last = { at: end.at, key: end.key };
      yield page;
      await this.#ports.rest();
    }
  }

  /** Ends those of a page that are still what they were: one that a task was given meanwhile is of use again. */
  removeInputs(page: readonly Expired[]): Promise<number> {
    return this.#ports.store.write((writer) =>
      page.reduce(
        (sum, { key, at }) =>
          sum + writer.hotRun('DELETE FROM files WHERE file_key = ? AND used_at = ?', key, at),
        0,
      ),
    );
  }

  removeOutputs(page: readonly Expired[]): Promise<number> {
    return this.#ports.store.write((writer) =>
      page.reduce((sum, { key }) => sum + writer.hotRun('DELETE FROM outputs WHERE storage_key = ?', key), 0),
    );
  }
}

/** What is older than this goes; -1 keeps all. */
const limit = (now: number, days: number): number => (days < 0 ? 0 : now - days * dayMs);
