import type { ObjectRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import type { ObjectStore } from './object-store.ts';
import { referencesTo } from './references.ts';

export interface LooseObjectsPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly clock: () => number;
  readonly rest: () => Promise<void>;
}

/** What nobody refers to is kept so long: whoever has just brought it is about to. */
const graceMs = 3_600_000;
const atOnce = 200;
/** Objects that go together share their commits. */
const together = 20;

/**
 * Objects that no row refers to. Whoever refers to an object has brought its bytes a moment before, which makes the
 * object young again, and young ones are left alone. Its row goes first, then its bytes, and nobody can bring the same
 * bytes in between: killed at any moment, at worst bytes are left that have no row, and these are found too.
 */
export class LooseObjects {
  readonly #ports: LooseObjectsPorts;

  constructor(ports: LooseObjectsPorts) {
    this.#ports = ports;
  }

  /** By pages, those that have a row. */
  async *find(): AsyncGenerator<readonly ObjectRow[]> {
    const { store, rest } = this.#ports;
    let last = '';
    for (;;) {
      const page = store.read.hot<ObjectRow>(
        `SELECT * FROM objects WHERE sha256 > ? ORDER BY sha256 LIMIT ${atOnce}`,
        last,
      );
      const end = page.at(-1);
      if (!end) return;
      last = end.sha256;
      const before = this.before();
      yield page.filter((row) => row.created_at < before && referencesTo(store.read, row.sha256) === 0);
      await rest();
    }
  }

  /** Removes them; returns how many bytes that freed. */
  async remove(): Promise<number> {
    let freed = 0;
    for await (const page of this.find()) freed += await this.#removeAll(page.map(({ sha256 }) => sha256));
    return freed;
  }

  /** Removes bytes that have no row: looks at every file on the disk. */
  async removeStrays(): Promise<number> {
    const { store, objects, rest } = this.#ports;
    let freed = 0;
    for await (const names of objects.list()) {
      const strays = names.filter(
        (sha256) => store.read.hot('SELECT 1 FROM objects WHERE sha256 = ?', sha256).length === 0,
      );
      freed += await this.#removeAll(strays);
      await rest();
    }
    return freed;
  }

  async #removeAll(names: readonly string[]): Promise<number> {
    let freed = 0;
    for (let at = 0; at < names.length; at += together) {
      const sizes = await Promise.all(names.slice(at, at + together).map((sha256) => this.#remove(sha256)));
      freed += sizes.reduce((sum, size) => sum + size, 0);
    }
    return freed;
  }

  #remove(sha256: string): Promise<number> {
    const { store, objects } = this.#ports;
    return objects.remove(sha256, this.before(), () =>
      store.write((writer) => {
        if (referencesTo(writer, sha256) > 0) return false;
        writer.hotRun('DELETE FROM objects WHERE sha256 = ?', sha256);
        return true;
      }),
    );
  }

  /** What came before this may go. Outputs of a run lie here without a row until the run is over. */
  before(): number {
    const { store, clock } = this.#ports;
    const [run] = store.read.hot<{ begin: number | null }>(
      `SELECT MIN(created_at) AS begin FROM attempts WHERE state <> 'ended'`,
    );
    return Math.min(clock() - graceMs, run?.begin ?? Number.POSITIVE_INFINITY);
  }
}
