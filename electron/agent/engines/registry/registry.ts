import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../http.ts';
import { keepUsersOwn } from './keep.ts';
import { type EngineRecord, engineRecord, type InstalledRecord, isCandidate } from './record.ts';

/** What belongs to one engine of a data folder. */
export interface EngineFiles {
  readonly folder: string;
  /** The process that runs it, if one does. */
  readonly processRecord: string;
  readonly log: string;
  readonly offered: string;
  readonly modelPaths: string;
  readonly snapshots: string;
}

export function engineFiles(folder: string): EngineFiles {
  return {
    folder,
    processRecord: join(folder, 'process.json'),
    log: join(folder, 'comfyui.log'),
    offered: join(folder, 'offered-options.json'),
    modelPaths: join(folder, 'extra_model_paths.yaml'),
    snapshots: join(folder, 'snapshots'),
  };
}

/** The engines of a data folder: one readable JSON file each, so that a person can look, copy and repair. */
export class EngineRegistry {
  readonly folder: string;
  /** Models that every engine of this data folder shares. */
  readonly sharedModels: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'engines');
    this.sharedModels = join(dataDir, 'models');
  }

  files(id: string): EngineFiles {
    return engineFiles(join(this.folder, id));
  }

  /** All of them by name, without updates on trial. A file that makes no sense is told, not passed over: the engine would seem to be gone. */
  async list(): Promise<EngineRecord[]> {
    const names = await readdir(this.folder).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const records = await Promise.all(ids.sort().map((id) => this.find(id)));
    return records.filter((record) => record !== undefined).filter((record) => !isCandidate(record));
  }

  async find(id: string): Promise<EngineRecord | undefined> {
    const path = this.#path(id);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      return engineRecord.parse(JSON.parse(text));
    } catch (error) {
      throw new Error(
        `The engine file ${path} can't be read: ${(error as Error).message} Repair it, or delete it and add the engine again.`,
      );
    }
  }

  async get(id: string): Promise<EngineRecord> {
    const record = await this.find(id);
    if (record) return record;
    const known = (await this.list()).map((one) => one.id).join(', ');
    throw new Error(
      `There is no engine named "${id}" here. ${known ? `Known: ${known}.` : 'None has been added yet: see "atelier engine discover".'}`,
    );
  }

  /** The update of this engine that is on trial or being prepared. */
  async candidateOf(id: string): Promise<InstalledRecord | undefined> {
    const name = candidateName(id);
    const found = name.length > 63 ? undefined : await this.find(name);
    return found?.kind === 'install' && found.candidateOf === id ? found : undefined;
  }

  /** A new engine. Two Ateliers that add the same name at once: the second is refused. */
  async add(record: EngineRecord): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = this.#path(record.id);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, written(record), { mode: 0o600 });
    try {
      // Unlike a rename, a link never replaces.
      await link(draft, path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      throw new Error(`There is already an engine named "${record.id}". Choose another name with --name.`);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Replaces it at one stroke, so that a crash leaves the old one or the new one. */
  async save(record: EngineRecord): Promise<void> {
    const path = this.#path(record.id);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, written(record), { mode: 0o600 });
    await rename(draft, path);
  }

  /**
   * Forgets it and removes what we made for it; a folder that was adopted stays as it is. Returns where what is the
   * user's lies now, if there was any in our own folder.
   */
  async remove(id: string): Promise<string | undefined> {
    const record = await this.get(id);
    const candidate = await this.candidateOf(id);
    if (candidate) await this.remove(candidate.id);
    const { folder } = this.files(id);
    const kept = isCandidate(record) ? undefined : await keepUsersOwn(record, this.folder, folder);
    await rm(folder, { recursive: true, force: true });
    await rm(this.#path(id));
    return kept;
  }

  /** The given name, or the first free one that begins like it. */
  async freeName(wanted: string): Promise<string> {
    const stem =
      wanted
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 50) || 'comfyui';
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? stem : `${stem}-${number}`;
      if (!(await this.find(name))) return name;
    }
  }

  #path(id: string): string {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) {
      throw new Error(
        `"${id}" can't be an engine's name: use lower-case letters, digits and hyphens, 63 at most.`,
      );
    }
    return join(this.folder, `${id}.json`);
  }
}

/** The name under which an engine's update is tried. */
export const candidateName = (id: string): string => `${id}-next`;

const written = (record: EngineRecord): string => `${JSON.stringify(engineRecord.parse(record), null, 2)}\n`;
