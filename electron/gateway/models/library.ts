import type { Readable } from 'node:stream';
import { sql as raw } from 'kysely';
import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { type ModelFacts, readModelFacts } from '#shared/models/facts.ts';
import { fileNameOf, isSafeModelPath, modelPathOf } from '#shared/models/paths.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type {
  ModelDetail,
  modelListQuery,
  registerModelRequest,
  updateModelRequest,
} from '#shared/wire/models.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { ModelRow, ModelUploadRow } from '../store/rows/models.ts';
import type { Reader, Store, Writer } from '../store/store.ts';

export interface LibraryPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly clock: () => number;
  /** The library of a team is another now. */
  changed(teamId: string): void;
}

type NewModel = Omit<ModelRow, 'id' | 'status' | 'facts_json' | 'created_at' | 'updated_at'>;

/** The models of teams: what agents fetch and keep. */
export class ModelLibrary {
  readonly #ports: LibraryPorts;

  constructor(ports: LibraryPorts) {
    this.#ports = ports;
  }

  /** Takes what was uploaded in (Cyberun seed 004). */
  async register(teamId: string, request: z.output<typeof registerModelRequest>): Promise<string> {
    const { store } = this.#ports;
    const { storage_key } = request;
    const [upload] = store.read.hot<ModelUploadRow>(
      'SELECT * FROM model_uploads WHERE storage_key = ? AND team_id = ?',
      storage_key,
      teamId,
    );
    if (!upload) {
      const [known] = store.read.hot(
        'SELECT 1 FROM models WHERE storage_key = ? AND team_id = ?',
        storage_key,
        teamId,
      );
      if (known)
        throw new AppError('conflict', 'What was uploaded under this storage_key is registered already.');
      throw new AppError(
        'invalid_file',
        'Nothing was announced under this storage_key; presign and upload first.',
      );
    }
    const { sha256, file_size } = upload;
    if (sha256 === null)
      throw new AppError('invalid_file', 'Nothing was uploaded under this storage_key yet; upload it first.');
    if (file_size !== request.file_size)
      throw new AppError(
        'upload_mismatch',
        `file_size: the upload has ${file_size} bytes, not ${request.file_size}.`,
      );
    if (`sha256:${sha256}` !== request.file_hash.toLowerCase()) {
      throw new AppError(
        'upload_mismatch',
        `file_hash: what was uploaded has sha256:${sha256}. It was damaged on the way, or the hash is another file's.`,
      );
    }
    const { display_name, model_type, model_path } = request;
    const model = { team_id: teamId, display_name, model_type, model_path, storage_key, file_size, sha256 };
    return this.add({ ...model, source_url: '' }, (writer) =>
      writer.hotRun('DELETE FROM model_uploads WHERE storage_key = ?', storage_key),
    );
  }

  /** A model whose bytes are here. `also` belongs to the same unit of work. */
  async add(model: NewModel, also: (writer: Writer, id: string) => void): Promise<string> {
    const { store, clock, changed } = this.#ports;
    const model_path = libraryPath(model.model_path);
    const facts_json = JSON.stringify(await this.facts(model));
    const now = clock();
    const id = v7();
    await store.write((writer) => {
      requireFreePath(writer, model.team_id, model_path);
      also(writer, id);
      const row: ModelRow = {
        ...{ ...model, id, model_path, facts_json, status: 'active' },
        ...{ created_at: now, updated_at: now },
      };
      writer.run(store.sql.insertInto('models').values(row));
    });
    changed(model.team_id);
    return id;
  }

  /** What a header says, read from the store. */
  facts({
    model_path,
    file_size,
    sha256,
  }: Pick<ModelRow, 'model_path' | 'file_size' | 'sha256'>): Promise<ModelFacts> {
    return readModelFacts(model_path, file_size, async (start, end) =>
      end > start
        ? readAll(this.#ports.objects.open(sha256, { start, end: Math.min(end, file_size) - 1 }))
        : new Uint8Array(),
    );
  }

  find(teamId: string, id: string, reader: Reader = this.#ports.store.read): ModelRow | undefined {
    return reader.hot<ModelRow>('SELECT * FROM models WHERE id = ? AND team_id = ?', id, teamId)[0];
  }

  get(teamId: string, id: string, reader?: Reader): ModelRow {
    const row = this.find(teamId, id, reader);
    if (!row) throw new AppError('not_found', 'There is no such model in this team.');
    return row;
  }

  /** All of a team, those that agents shall have first. */
  all(teamId: string): ModelRow[] {
    return this.#ports.store.read.hot<ModelRow>(
      'SELECT * FROM models WHERE team_id = ? ORDER BY status, id DESC',
      teamId,
    );
  }

