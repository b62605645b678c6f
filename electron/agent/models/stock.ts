import { createHash } from 'node:crypto';
import type { ModelInfo } from '#shared/link/models.ts';
import { noFacts } from '#shared/models/facts.ts';
import { modelPathOf } from '#shared/models/paths.ts';
import { type AskedEngine, type EngineFolders, foldersOf, type ListedModel } from './engine-folders.ts';
import { type FoundFile, type ModelRoot, scanFolder } from './scan.ts';

export interface ServedEngine extends AskedEngine {
  readonly name: string;
}

/** A model as the gateway is told of it, and the file that it is, where it lies on this machine. */
export interface StockedModel {
  readonly info: ModelInfo;
  readonly file?: FoundFile;
}

/** All models of this machine's engines. */
export interface Stock {
  readonly models: ReadonlyMap<string, StockedModel>;
  /** Engines whose models are all among them. */
  readonly known: readonly string[];
}

export const emptyStock: Stock = { models: new Map(), known: [] };

const idOf = (...parts: readonly string[]): string =>
  createHash('sha1').update(parts.join('\n')).digest('hex').slice(0, 20);

/** A folder with every engine that looks there. */
interface SharedRoot extends ModelRoot {
  readonly engines: string[];
}

/** What engines said last of their folders, by name: one that is down has them still. */
export type KnownFolders = Map<string, EngineFolders>;

/** Looks at what is there now. What is only learned by reading the files is not filled in. */
export async function takeStock(engines: readonly ServedEngine[], before: KnownFolders): Promise<Stock> {
  for (const name of before.keys()) if (!engines.some((one) => one.name === name)) before.delete(name);
  const models = new Map<string, StockedModel>();
  const roots = new Map<string, SharedRoot>();
  for (const engine of engines) {
    const folders = (await foldersOf(engine)) ?? before.get(engine.name);
    if (!folders) continue;
    before.set(engine.name, folders);
    // Node packs name folders a second time to find other files in them; the first name is ComfyUI's own.
    const seen = new Set<string>();
    for (const root of folders.roots) {
      if (seen.has(root.path)) continue;
      seen.add(root.path);
      const key = `${root.folder}\n${root.path}`;
      const shared = roots.get(key) ?? { ...root, engines: [] };
      shared.engines.push(engine.name);
      roots.set(key, shared);
    }
    for (const one of folders.listed) add(models, listedModel(engine, one));
  }
  for (const root of roots.values()) {
    for await (const file of scanFolder(root.path)) add(models, foundModel(root, file));
  }
  return { models, known: [...before.keys()] };
}

function add(models: Map<string, StockedModel>, model: StockedModel): void {
  models.set(model.info.id, model);
}

function foundModel({ folder, engines }: SharedRoot, file: FoundFile): StockedModel {
  const { absolute, name, size, modified } = file;
  const path = modelPathOf(`${folder}/${name}`).slice(0, 1024);
  const info = { id: idOf(path, absolute), path, size, modified, file: file.file, engines, ...noFacts };
  return { info, file };
}

function listedModel({ name: engine, url }: ServedEngine, listed: ListedModel): StockedModel {
  const { folder, name, size, modified } = listed;
  const path = modelPathOf(`${folder}/${name}`).slice(0, 1024);
  return { info: { id: idOf(path, url), path, size, modified, engines: [engine], ...noFacts } };
}
