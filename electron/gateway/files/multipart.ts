import type { Readable } from 'node:stream';
import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { Role } from '#shared/wire/common.ts';
import { enterObject } from '../store/repositories/objects.ts';
import type { UploadPartRow, UploadRow } from '../store/rows/files.ts';
import type { Store, Writer } from '../store/store.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import type { Signer } from './signer.ts';
import { type PartTag, partCountOf, placeOf, requireWhole } from './upload-parts.ts';

/** What uploads in parts are for: one for each beginning of a storage key. */
export interface Destination {
  /** Keys that begin so are this one's, such as `inputs/`. */
  readonly prefix: string;
  /** Who may upload there. */
  readonly role: Role;
  /**
   * What a presign call announced under this key.
   *
   * @throws AppError `already_exists` when its bytes are here
   */
  announced(storageKey: string): { readonly teamId: string; readonly size: number } | undefined;
  /**
   * Takes the whole in. Runs in the unit of work that ends the upload: the object is on disk and has its row.
   *
   * @throws AppError when it isn't wanted any more; the upload stays open then
   */
  settle(writer: Writer, storageKey: string, stored: StoredObject): void;
}

export interface MultipartPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly clock: () => number;
  readonly destinations: readonly Destination[];
  /** Size of a part where that makes no more than `mostParts`. */
  readonly partBytes: number;
  readonly signedUrlMs: number;
}

/** Throws unless the caller has this role in the team; a team that is not theirs is one they know nothing of. */
export type Admit = (teamId: string, need: Role) => void;

export interface UploadView {
  readonly upload: UploadRow;
  readonly partCount: number;
  readonly parts: readonly UploadPartRow[];
}

export interface Abandoned {
  readonly ids: readonly string[];
  readonly bytes: number;
}

const mostParts = 10_000;

const partPath = (id: string, number: number): string => `/files/parts/${id}/${number}`;

/**
 * Uploads in parts: in any order, again after a break, across restarts of the gateway. A part counts once its row is
 * written, and its row is gone while it is being written anew.
 */
export class Multipart {
  readonly #ports: MultipartPorts;
  /** Parts that are coming in, as `<upload>/<number>`. */
  readonly #coming = new Set<string>();
  readonly #ending = new Map<string, Promise<StoredObject>>();

  constructor(ports: MultipartPorts) {
    this.#ports = ports;
  }

  /** Begins an upload of what was announced; one that was begun before is gone on with. */
  async initiate(storageKey: string, size: number, admit: Admit): Promise<UploadView> {
    const { store, clock, partBytes } = this.#ports;
    const destination = this.#destination(storageKey);
    const announced = destination?.announced(storageKey);
    if (!destination || !announced) {
      throw new AppError('not_found', 'Nothing was announced under this storage_key; presign it first.');
    }
    admit(announced.teamId, destination.role);
    if (size !== announced.size) {
      throw new AppError(
        'upload_mismatch',
        `file_size: ${announced.size} bytes were announced for this key; this upload has ${size}.`,
      );
    }
    const now = clock();
    const row: UploadRow = {
      id: v7(),
      team_id: announced.teamId,
      storage_key: storageKey,
      size,
      part_size: Math.max(partBytes, Math.ceil(size / mostParts)),
      sha256: null,
      created_at: now,
      touched_at: now,
      completed_at: null,
    };
    // Two who begin at once get the same upload.
    const upload = await store.write((writer) => {
      const [known] = writer.hot<UploadRow>('SELECT * FROM uploads WHERE storage_key = ?', storageKey);
      if (!known) writer.run(store.sql.insertInto('uploads').values(row));
      return known ?? row;
    });
    return this.#view(upload);
  }

  /** An upload and the parts that are here. */
  get(id: string, admit: Admit): UploadView {
    return this.#view(this.#find(id, admit));
  }