  list(teamId: string, page: z.output<typeof modelListQuery>): { models: ModelRow[]; total: number } {
    const { read, sql } = this.#ports.store;
    let query = sql.selectFrom('models').where('team_id', '=', teamId);
    if (page.model_status) query = query.where('status', '=', page.model_status);
    if (page.model_type) query = query.where('model_type', '=', page.model_type);
    if (page.text) {
      const like = `%${page.text.replace(/[\\%_]/g, '\\$&')}%`;
      query = query.where(
        raw<boolean>`(display_name LIKE ${like} ESCAPE '\\' OR model_path LIKE ${like} ESCAPE '\\')`,
      );
    }
    const total = read.get(query.select((of) => of.fn.countAll<number>().as('count')))?.count ?? 0;
    const models = read.all(
      query
        .selectAll()
        .orderBy('id', 'desc')
        .limit(page.per_page)
        .offset((page.current_page - 1) * page.per_page),
    );
    return { models, total };
  }

  async update(teamId: string, id: string, request: z.output<typeof updateModelRequest>): Promise<void> {
    const { store, clock, changed } = this.#ports;
    await store.write((writer) => {
      const before = this.get(teamId, id, writer);
      const after = {
        display_name: request.display_name ?? before.display_name,
        model_type: request.model_type ?? before.model_type,
        model_path: request.model_path === undefined ? before.model_path : libraryPath(request.model_path),
        status: request.model_status ?? before.status,
      };
      if (after.status === 'active') requireFreePath(writer, teamId, after.model_path, id);
      writer.run(
        store.sql
          .updateTable('models')
          .set({ ...after, updated_at: clock() })
          .where('id', '=', id),
      );
    });
    changed(teamId);
  }

  /** Out of the catalogue; the bytes go with the last that refers to them. Agents keep what they have. */
  async remove(teamId: string, id: string): Promise<void> {
    const { store, changed } = this.#ports;
    await store.write((writer) => {
      this.get(teamId, id, writer);
      writer.hotRun('DELETE FROM models WHERE id = ?', id);
    });
    changed(teamId);
  }
}

/** @throws AppError for what no agent would write */
export function libraryPath(path: string): string {
  const clean = modelPathOf(path);
  if (isSafeModelPath(clean)) return clean;
  throw new AppError(
    'validation_failed',
    'model_path: a folder and a model’s file name, such as checkpoints/name.safetensors.',
    { field: 'model_path' },
  );
}

function requireFreePath(reader: Reader, teamId: string, path: string, self = ''): void {
  const [other] = reader.hot<{ display_name: string }>(
    `SELECT display_name FROM models WHERE team_id = ? AND model_path = ? AND status = 'active' AND id <> ?`,
    teamId,
    path,
    self,
  );
  if (!other) return;
  throw new AppError(
    'conflict',
    `"${other.display_name}" lies at ${path} already. Disable or delete it first, or choose another path.`,
  );
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const modelItem = (row: ModelRow): ModelDetail => ({
  id: row.id,
  display_name: row.display_name,
  model_type: row.model_type,
  storage_key: row.storage_key,
  file_size: row.file_size,
  file_hash: `sha256:${row.sha256}`,
  model_path: row.model_path,
  model_status: row.status,
  created_at: toTimestamp(row.created_at),
  updated_at: toTimestamp(row.updated_at),
  facts: JSON.parse(row.facts_json) as ModelFacts,
  source_url: row.source_url,
});

export const nameOf = ({ model_path }: Pick<ModelRow, 'model_path'>): string => fileNameOf(model_path);
