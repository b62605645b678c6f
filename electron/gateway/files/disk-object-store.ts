import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '#shared/errors.ts';
import { DiskParts } from './disk-parts.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { OneAtATime } from './one-at-a-time.ts';

/** Objects as `<folder>/ab/cdef…`, written under a temporary name, flushed, then renamed. */
export class DiskObjectStore implements ObjectStore {
  readonly parts: DiskParts;
  readonly #folder: string;
  readonly #incoming: string;
  /** Objects that are being given their name or taken away, by that name. */
  readonly #named = new OneAtATime();
  /** Those that are known to be there: 256 at most. */
  readonly #folders = new Set<string>();

  private constructor(folder: string, parts: DiskParts) {
    this.#folder = folder;
    this.#incoming = join(folder, 'incoming');
    this.parts = parts;
  }

  /** Opens the store; what a crash left half-written is removed. */
  static async open(folder: string): Promise<DiskObjectStore> {
    const store = new DiskObjectStore(folder, await DiskParts.open(join(folder, 'multipart')));
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
      await this.#named.run(stored.sha256, () => this.#settle(temporary, this.#path(stored.sha256)));
      return stored;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  }

  adopt(id: string, sha256: string): Promise<void> {
    const [from, path] = [this.parts.path(id), this.#path(sha256)];
    return this.#named.run(sha256, async () => {
      const now = new Date();
      if (await exists(from)) {
        // As young as any object that has just come: what nobody refers to yet is kept for a while.
        await utimes(from, now, now);
        await this.#settle(from, path);
      } else await utimes(path, now, now);
    });
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
    return exists(this.#path(sha256));
  }

  remove(sha256: string, before: number, release: () => Promise<boolean>): Promise<number> {
    const path = this.#path(sha256);
    return this.#named.run(sha256, async () => {
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs >= before) return 0;
      if (!(await release())) return 0;
      await rm(path, { force: true });
      return found?.size ?? 0;
    });
  }

  async *list(): AsyncGenerator<readonly string[]> {
    for (const folder of await readdir(this.#folder)) {
      if (/^[0-9a-f]{2}$/.test(folder)) {
        const names = await readdir(join(this.#folder, folder));
        yield names.map((name) => folder + name);
      }
    }
  }

  async removeTemporary(before: number): Promise<void> {
    for (const name of await readdir(this.#incoming)) {
      const path = join(this.#incoming, name);
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs < before) await rm(path, { force: true });
    }
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256.slice(2));
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

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
