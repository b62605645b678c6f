import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { fileNameOf } from '#shared/models/paths.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { fetchModelRequest, ModelFetch } from '#shared/wire/models.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { ModelFetchRow } from '../store/rows/models.ts';
import type { Store } from '../store/store.ts';
import { type Ask, askPublic, checkAddress, Hopeless } from './download.ts';
import { libraryPath, type ModelLibrary } from './library.ts';
import { Places } from './places.ts';
import { freeOf, receive } from './receive.ts';

export interface FetchPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly library: ModelLibrary;
  /** Where what has come so far lies. */
  readonly folder: string;
  readonly clock: () => number;
  readonly log: Logger;
  /** A download of a team has come further. */
  changed(teamId: string): void;
  readonly ask?: Ask;
  /** Between tries; doubles each time. */
  readonly retryMs?: number;
  /** Bytes free on the disk of a folder. */
  readonly free?: (folder: string) => Promise<number>;
}

/** What is only known while it runs. */
interface Progress {
  readonly stop: AbortController;
  /** Why the last try broke off; empty while one goes well. */
  trouble: string;
  received: number;
  /** When this try began, and with how many bytes. */
  since: number;
  from: number;
  ended: Promise<void>;
}

const mostAtOnce = 2;
const mostTries = 8;
const keptMs = 86_400_000;
const tellMs = 1000;

/** Downloads of models from the internet: they go on after breaks and restarts, and end in the library. */
export class ModelFetches {
  readonly #ports: FetchPorts;
  readonly #running = new Map<string, Progress>();
  readonly #told = new Map<string, number>();
  readonly #places = new Places(mostAtOnce);
  #stopped = false;

  constructor(ports: FetchPorts) {
    this.#ports = ports;
  }

  /** Goes on with what ran when the gateway stopped. */
  start(): void {
    const rows = this.#ports.store.read.hot<ModelFetchRow>(
      `SELECT * FROM model_fetches WHERE state = 'running'`,
    );
    for (const row of rows) this.#begin(row);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async add(teamId: string, request: z.output<typeof fetchModelRequest>): Promise<string> {
    const { store, clock } = this.#ports;
    try {
      if (!this.#ports.ask) checkAddress(new URL(request.url));
    } catch (error) {
      throw new AppError('bad_request', (error as Error).message);
    }
    const model_path = libraryPath(request.model_path);
    const row: ModelFetchRow = {
      id: v7(),
      team_id: teamId,
      url: request.url,
      display_name: request.display_name ?? fileNameOf(model_path),
      model_type: request.model_type,
      model_path,
      wanted_sha256: request.file_hash?.slice('sha256:'.length).toLowerCase() ?? null,
      ...{ state: 'running', error: '', validator: '', size: null, model_id: null },
      ...{ created_at: clock(), ended_at: null },
    };
    await store.write((writer) => {
      const [same] = writer.hot<{ id: string }>(
        `SELECT id FROM model_fetches WHERE team_id = ? AND model_path = ? AND state = 'running'`,
        teamId,
        model_path,
      );
      if (same) throw new AppError('conflict', `Something is being fetched to ${model_path} already.`);
      writer.run(store.sql.insertInto('model_fetches').values(row));
    });
    this.#begin(row);
    return row.id;
  }

  list(teamId: string): ModelFetch[] {
    const { store, clock } = this.#ports;
    const rows = store.read.hot<ModelFetchRow>(
      `SELECT * FROM model_fetches WHERE team_id = ? AND (state <> 'done' OR ended_at > ?) ORDER BY id DESC LIMIT 100`,
      teamId,
      clock() - keptMs,
    );
    return rows.map((row) => this.#view(row));
  }

  /** Once more, from where it broke off. */
  async retry(teamId: string, id: string): Promise<void> {
    const { store } = this.#ports;
    const row = this.#get(teamId, id);
    if (row.state !== 'failed')
      throw new AppError('conflict', 'Only a download that failed can be tried again.');
    await this.#running.get(id)?.ended;
    await store.write((writer) =>
      writer.hotRun(
        `UPDATE model_fetches SET state = 'running', error = '' WHERE id = ? AND state = 'failed'`,
        id,
      ),
    );
    this.#begin(this.#get(teamId, id));
  }

  /** Ends it and forgets it, with what has come of it; a model that it has brought stays. */
  async remove(teamId: string, id: string): Promise<void> {
    this.#get(teamId, id);
    await this.#ports.store.write((writer) => writer.hotRun('DELETE FROM model_fetches WHERE id = ?', id));
    const running = this.#running.get(id);
    running?.stop.abort();
    await running?.ended;
    await rm(this.#part(id), { force: true });
    this.#ports.changed(teamId);
  }

  #get(teamId: string, id: string): ModelFetchRow {
    const row = this.#row(id);
    if (row?.team_id !== teamId) throw new AppError('not_found', 'There is no such download in this team.');
    return row;
  }

  #row(id: string): ModelFetchRow | undefined {
    return this.#ports.store.read.hot<ModelFetchRow>('SELECT * FROM model_fetches WHERE id = ?', id)[0];
  }

  #part(id: string): string {
    return join(this.#ports.folder, `${id}.part`);
  }

