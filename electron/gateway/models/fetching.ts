import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { Storage } from '../files/storage.ts';
import { enterObject } from '../store/repositories/objects.ts';
import type { ModelFetchRow } from '../store/rows/models.ts';
import type { Store } from '../store/store.ts';
import { type Ask, askPublic, Hopeless } from './download.ts';
import type { ModelLibrary } from './library.ts';
import { freeOf, receive } from './receive.ts';

export interface FetchingPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly library: ModelLibrary;
  readonly storage: Storage;
  readonly clock: () => number;
  readonly ask?: Ask;
  /** Between tries; doubles each time. */
  readonly retryMs?: number;
  /** Bytes free on the disk of a folder. */
  readonly free?: (folder: string) => Promise<number>;
  /** Where what has come so far lies. */
  readonly folder: string;
  /** A download of a team has come further. */
  readonly further: (teamId: string) => void;
}

const mostTries = 8;

/** What is only known while it runs. */
export interface Progress {
  readonly stop: AbortController;
  /** Why the last try broke off; empty while one goes well. */
  trouble: string;
  received: number;
  /** When this try began, and with how many bytes. */
  since: number;
  from: number;
  ended: Promise<void>;
}

/** One download from its first byte to the library, over breaks. */
export class Fetching {
  readonly #ports: FetchingPorts;

  constructor(ports: FetchingPorts) {
    this.#ports = ports;
  }

  /** Throws away what has come of it. */
  discard(id: string): Promise<void> {
    return rm(this.#part(id), { force: true });
  }

  #part(id: string): string {
    return join(this.#ports.folder, `${id}.part`);
  }

  /** Receives until all is here and in the library; what breaks off goes on from there. */
  async tryOften(row: ModelFetchRow, progress: Progress): Promise<void> {
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
        this.#ports.further(row.team_id);
        await pause(retryMs * 2 ** Math.min(tries - 1, 6), undefined, { signal });
      }
    }
  }

  async #receive({ id, url, team_id }: ModelFetchRow, progress: Progress): Promise<void> {
    const { folder, ask = askPublic, clock, free = freeOf, storage, store } = this.#ports;
    const { signal } = progress.stop;
    const [known] = store.read.hot<ModelFetchRow>('SELECT * FROM model_fetches WHERE id = ?', id);
    await receive({
      ...{ url, part: this.#part(id), ask, signal, validator: known?.validator ?? '' },
      size: known?.size ?? null,
      free: () => free(folder),
      begins: async (begin, size, validator) => {
        storage.require(store.read, team_id, size ?? 0);
        await store.write((writer) =>
          writer.hotRun('UPDATE model_fetches SET validator = ?, size = ? WHERE id = ?', validator, size, id),
        );
        Object.assign(progress, { received: begin, from: begin, since: clock() });
      },
      came: (bytes) => {
        progress.received = bytes;
        progress.trouble = '';
        this.#ports.further(team_id);
      },
    });
  }

  /** All of it is here: into the library with it. */
  async #settle(row: ModelFetchRow): Promise<void> {
    const { objects, library, storage, clock } = this.#ports;
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
      storage.require(writer, team_id, size);
      enterObject(writer, { sha256, size }, clock());
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
}

/** What went wrong on the way, to a person. */
function troubleWords(error: unknown, url: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const { host } = new URL(url);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name ${host} was not found.`;
  return code ? `${host} does not answer (${code}).` : `${host}: ${message}.`;
}
