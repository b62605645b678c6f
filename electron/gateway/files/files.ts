import type { Readable } from 'node:stream';
import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import type { presignReply, presignRequest } from '#shared/wire/files.ts';
import { enterObject } from '../store/repositories/objects.ts';
import type { FileRow, OutputRow } from '../store/schema.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import { takeAnnounced } from './announced.ts';
import type { Destination } from './multipart.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import type { Signer } from './signer.ts';
import type { Storage } from './storage.ts';

export interface FilesPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly clock: () => number;
  readonly fileBytes: number;
  readonly signedUrlMs: number;
  readonly storage: Storage;
}

/** A file that may be read: its bytes, its kind, and the name it is offered under. */
export interface ReadableFile {
  readonly sha256: string;
  readonly size: number;
  readonly contentType: string;
  readonly name: string;
}

/** Below it bytes lie by hash and size, without a name: `content/<sha256>/<bytes>`. */
const contents = 'content/';

const filePath = (key: string): string => `/files/${key.split('/').map(encodeURIComponent).join('/')}`;

/** Uploaded inputs, and the signed addresses under which inputs and outputs are read. */
export class Files {
  readonly #ports: FilesPorts;

  constructor(ports: FilesPorts) {
    this.#ports = ports;
  }

  /** Announces an upload (Cyberun spec 3.11); `origin` is where the caller reached us. */
  async presign(
    teamId: string,
    request: z.output<typeof presignRequest>,
    origin: string,
  ): Promise<z.output<typeof presignReply>> {
    const { store, storage, signer, clock, fileBytes, signedUrlMs } = this.#ports;
    if (request.file_size > fileBytes) {
      throw new AppError(
        'too_large',
        `Files may have up to ${fileBytes} bytes; this one has ${request.file_size}.`,
      );
    }
    const type = Buffer.from(request.content_type).toString('base64url');
    const file_key = `inputs/${teamId}/${v7()}/${type}/${request.file_name}`;
    const row: FileRow = {
      file_key,
      team_id: teamId,
      file_name: request.file_name,
      content_type: request.content_type,
      announced_size: request.file_size,
      sha256: null,
      created_at: clock(),
      uploaded_at: null,
      used_at: clock(),
    };
    await store.write((writer) => {
      storage.require(writer, teamId, request.file_size);
      writer.run(store.sql.insertInto('files').values(row));
    });
    return {
      file_key,
      upload_url: origin + signer.sign({ path: filePath(file_key), claims: { op: 'put' } }, signedUrlMs),
      upload_headers: {
        'Content-Length': String(request.file_size),
        'If-None-Match': '*',
      },
    };
  }

  /** Takes the bytes of an announced upload in. */
  async receive(file: FileRow, stream: Readable): Promise<void> {
    const { store, objects, clock } = this.#ports;
    const stored = await takeAnnounced(objects, stream, file.announced_size);
    const now = clock();
    await store.write((writer) => {
      enterObject(writer, stored, now);
      this.#arrived(writer, file.file_key, stored);
    });
  }

