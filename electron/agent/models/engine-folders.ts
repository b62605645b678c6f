import { access } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import type { EngineChoice } from '../engines/create.ts';
import { sharedModelFolders } from '../engines/launch/model-paths.ts';
import type { HttpClient } from '../http.ts';
import type { ModelRoot } from './scan.ts';

/** A model that an engine offers and that can't be looked at from here. */
export interface ListedModel {
  readonly folder: string;
  readonly name: string;
  /** 0 when the engine does not tell. */
  readonly size: number;
  readonly modified: number;
}

/** Where an engine has its models: folders of this machine, or only what it lists of another. */
export interface EngineFolders {
  readonly roots: readonly ModelRoot[];
  readonly listed: readonly ListedModel[];
}

/** The folders that ComfyUI itself has, where a folder has two places both. */
const ownFolders: readonly (readonly [folder: string, place: string])[] = [
  ...sharedModelFolders.map((folder) => [folder, folder] as const),
  ['text_encoders', 'clip'],
  ['diffusion_models', 'unet'],
  ['controlnet', 't2i_adapter'],
];

/** In none of them are models. */
const notModels = new Set(['configs', 'custom_nodes']);

const folderList = z.array(z.object({ name: z.string(), folders: z.array(z.string()) })).max(500);
const nameList = z.array(z.string());
const fileList = z.array(
  z.object({ name: z.string(), size: z.number().optional(), modified: z.number().optional() }),
);

const askMs = 10_000;

/** What an engine is asked with: where it answers now (empty when it doesn't), and how it came to be one. */
export interface AskedEngine {
  readonly url: string;
  readonly choice: EngineChoice;
  readonly http: HttpClient;
}

/** `undefined` while nobody can say: an engine that others run and that does not answer. */
export async function foldersOf(engine: AskedEngine): Promise<EngineFolders | undefined> {
  const { choice, url } = engine;
  if (choice.kind === 'starter') return { roots: [], listed: [] };
  const told = url ? await toldFolders(engine) : undefined;
  if (choice.kind === 'url') return url ? attached(engine, told) : undefined;
  return { roots: told ?? defaultRoots(choice), listed: [] };
}

/** What a ComfyUI that lies here has when nobody has changed it, and what all engines of this machine share. */
function defaultRoots({ record, registry }: Extract<EngineChoice, { kind: 'launch' }>): ModelRoot[] {
  const own = join(record.base ?? record.path, 'models');
  return [
    ...ownFolders.map(([folder, place]) => ({ folder, path: join(own, place) })),
    ...sharedModelFolders.map((folder) => ({ folder, path: join(registry.sharedModels, folder) })),
  ];
}

/** The folders that it really looks into, those of other tools and node packs included. */
async function toldFolders({ url, http, choice }: AskedEngine): Promise<ModelRoot[] | undefined> {
  const headers = choice.kind === 'url' ? (choice.headers ?? {}) : {};
  const signal = AbortSignal.timeout(askMs);
  const reply = await http.json(`${url}/experiment/models`, { headers, signal }).catch(() => undefined);
  const told = folderList.safeParse(reply?.body);
  if (!told.success) return undefined;
  return told.data
    .filter(({ name }) => !notModels.has(name))
    .flatMap(({ name, folders }) => folders.map((path) => ({ folder: name, path })));
}

/** One that others run: on this very machine its folders can be looked at, elsewhere only its lists can be read. */
async function attached(
  engine: AskedEngine,
  told: readonly ModelRoot[] | undefined,
): Promise<EngineFolders | undefined> {
  if (told && isHere(engine.url) && (await anyThere(told))) return { roots: told, listed: [] };
  const folders = new Set(told?.map(({ folder }) => folder) ?? (await folderNames(engine)));
  if (folders.size === 0) return undefined;
  const listed: ListedModel[] = [];
  for (const folder of folders) {
    const files = await listOf(engine, folder);
    if (!files) return undefined;
    listed.push(...files);
  }
  return { roots: [], listed };
}

/** An older one tells the names of its folders only. */
async function folderNames({ url, http, choice }: AskedEngine): Promise<string[]> {
  const headers = choice.kind === 'url' ? (choice.headers ?? {}) : {};
  const signal = AbortSignal.timeout(askMs);
  const reply = await http.json(`${url}/models`, { headers, signal }).catch(() => undefined);
  return (nameList.safeParse(reply?.body).data ?? []).filter((name) => !notModels.has(name));
}

function isHere(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}

async function anyThere(roots: readonly ModelRoot[]): Promise<boolean> {
  for (const { path } of roots) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return true;
  }
  return false;
}

/** With sizes where it tells them, else by name. */
async function listOf(
  { url, http, choice }: AskedEngine,
  folder: string,
): Promise<ListedModel[] | undefined> {
  const headers = choice.kind === 'url' ? (choice.headers ?? {}) : {};
  const ask = (path: string) =>
    http.json(`${url}${path}/${encodeURIComponent(folder)}`, { headers, signal: AbortSignal.timeout(askMs) });
  try {
    const files = fileList.safeParse((await ask('/experiment/models')).body);
    const sizes = new Map(files.data?.map((file) => [file.name, file]));
    const names = nameList.parse((await ask('/models')).body);
    return names.map((name) => {
      const { size = 0, modified = 0 } = sizes.get(name) ?? {};
      return { folder, name: name.replaceAll('\\', '/'), size, modified: Math.round(modified * 1000) };
    });
  } catch {
    return undefined;
  }
}
