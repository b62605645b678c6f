import type { Readable } from 'node:stream';
import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import type { presignModelReply, presignModelRequest } from '#shared/wire/models.ts';
import { takeAnnounced } from '../files/announced.ts';
import type { Destination } from '../files/multipart.ts';
import type { ObjectStore, StoredObject } from '../files/object-store.ts';
import type { Signer } from '../files/signer.ts';
import type { Storage } from '../files/storage.ts';
import { enterObject } from '../store/repositories/objects.ts';
import type { ModelUploadRow } from '../store/rows/models.ts';
import type { Store, Writer } from '../store/store.ts';
import { libraryPath } from './library.ts';

export interface UploadPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly storage: Storage;
  readonly clock: () => number;
  /** Largest that may come in one piece. */
  readonly fileBytes: number;
  readonly signedUrlMs: number;
}

/** An upload that was not registered by then is given up. */
const forgottenMs = 7 * 86_400_000;

const uploadPath = (key: string): string => `/files/${key}`;

/** Models on their way into the library: announced, uploaded in one piece or in parts, not registered yet. */
export class ModelUploads {
  readonly #ports: UploadPorts;

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  /** Announces an upload (Cyberun spec 3.12). What is larger than one piece may be goes in parts under the same key. */
  async presign(
    teamId: string,
    request: z.output<typeof presignModelRequest>,
    origin: string,
  ): Promise<z.output<typeof presignModelReply>> {
    const { store, storage, signer, clock, signedUrlMs } = this.#ports;
    libraryPath(request.model_path);
    const storage_key = `models/${teamId}/${v7()}`;
    const { file_name, file_size } = request;
    const row: ModelUploadRow = {
      ...{ storage_key, team_id: teamId, file_name, file_size },
      ...{ sha256: null, created_at: clock() },
    };
    await store.write((writer) => {
      storage.require(writer, teamId, file_size);
      writer.run(store.sql.insertInto('model_uploads').values(row));
    });
    const path = signer.sign({ path: uploadPath(storage_key), claims: { op: 'put' } }, signedUrlMs);
    return {
      upload_url: origin + path,
      storage_key,
      upload_headers: { 'Content-Length': String(file_size), 'If-None-Match': '*' },
    };
  }

  /** Gives up what nobody has registered: it would lie on the disk, and count, for ever. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#ports;
    const before = clock() - forgottenMs;
    // A write costs a flush: mostly there is nothing to give up.
    if (store.read.hot('SELECT 1 FROM model_uploads WHERE created_at < ? LIMIT 1', before).length === 0)
      return;
    await store.write((writer) => writer.hotRun('DELETE FROM model_uploads WHERE created_at < ?', before));
  }

  /** What was announced under a signed address. */
  permitted(key: string, query: Readonly<Record<string, string | undefined>>): ModelUploadRow {
    if (this.#ports.signer.verify(uploadPath(key), query, ['op'])?.op !== 'put')
      throw new AppError('signature_invalid');
    const upload = this.#find(key);
    if (!upload) throw new AppError('already_exists', 'This model is registered already.');
    if (upload.sha256 !== null) throw new AppError('already_exists', 'This model was uploaded before.');
    return upload;
  }

  /** Takes the bytes in one piece. */
  async receive(upload: ModelUploadRow, stream: Readable): Promise<void> {
    const { store, objects, clock, fileBytes } = this.#ports;
    const { storage_key, file_size } = upload;
    if (file_size > fileBytes) {
      throw new AppError(
        'too_large',
        `More than ${fileBytes} bytes go in parts: POST /uploads/multipart/initiate.`,
      );
    }
    const stored = await takeAnnounced(objects, stream, file_size);
    await store.write((writer) => {
      enterObject(writer, stored, clock());
      this.#settle(writer, storage_key, stored);
    });
  }

  /** Uploads in parts. */
  readonly destination: Destination = {
    prefix: 'models/',
    role: 'admin',
    announced: (key) => {
      const upload = this.#find(key);
      if (upload?.sha256) throw new AppError('already_exists', 'This model was uploaded before.');
      return upload && { teamId: upload.team_id, size: upload.file_size };
    },
    settle: (writer, key, stored) => this.#settle(writer, key, stored),
  };

  #settle(writer: Writer, key: string, { sha256 }: StoredObject): void {
    const taken = writer.hotRun(
      'UPDATE model_uploads SET sha256 = ? WHERE storage_key = ? AND sha256 IS NULL',
      sha256,
      key,
    );
    if (taken === 0) throw new AppError('already_exists', 'This model was uploaded before.');
  }

  #find(key: string): ModelUploadRow | undefined {
    return this.#ports.store.read.hot<ModelUploadRow>(
      'SELECT * FROM model_uploads WHERE storage_key = ?',
      key,
    )[0];
  }
}
