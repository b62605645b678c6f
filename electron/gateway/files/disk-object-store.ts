import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '#shared/errors.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** Objects as `<folder>/ab/cdef…`, written under a temporary name, flushed, then renamed. */
export class DiskObjectStore implements ObjectStore {
  readonly #folder: string;
  readonly #incoming: string;
  /** Those that are known to be there: 256 at most. */
  readonly #folders = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#incoming = join(folder, 'incoming');
  }

  /** Opens the store; what a crash left half-written is removed. */
  static async open(folder: string): Promise<DiskObjectStore> {
    const store = new DiskObjectStore(folder);
    await rm(store.#incoming, { recursive: true, force: true });
    await mkdir(store.#incoming, { recursive: true, mode: 0o700 });
    return store;
  }

  async put(stream: Readable, options: { maxBytes?: number } = {}): Promise<StoredObject> {
    const temporary = join(this.#incoming, randomUUID());
    const file = await open(temporary, 'wx', 0o600);
    try {
      const stored = await this.#write(stream, file, options.maxBytes ?? Number.POSITIVE_INFINITY);
      await file.close();
      const path = this.#path(stored.sha256);
      await this.#settle(temporary, path);
      return stored;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Gives the object its name; the folder is flushed too, or a power cut could take back the name. */
  async #settle(temporary: string, path: string): Promise<void> {
    const folder = dirname(path);
    if (!this.#folders.has(folder)) {
      if (await mkdir(folder, { recursive: true, mode: 0o700 })) await flushFolder(this.#folder);
      this.#folders.add(folder);
    }
    await rename(temporary, path);
    await flushFolder(folder);
  }

  async #write(stream: Readable, file: FileHandle, maxBytes: number): Promise<StoredObject> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new AppError('too_large', `The file is larger than ${maxBytes} bytes.`);
      hash.update(chunk);
      // `write` may take a part only; this takes all of it.
      await file.writeFile(chunk);
    }
    await file.datasync();
    return { sha256: hash.digest('hex'), size };
  }

  open(sha256: string, range?: { start: number; end: number }): Readable {
    return createReadStream(this.#path(sha256), range);
  }

  has(sha256: string): Promise<boolean> {
    return access(this.#path(sha256)).then(
      () => true,
      () => false,
    );
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256.slice(2));
  }
}

/** Windows can't open folders, and its file systems journal names by themselves. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