  #begin(row: ModelFetchRow): void {
    if (this.#stopped || this.#running.has(row.id)) return;
    const progress: Progress = {
      ...{ stop: new AbortController(), trouble: '', received: 0, from: 0, since: this.#ports.clock() },
      ended: Promise.resolve(),
    };
    this.#running.set(row.id, progress);
    progress.ended = this.#carry(row, progress)
      .catch((error: unknown) => this.#ports.log.error({ err: error }, 'a download could not be kept'))
      .finally(() => {
        this.#running.delete(row.id);
        this.#ports.changed(row.team_id);
      });
    this.#ports.changed(row.team_id);
  }

  #carry(row: ModelFetchRow, progress: Progress): Promise<void> {
    const { signal } = progress.stop;
    return this.#places.run(async () => {
      try {
        await this.#tryOften(row, progress);
      } catch (error) {
        if (signal.aborted) return;
        const { message, code } = error as NodeJS.ErrnoException;
        const words = code === 'ENOSPC' ? 'The disk is full. Free some space, then try again.' : message;
        await this.#fail(row.id, words);
      }
    }, signal);
  }

  async #tryOften(row: ModelFetchRow, progress: Progress): Promise<void> {
    const { retryMs = 1000 } = this.#ports;
    const { signal } = progress.stop;
    for (let tries = 1; ; tries += 1) {
      const before = progress.received;
      try {
        await this.#receive(row, progress);
        return await this.#settle(row);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (signal.aborted || error instanceof Hopeless || error instanceof AppError || code === 'ENOSPC')
          throw error;
        // One that comes further each time goes on as long as it does.
        if (progress.received > before) tries = 1;
        if (tries >= mostTries)
          throw new Error(
            `It broke off ${mostTries} times. ${troubleWords(error, row.url)} Try again: it goes on from there.`,
          );
        progress.trouble = troubleWords(error, row.url);
        this.#tell(row.team_id);
        await pause(retryMs * 2 ** Math.min(tries - 1, 6), signal);
      }
    }
  }

  async #receive({ id, url, team_id }: ModelFetchRow, progress: Progress): Promise<void> {
    const { folder, ask = askPublic, clock, free = freeOf, store } = this.#ports;
    const { signal } = progress.stop;
    const known = this.#row(id);
    await receive({
      ...{ url, part: this.#part(id), ask, signal, validator: known?.validator ?? '' },
      size: known?.size ?? null,
      free: () => free(folder),
      begins: async (begin, size, validator) => {
        await store.write((writer) =>
          writer.hotRun('UPDATE model_fetches SET validator = ?, size = ? WHERE id = ?', validator, size, id),
        );
        Object.assign(progress, { received: begin, from: begin, since: clock() });
      },
      came: (bytes) => {
        progress.received = bytes;
        progress.trouble = '';
        this.#tell(team_id);
      },
    });
  }

  /** All of it is here: into the library with it. */
  async #settle(row: ModelFetchRow): Promise<void> {
    const { objects, library, clock } = this.#ports;
    const { id, team_id, wanted_sha256, display_name, model_type, model_path, url } = row;
    const part = this.#part(id);
    const { sha256, size } = await objects.put(createReadStream(part));
    if (wanted_sha256 !== null && sha256 !== wanted_sha256) {
      await rm(part, { force: true });
      throw new Hopeless(
        `What came has the SHA-256 ${sha256}, not ${wanted_sha256}: it is not the file that was meant. It was thrown away.`,
      );
    }
    const { problem } = await library.facts({ model_path, sha256, file_size: size });
    if (problem !== '') {
      await rm(part, { force: true });
      throw new Hopeless(`What came is no whole model. ${problem}`);
    }
    const model = { team_id, display_name, model_type, model_path, sha256, file_size: size, source_url: url };
    await library.add({ ...model, storage_key: `models/${team_id}/${id}` }, (writer, modelId) => {
      writer.hotRun(
        'INSERT INTO objects (sha256, size, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        sha256,
        size,
        clock(),
      );
      const ended = writer.hotRun(
        `UPDATE model_fetches SET state = 'done', error = '', model_id = ?, ended_at = ? WHERE id = ?`,
        modelId,
        clock(),
        id,
      );
      if (ended === 0) throw new AppError('conflict', 'The download was ended meanwhile.');
    });
    await rm(part, { force: true });
  }

  #fail(id: string, error: string): Promise<number> {
    const { store, clock } = this.#ports;
    return store.write((writer) =>
      writer.hotRun(
        `UPDATE model_fetches SET state = 'failed', error = ?, ended_at = ? WHERE id = ?`,
        error.slice(0, 2000),
        clock(),
        id,
      ),
    );
  }

  #tell(teamId: string): void {
    const now = this.#ports.clock();
    if (now - (this.#told.get(teamId) ?? 0) < tellMs) return;
    this.#told.set(teamId, now);
    this.#ports.changed(teamId);
  }

  #view(row: ModelFetchRow): ModelFetch {
    const running = this.#running.get(row.id);
    const { received = row.state === 'done' ? (row.size ?? 0) : 0, from = 0, since = 0 } = running ?? {};
    const seconds = (this.#ports.clock() - since) / 1000;
    const { id, url, display_name, model_type, model_path, state, model_id } = row;
    const error = running?.trouble || row.error;
    return {
      ...{ id, url, display_name, model_type, model_path, state, error, model_id },
      received_bytes: received,
      total_bytes: row.size,
      bytes_per_second: running && seconds > 0.5 ? Math.round((received - from) / seconds) : 0,
      created_at: toTimestamp(row.created_at),
    };
  }
}

/** What went wrong on the way, to a person. */
function troubleWords(error: unknown, url: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const { host } = new URL(url);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name ${host} was not found.`;
  return code ? `${host} does not answer (${code}).` : `${host}: ${message}.`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        done();
      },
      { once: true },
    );
  });
}
