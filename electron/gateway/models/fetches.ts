import type { Logger } from 'pino';
import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { fileNameOf } from '#shared/models/paths.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { fetchModelRequest, ModelFetch } from '#shared/wire/models.ts';
import type { ModelFetchRow } from '../store/rows/models.ts';
import { checkAddress } from './download.ts';
import { Fetching, type FetchingPorts, type Progress } from './fetching.ts';
import { libraryPath } from './library.ts';
import { Places } from './places.ts';

export interface FetchPorts extends Omit<FetchingPorts, 'further'> {
  readonly log: Logger;
  /** A download of a team has come further. */
  changed(teamId: string): void;
}

const mostAtOnce = 2;
const keptMs = 86_400_000;
const tellMs = 1000;

/** Downloads of models from the internet: they go on after breaks and restarts, and end in the library. */
export class ModelFetches {
  readonly #ports: FetchPorts;
  readonly #fetching: Fetching;
  readonly #running = new Map<string, Progress>();
  readonly #told = new Map<string, number>();
  readonly #places = new Places(mostAtOnce);
  #stopped = false;

  constructor(ports: FetchPorts) {
    this.#ports = ports;
    this.#fetching = new Fetching({ ...ports, further: (teamId) => this.#tell(teamId) });
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
    await this.#fetching.discard(id);
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
        await this.#fetching.tryOften(row, progress);
      } catch (error) {
        if (signal.aborted) return;
        const { message, code } = error as NodeJS.ErrnoException;
        const words = code === 'ENOSPC' ? 'The disk is full. Free some space, then try again.' : message;
        await this.#fail(row.id, words);
      }
    }, signal);
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
