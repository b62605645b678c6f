import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { AppError } from '#shared/errors.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { OutputRow } from '../store/schema.ts';

/** Asked for, to be fetched once or more until it expires. */
interface Ticket {
  readonly entries: readonly Entry[];
  readonly expiresAt: number;
}

interface Entry {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  readonly createdAt: number;
}

export interface ZipStream {
  readonly stream: Readable;
  /** Bytes of the whole zip, known before the first of them: nothing in it is compressed. */
  readonly size: number;
}

const ticketMs = 600_000;
const mostTickets = 100;

/** Many outputs as one download. Pictures and videos are packed already: they are stored as they are, and streamed. */
export class Zips {
  readonly #objects: ObjectStore;
  readonly #clock: () => number;
  readonly #tickets = new Map<string, Ticket>();

  constructor(objects: ObjectStore, clock: () => number) {
    this.#objects = objects;
    this.#clock = clock;
  }

  /** @returns what the download is asked for with: whoever has it may fetch these files */
  prepare(rows: readonly OutputRow[]): string {
    const now = this.#clock();
    for (const [name, { expiresAt }] of this.#tickets) {
      if (expiresAt <= now || this.#tickets.size >= mostTickets) this.#tickets.delete(name);
    }
    const name = randomBytes(24).toString('base64url');
    this.#tickets.set(name, { entries: namedApart(rows), expiresAt: now + ticketMs });
    return name;
  }

  async open(name: string): Promise<ZipStream> {
    const ticket = this.#tickets.get(name);
    if (!ticket || ticket.expiresAt <= this.#clock()) {
      throw new AppError('not_found', 'This download has expired; choose the files and download them again.');
    }
    const zip = new ZipFile();
    for (const { name: path, sha256, size, createdAt } of ticket.entries) {
      zip.addReadStreamLazy(path, { compress: false, size, mtime: new Date(createdAt) }, (give) =>
        give(null, this.#objects.open(sha256)),
      );
    }
    const size = await new Promise<number>((done) =>
      zip.end(undefined, (...sizes: number[]) => done(sizes[0] ?? -1)),
    );
    const stream = zip.outputStream as Readable;
    // A file that is gone, or shorter than it was: the download breaks off, and the client sees that it is cut short.
    zip.on('error', (error: Error) => stream.destroy(error));
    return { stream, size };
  }
}

/** No two of one name, whatever the case: a zip may be unpacked where case counts for nothing. */
function namedApart(rows: readonly OutputRow[]): Entry[] {
  const taken = new Set<string>();
  return rows.map((row) => {
    const bare = row.name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
    const safe = /^\.*$/.test(bare) ? 'file' : bare;
    const dot = safe.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, ''];
    let name = safe;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${stem} (${n})${ending}`;
    taken.add(name.toLowerCase());
    return { name, sha256: row.sha256, size: row.size, createdAt: row.created_at };
  });
}