  /** A signed path for one part, and the size it must have. */
  presignPart(id: string, number: number, admit: Admit): { path: string; size: number } {
    const upload = this.#find(id, admit);
    this.#stillOpen(upload);
    if (number > partCountOf(upload)) {
      throw new AppError('bad_request', `part_number: this upload has ${partCountOf(upload)} parts.`);
    }
    const { signer, signedUrlMs } = this.#ports;
    const path = signer.sign({ path: partPath(id, number), claims: { op: 'part' } }, signedUrlMs);
    return { path, size: placeOf(upload, number).size };
  }

  /** The size of a part that may be put under a signed address; `undefined` when the signature is wrong. */
  permits(
    id: string,
    number: number,
    query: Readonly<Record<string, string | undefined>>,
  ): number | undefined {
    if (this.#ports.signer.verify(partPath(id, number), query, ['op'])?.op !== 'part') return undefined;
    const upload = this.#row(id);
    if (!upload) throw new AppError('not_found', 'This upload was given up; begin it again.');
    return placeOf(upload, number).size;
  }

  /** Takes a part in; one that came before is replaced. Returns its ETag. */
  async receive(id: string, number: number, stream: Readable): Promise<string> {
    const { store, objects } = this.#ports;
    const slot = `${id}/${number}`;
    const upload = this.#row(id);
    if (!upload) throw new AppError('not_found');
    this.#stillOpen(upload);
    if (this.#coming.has(slot)) {
      throw new AppError('conflict', `Part ${number} is being uploaded already; wait for that to end.`);
    }
    this.#coming.add(slot);
    try {
      await store.write((writer) => {
        writer.hotRun('DELETE FROM upload_parts WHERE upload_id = ? AND number = ?', id, number);
        this.#touch(writer, id);
      });
      const place = placeOf(upload, number);
      const etag = await objects.parts.write(id, place, stream);
      await store.write((writer) => {
        this.#touch(writer, id);
        writer.run(
          store.sql.insertInto('upload_parts').values({ upload_id: id, number, size: place.size, etag }),
        );
      });
      return etag;
    } finally {
      this.#coming.delete(slot);
    }
  }

  /** Only while it is open: an upload that was given up meanwhile leaves nothing behind. */
  #touch(writer: Writer, id: string): void {
    const open = writer.hotRun(
      'UPDATE uploads SET touched_at = ? WHERE id = ? AND sha256 IS NULL',
      this.#ports.clock(),
      id,
    );
    if (open === 0) throw new AppError('conflict', 'This upload was ended or given up meanwhile.');
  }

  /** Makes one of the parts. Asked again after a break or a crash, it says the same. */
  async complete(
    id: string,
    tags: readonly PartTag[] | undefined,
    admit: Admit,
  ): Promise<StoredObject & { readonly storageKey: string }> {
    const upload = this.#find(id, admit);
    // From here to the promise below nothing waits, so that no part can come in between.
    if (upload.sha256 === null && !this.#ending.has(id)) this.#requireWhole(upload, tags);
    const ending = this.#ending.get(id) ?? this.#end(upload).finally(() => this.#ending.delete(id));
    this.#ending.set(id, ending);
    return { ...(await ending), storageKey: upload.storage_key };
  }

  #requireWhole(upload: UploadRow, tags: readonly PartTag[] | undefined): void {
    if (this.#busy(upload.id)) {
      throw new AppError('conflict', 'A part is still being uploaded; complete when it has ended.');
    }
    requireWhole(upload, this.#view(upload).parts, tags);
  }

  async #end(upload: UploadRow): Promise<StoredObject> {
    const { store, objects, clock } = this.#ports;
    const { id, size } = upload;
    if (upload.completed_at !== null && upload.sha256 !== null) return { sha256: upload.sha256, size };
    const sha256 = upload.sha256 ?? (await this.#sum(upload));
    await objects.adopt(id, sha256);
    await store.write((writer) => {
      const now = clock();
      enterObject(writer, { sha256, size }, now);
      writer.hotRun('UPDATE uploads SET completed_at = ?, touched_at = ? WHERE id = ?', now, now, id);
      writer.hotRun('DELETE FROM upload_parts WHERE upload_id = ?', id);
      this.#destination(upload.storage_key)?.settle(writer, upload.storage_key, { sha256, size });
    });
    return { sha256, size };
  }

  /** The content's hash, written down before the bytes move: whoever goes on after a crash finds them by it. */
  async #sum({ id, size }: UploadRow): Promise<string> {
    const { store, objects } = this.#ports;
    const stored = await objects.parts.sum(id);
    if (stored.size !== size) {
      throw new AppError('upload_mismatch', `The upload has ${stored.size} bytes instead of ${size}.`);
    }
    await store.write((writer) => {
      if (writer.hotRun('UPDATE uploads SET sha256 = ? WHERE id = ?', stored.sha256, id) === 0) {
        throw new AppError('not_found', 'This upload was given up meanwhile.');
      }
    });
    return stored.sha256;
  }

