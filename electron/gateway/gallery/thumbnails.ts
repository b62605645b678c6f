import { createReadStream } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ObjectStore } from '../files/object-store.ts';
import type { Signer } from '../files/signer.ts';
import type { PreviewRow } from '../store/rows/gallery.ts';
import type { ObjectRow, OutputRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { type Drawn, Painter } from './painter.ts';

export interface ThumbnailPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly clock: () => number;
  readonly log: Logger;
  /** A cache: whatever lies here can be made again. */
  readonly folder: string;
}

export const thumbnailSizes = ['small', 'large'] as const;
export type ThumbnailSize = (typeof thumbnailSizes)[number];

/** Larger files are shown as they are. */
const mostBytes = 100_000_000;
/** Kept longer than other addresses: the browser's cache goes by the address. */
const addressMs = 24 * 3_600_000;
/** A burst of runs is over before its pictures are drawn, so that they don't slow it down. */
const restMs = 1000;
const sweptAtOnce = 500;
const longestRestMs = 15_000;

const pathOf = (sha256: string, size: ThumbnailSize): string => `/thumbnails/${sha256}/${size}.webp`;

/** Small pictures of large ones, made once for each content. */
export class Thumbnails {
  readonly #ports: ThumbnailPorts;
  readonly #painter = new Painter();
  readonly #making = new Map<string, Promise<boolean>>();
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #dueSince = 0;
  #stopped = false;

  constructor(ports: ThumbnailPorts) {
    this.#ports = ports;
  }

  /** Signed addresses of both sizes. */
  paths(sha256: string): Record<ThumbnailSize, string> {
    const sign = (size: ThumbnailSize) =>
      this.#ports.signer.sign({ path: pathOf(sha256, size), claims: { op: 'get' } }, addressMs);
    return { small: sign('small'), large: sign('large') };
  }

  permits(sha256: string, size: ThumbnailSize, query: Readonly<Record<string, string | undefined>>): boolean {
    return this.#ports.signer.verify(pathOf(sha256, size), query, ['op'])?.op === 'get';
  }

  /** The small picture, made now if it never was; `undefined` when there can be none. */
  async open(sha256: string, size: ThumbnailSize): Promise<Readable | undefined> {
    return (await this.make(sha256)) ? createReadStream(this.#file(sha256, size)) : undefined;
  }

  /** Pictures of a finished task: drawn as soon as it is quiet. */
  soon(outputs: readonly OutputRow[]): void {
    const now = this.#ports.clock();
    if (this.#due.size === 0) this.#dueSince = now;
    for (const { kind, listed, sha256 } of outputs)
      if (kind === 'image' && listed === 1) this.#due.add(sha256);
    if (this.#due.size === 0 || this.#stopped) return;
    clearTimeout(this.#timer);
    const wait = Math.max(0, Math.min(restMs, this.#dueSince + longestRestMs - now));
    this.#timer = setTimeout(() => void this.#drawDue(), wait);
    this.#timer.unref();
  }

  /** Draws what is not drawn yet; `false` when there can be no small picture of it. */
  make(sha256: string): Promise<boolean> {
    const now = this.#making.get(sha256);
    if (now) return now;
    const making = this.#make(sha256).finally(() => this.#making.delete(sha256));
    this.#making.set(sha256, making);
    return making;
  }

  /** Takes away what was made of contents that are gone from the object store. */
  async sweep(): Promise<void> {
    for (let last = ''; !this.#stopped; ) {
      const page = this.#ports.store.read.hot<{ sha256: string; gone: 0 | 1 }>(
        `SELECT previews.sha256, objects.sha256 IS NULL AS gone FROM previews
         LEFT JOIN objects ON objects.sha256 = previews.sha256
         WHERE previews.sha256 > ? ORDER BY previews.sha256 LIMIT ${sweptAtOnce}`,
        last,
      );
      for (const { sha256, gone } of page) if (gone === 1) await this.#forget(sha256);
      last = page.at(-1)?.sha256 ?? '';
      if (page.length < sweptAtOnce) return;
      await turn();
    }
  }

  async #forget(sha256: string): Promise<void> {
    await Promise.all(thumbnailSizes.map((size) => rm(this.#file(sha256, size), { force: true })));
    await this.#ports.store.write((writer) => writer.hotRun('DELETE FROM previews WHERE sha256 = ?', sha256));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#painter.stop();
    await Promise.allSettled(this.#making.values());
  }

  async #drawDue(): Promise<void> {
    for (const sha256 of this.#due) {
      if (this.#stopped) return;
      this.#due.delete(sha256);
      await this.make(sha256);
    }
  }

  async #make(sha256: string): Promise<boolean> {
    const { read } = this.#ports.store;
    const [known] = read.hot<PreviewRow>('SELECT * FROM previews WHERE sha256 = ?', sha256);
    if (known?.state === 'unreadable') return false;
    if (known && (await this.#isThere(sha256))) return true;
    const [object] = read.hot<ObjectRow>('SELECT * FROM objects WHERE sha256 = ?', sha256);
    if (!object || this.#stopped) return false;
    try {
      const bytes = object.size > mostBytes ? undefined : await buffer(this.#ports.objects.open(sha256));
      const drawn = bytes && (await this.#painter.draw(bytes));
      if (this.#stopped) return false;
      if (drawn) await this.#keep(sha256, drawn);
      await this.#note(sha256, drawn);
      return drawn !== undefined;
    } catch (error) {
      this.#ports.log.warn({ err: error, sha256 }, 'a thumbnail could not be made');
      return false;
    }
  }

  async #keep(sha256: string, drawn: Drawn): Promise<void> {
    await mkdir(dirname(this.#file(sha256, 'small')), { recursive: true, mode: 0o700 });
    for (const size of thumbnailSizes) {
      const path = this.#file(sha256, size);
      await writeFile(`${path}.new`, drawn[size], { mode: 0o600 });
      await rename(`${path}.new`, path);
    }
  }

  async #note(sha256: string, drawn: Drawn | undefined): Promise<void> {
    const row: PreviewRow = {
      sha256,
      state: drawn ? 'made' : 'unreadable',
      width: drawn?.width ?? null,
      height: drawn?.height ?? null,
      colour: drawn?.colour ?? null,
      placeholder: drawn?.placeholder ?? null,
      made_at: this.#ports.clock(),
    };
    const { store } = this.#ports;
    await store.write(
      (writer) =>
        writer.run(
          store.sql
            .insertInto('previews')
            .values(row)
            .onConflict((on) => on.column('sha256').doUpdateSet(row)),
        ),
      { withinMs: 250 },
    );
  }

  async #isThere(sha256: string): Promise<boolean> {
    const there = thumbnailSizes.map((size) => access(this.#file(sha256, size)));
    return (await Promise.allSettled(there)).every(({ status }) => status === 'fulfilled');
  }

  #file(sha256: string, size: ThumbnailSize): string {
    return join(this.#ports.folder, sha256.slice(0, 2), `${sha256.slice(2)}-${size}.webp`);
  }
}
