import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '#shared/errors.ts';
import type { PartStore, Place, StoredObject } from './object-store.ts';

const readAtOnce = 1024 * 1024;

/**
 * Uploads in parts as one file each, written in place: a part goes to where it belongs, so that nothing has to be put
 * together in the end, and the disk holds the bytes once.
 */
export class DiskParts implements PartStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<DiskParts> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new DiskParts(folder);
  }

  async write(id: string, { start, size }: Place, stream: Readable): Promise<string> {
    const file = await open(this.path(id), constants.O_CREAT | constants.O_WRONLY, 0o600);
    const hash = createHash('sha256');
    let written = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (written + chunk.length > size) {
          throw new AppError('upload_mismatch', `The part is larger than its ${size} bytes.`);
        }
        hash.update(chunk);
        await writeAll(file, chunk, start + written);
        written += chunk.length;
      }
      if (written !== size) {
        throw new AppError('upload_mismatch', `The part has ${written} bytes, but ${size} belong into it.`);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    return hash.digest('hex');
  }

  async sum(id: string): Promise<StoredObject> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of createReadStream(this.path(id), { highWaterMark: readAtOnce })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    return { sha256: hash.digest('hex'), size };
  }

  remove(id: string): Promise<void> {
    return rm(this.path(id), { force: true });
  }

  list(): Promise<string[]> {
    return readdir(this.#folder);
  }

  path(id: string): string {
    return join(this.#folder, id);
  }
}

/** `write` may take a part only. */
async function writeAll(
  file: Awaited<ReturnType<typeof open>>,
  chunk: Buffer,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}