  /** Gives an upload up. */
  async abort(id: string, admit: Admit): Promise<void> {
    const upload = this.#find(id, admit);
    if (upload.completed_at !== null || this.#ending.has(id)) {
      throw new AppError('conflict', 'This upload is complete; there is nothing to give up any more.');
    }
    await this.#drop([id]);
  }

  /** Those that nobody has touched since, and the bytes that they hold. */
  abandoned(before: number, most: number): Abandoned {
    const old = this.#ports.store.read.hot<{ id: string; bytes: number }>(
      `SELECT id, (SELECT COALESCE(SUM(size), 0) FROM upload_parts WHERE upload_id = uploads.id) AS bytes
       FROM uploads WHERE touched_at < ? ORDER BY touched_at LIMIT ?`,
      before,
      most,
    );
    const idle = old.filter(({ id }) => !this.#busy(id));
    return { ids: idle.map(({ id }) => id), bytes: idle.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** Gives them up. */
  async sweep(before: number, most: number): Promise<Abandoned> {
    const old = this.abandoned(before, most);
    await this.#drop(old.ids);
    return old;
  }

  /** Removes bytes that no upload owns: a crash came between an upload's end and theirs. */
  async sweepStrays(): Promise<void> {
    const { parts } = this.#ports.objects;
    for (const id of await parts.list()) if (!this.#row(id)) await parts.remove(id);
  }

  async #drop(ids: readonly string[]): Promise<void> {
    const { store, objects } = this.#ports;
    await store.write((writer) => {
      for (const id of ids) writer.hotRun('DELETE FROM uploads WHERE id = ?', id);
    });
    for (const id of ids) await objects.parts.remove(id);
  }

  #stillOpen({ id, sha256 }: UploadRow): void {
    if (sha256 === null && !this.#ending.has(id)) return;
    throw new AppError('conflict', 'This upload is complete; it takes no more parts.');
  }

  #busy(id: string): boolean {
    return this.#ending.has(id) || [...this.#coming].some((slot) => slot.startsWith(`${id}/`));
  }

  #find(id: string, admit: Admit): UploadRow {
    const upload = this.#row(id);
    if (!upload) throw new AppError('not_found', 'There is no such upload; it may have been given up.');
    const role = this.#destination(upload.storage_key)?.role ?? 'owner';
    admit(upload.team_id, role);
    return upload;
  }

  #row(id: string): UploadRow | undefined {
    return this.#ports.store.read.hot<UploadRow>('SELECT * FROM uploads WHERE id = ?', id)[0];
  }

  #destination(storageKey: string): Destination | undefined {
    return this.#ports.destinations.find(({ prefix }) => storageKey.startsWith(prefix));
  }

  #view(upload: UploadRow): UploadView {
    const parts = this.#ports.store.read.hot<UploadPartRow>(
      'SELECT * FROM upload_parts WHERE upload_id = ? ORDER BY number',
      upload.id,
    );
    return { upload, partCount: partCountOf(upload), parts };
  }
}
