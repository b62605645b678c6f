import type { ModelDisk, ModelInfo } from '#shared/link/models.ts';
import type { AgentMessage, EngineInfo } from '#shared/link/protocol.ts';
import { modelPathOf } from '#shared/models/paths.ts';

type News = Extract<AgentMessage, { type: 'models_changed' }>;
export type SyncState = Omit<Extract<AgentMessage, { type: 'sync' }>, 'type'>;

export const noSync: SyncState = { phase: '', detail: '', percent: 0, fetching: [] };

/** What one agent has, as far as it has said; a new object with each change, so that what is made of it can be kept. */
export interface ModelList {
  readonly models: readonly ModelInfo[];
  /** Engines whose models are all in the list. */
  readonly known: ReadonlySet<string>;
  readonly disk: ModelDisk | undefined;
}

/** Takes in what an agent tells of its models, piece by piece. */
export class AgentModels {
  readonly #models = new Map<string, ModelInfo>();
  #list: ModelList | undefined;

  /** The last whole list; `undefined` until there was one. */
  get list(): ModelList | undefined {
    return this.#list;
  }

  /** @returns whether the list is another now */
  take({ anew, more, changed, removed, known, disk }: News): boolean {
    if (anew) this.#models.clear();
    for (const id of removed) this.#models.delete(id);
    for (const model of changed) this.#models.set(model.id, model);
    if (more) return false;
    this.#list = { models: [...this.#models.values()], known: new Set(known), disk };
    return true;
  }
}

/** Paths of the models that an engine can load; `undefined` while nobody knows. */
export function modelsOfEngine(list: ModelList | undefined, engine: string): string[] | undefined {
  if (!list?.known.has(engine)) return undefined;
  return list.models.filter(({ engines }) => engines.includes(engine)).map(({ path }) => modelPathOf(path));
}

/** Paths of the models that any of these engines can load. */
export function modelsOfEngines(list: ModelList | undefined, engines: readonly EngineInfo[]): string[] {
  return engines.flatMap(({ name }) => modelsOfEngine(list, name) ?? []);
}
