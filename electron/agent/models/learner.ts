import type { Logger } from 'pino';
import type { HashCache } from './hash-cache.ts';
import type { ModelReader } from './model-reader.ts';
import type { FoundFile } from './scan.ts';

interface LearnerPorts {
  readonly reader: ModelReader;
  readonly cache: HashCache;
  readonly log: Logger;
  /** Something more is known. */
  learned(): void;
}

/** Reads what is not known yet of files, in the background and one after the other: headers first, then hashes. */
export class Learner {
  readonly #ports: LearnerPorts;
  #files: readonly FoundFile[] = [];
  #at: Promise<void> | undefined;
  #stopped = false;
  /** Could not be read as they are: not tried again until they change. */
  readonly #given = new Set<string>();

  constructor(ports: LearnerPorts) {
    this.#ports = ports;
  }

  /** The files that are there now; what is known of them is not read again. */
  learn(files: readonly FoundFile[]): void {
    this.#files = files;
    this.#at ??= this.#work().finally(() => {
      this.#at = undefined;
    });
  }

  /** Resolves when nothing is left to be read. */
  async idle(): Promise<void> {
    await this.#at;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next && !this.#stopped; next = this.#next()) {
      const { file, ask } = next;
      try {
        const { reader, cache } = this.#ports;
        const { absolute } = file;
        cache.keep(
          file,
          ask === 'facts' ? { facts: await reader.facts(absolute) } : { sha256: await reader.hash(absolute) },
        );
        this.#ports.learned();
      } catch (error) {
        if (this.#stopped) return;
        this.#given.add(stampOf(file, ask));
        this.#ports.log.warn(
          { path: file.absolute, error: (error as Error).message },
          'a model can not be read',
        );
      }
    }
  }

  /** Headers before hashes; then the small before the large, so that most is known soon. */
  #next(): { file: FoundFile; ask: 'facts' | 'hash' } | undefined {
    let best: FoundFile | undefined;
    for (const file of this.#files) {
      const known = this.#ports.cache.of(file);
      if (!known.facts && !this.#given.has(stampOf(file, 'facts'))) return { file, ask: 'facts' };
      if (!known.sha256 && !this.#given.has(stampOf(file, 'hash')) && file.size < (best?.size ?? Infinity)) {
        best = file;
      }
    }
    return best && { file: best, ask: 'hash' };
  }
}

const stampOf = ({ absolute, size, modified }: FoundFile, ask: string): string =>
  `${ask} ${size} ${modified} ${absolute}`;
