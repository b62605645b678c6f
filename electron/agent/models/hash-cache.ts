import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type ModelFacts, modelFacts } from '#shared/models/facts.ts';
import type { FoundFile } from './scan.ts';

const entry = z.object({
  size: z.number(),
  modified: z.number(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  facts: modelFacts.optional(),
});
type Entry = z.infer<typeof entry>;

const saveMs = 5000;

type FileStamp = Pick<FoundFile, 'absolute' | 'size' | 'modified'>;

/** What is known of files by path, size and time of change: so that twenty gigabytes are read once and not at each start. */
export class HashCache {
  readonly #path: string;
  #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;
  #stale = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** A cache that can't be read is a cache that is empty. */
  async open(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => '{}');
    const kept = z.record(z.string(), entry).safeParse(parse(text));
    this.#entries = new Map(Object.entries(kept.data ?? {}));
  }

  of({ absolute, size, modified }: FileStamp): Pick<Entry, 'sha256' | 'facts'> {
    const known = this.#entries.get(absolute);
    return known?.size === size && known.modified === modified ? known : {};
  }

  keep(file: FileStamp, learned: { sha256?: string; facts?: ModelFacts }): void {
    const { size, modified } = file;
    this.#entries.set(file.absolute, { ...this.of(file), size, modified, ...learned });
    this.#stale = true;
    this.#timer ??= setTimeout(() => void this.save(), saveMs);
    this.#timer.unref();
  }

  /** Forgets what is not there any more. */
  retain(paths: ReadonlySet<string>): void {
    for (const path of this.#entries.keys()) if (!paths.has(path)) this.#entries.delete(path);
  }

  /** Writes it down; that it could not be costs only reading again. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#stale) return this.#saving;
    this.#stale = false;
    const text = JSON.stringify(Object.fromEntries(this.#entries));
    this.#saving = this.#saving.then(() => this.#write(text)).catch(() => undefined);
    return this.#saving;
  }

  async #write(text: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