  #arrived(writer: Writer, fileKey: string, { sha256 }: StoredObject): void {
    const now = this.#ports.clock();
    const taken = writer.hotRun(
      'UPDATE files SET sha256 = ?, uploaded_at = ?, used_at = ? WHERE file_key = ? AND sha256 IS NULL',
      sha256,
      now,
      now,
      fileKey,
    );
    if (taken === 0) throw new AppError('already_exists', 'This file was uploaded before.');
  }

  /** Inputs as what an upload in parts can be for. */
  get inputs(): Destination {
    return {
      prefix: 'inputs/',
      role: 'member',
      announced: (key) => {
        const file = this.find(key);
        if (file?.sha256) throw new AppError('already_exists', 'This file was uploaded before.');
        return file && { teamId: file.team_id, size: file.announced_size };
      },
      settle: (writer, key, stored) => this.#arrived(writer, key, stored),
    };
  }

  find(fileKey: string): FileRow | undefined {
    return this.#ports.store.read.hot<FileRow>('SELECT * FROM files WHERE file_key = ?', fileKey)[0];
  }

  /**
   * The uploaded file behind a file parameter's value.
   *
   * @param key the parameter's key, named in what is thrown
   * @throws AppError `invalid_parameter` by the rules of the run page: not uploaded, another team's, wrong type
   */
  checkInput(teamId: string, key: string, fileKey: string, accept: readonly string[] = []): FileRow {
    const refuse = (rule: string, words: string) =>
      new AppError('invalid_parameter', `Parameter "${key}": ${words}`, { key, rule });
    const file = this.find(fileKey);
    if (!fileKey.startsWith(`inputs/${teamId}/`) && fileKey.startsWith('inputs/')) {
      throw refuse('file_team', 'this file belongs to another team; upload it in yours.');
    }
    if (!file?.sha256) {
      throw refuse('file_missing', `no file was uploaded under "${fileKey}"; presign and PUT it first.`);
    }
    if (file.team_id !== teamId)
      throw refuse('file_team', 'this file belongs to another team; upload it in yours.');
    if (accept.length > 0 && !accept.some((pattern) => fits(file.content_type, pattern))) {
      throw refuse(
        'file_type',
        `a file of type ${file.content_type} is not accepted; allowed: ${accept.join(', ')}.`,
      );
    }
    return file;
  }

  /**
   * A task is given these inputs: they are of use again. Runs in the unit of work that enters the task, so that none can
   * be swept between the check of its values and its entry.
   *
   * @throws AppError `invalid_parameter` for one that has just gone
   */
  use(writer: Writer, keys: readonly string[]): void {
    const now = this.#ports.clock();
    for (const key of keys) {
      const found = writer.hotRun(
        'UPDATE files SET used_at = ? WHERE file_key = ? AND sha256 IS NOT NULL',
        now,
        key,
      );
      if (found === 0) throw new AppError('invalid_parameter', `The file "${key}" is gone; upload it again.`);
    }
  }

  /** Is there room for what a task makes? */
  requireRoom(reader: Reader, teamId: string): void {
    this.#ports.storage.require(reader, teamId, 1);
  }

  /** Signed path of an input's bytes, for the agent that runs with it. Named by content: keys name the team. */
  contentPath(file: FileRow): string {
    return this.#readPath(`${contents}${file.sha256}/${file.announced_size}`);
  }

  /** Signed path of a task's output. */
  outputPath(storageKey: string): string {
    return this.#readPath(storageKey);
  }

  #readPath(key: string): string {
    return this.#ports.signer.sign({ path: filePath(key), claims: { op: 'get' } }, this.#ports.signedUrlMs);
  }

  /** Is this a signed address for `op`? */
  permits(op: 'get' | 'put', key: string, query: Readonly<Record<string, string | undefined>>): boolean {
    return this.#ports.signer.verify(filePath(key), query, ['op'])?.op === op;
  }

  /** The input or output under a key. */
  readable(key: string): ReadableFile | undefined {
    const { read } = this.#ports.store;
    if (key.startsWith(contents)) {
      const [sha256 = '', size] = key.slice(contents.length).split('/');
      return { sha256, size: Number(size), contentType: 'application/octet-stream', name: sha256 };
    }
    if (key.startsWith('inputs/')) {
      const file = this.find(key);
      return file?.sha256
        ? {
            sha256: file.sha256,
            size: file.announced_size,
            contentType: file.content_type,
            name: file.file_name,
          }
        : undefined;
    }
    const [output] = read.hot<OutputRow>(
      'SELECT * FROM outputs WHERE storage_key = ? AND deleted_at IS NULL',
      key,
    );
    return output && { ...output, contentType: output.content_type };
  }

  open(file: ReadableFile, range?: { start: number; end: number }): Readable {
    return this.#ports.objects.open(file.sha256, range);
  }
}

/** Does a MIME type fit a pattern such as `image/*`? */
function fits(type: string, pattern: string): boolean {
  const wanted = pattern.trim().toLowerCase();
  if (wanted === '*/*' || wanted === '*') return true;
  const actual = type.toLowerCase();
  return wanted.endsWith('/*') ? actual.startsWith(wanted.slice(0, -1)) : actual === wanted;
}
