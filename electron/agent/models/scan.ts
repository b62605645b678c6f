import type { Dir, Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelName } from '#shared/models/paths.ts';

/** A folder of models, of one kind: where it lies, and which engines look there. */
export interface ModelRoot {
  /** ComfyUI's name of it: `checkpoints`. */
  readonly folder: string;
  readonly path: string;
}

export interface FoundFile {
  readonly absolute: string;
  /** Below its root, with slashes. */
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** The same for two names of one file. */
  readonly file: string;
}

/** Deeper than anybody sorts models; a folder that leads back into itself ends earlier. */
const mostDeep = 12;
/** In one root: past it something else is there than models. */
const mostFiles = 20_000;

/**
 * The models below a folder, following links as ComfyUI does. A folder that is reached twice on the way down (a link that
 * leads up) is entered once; what can't be read is passed over, as it would be by the engine.
 */
export async function* scanFolder(root: string): AsyncGenerator<FoundFile> {
  let found = 0;
  for await (const file of walk(root, '', [])) {
    found += 1;
    if (found > mostFiles) return;
    yield file;
  }
}

async function* walk(folder: string, below: string, above: readonly string[]): AsyncGenerator<FoundFile> {
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined || above.includes(real) || above.length > mostDeep) return;
  const opened = await opendir(folder).catch(() => undefined);
  if (!opened) return;
  const folders: string[] = [];
  for await (const entry of entriesOf(opened)) {
    if (entry.isDirectory()) folders.push(entry.name);
    else if (isModelName(entry.name) || entry.isSymbolicLink()) {
      const found = await look(folder, below, entry.name);
      if (found === 'folder') folders.push(entry.name);
      else if (found) yield found;
    }
  }
  for (const name of folders.sort()) {
    yield* walk(join(folder, name), `${below}${name}/`, [...above, real]);
  }
}

/** A folder that vanishes while it is read is one with nothing more in it. */
async function* entriesOf(folder: Dir): AsyncGenerator<Dirent> {
  try {
    yield* folder;
  } catch {
    // Gone, or not to be read: the next scan sees what is there then.
  }
}

async function look(folder: string, below: string, name: string): Promise<FoundFile | 'folder' | undefined> {
  const absolute = join(folder, name);
  const facts = await stat(absolute).catch(() => undefined);
  if (facts?.isDirectory()) return 'folder';
  if (!facts?.isFile() || !isModelName(name)) return undefined;
  return {
    absolute,
    name: below + name,
    size: facts.size,
    modified: Math.round(facts.mtimeMs),
    file: `${facts.dev}:${facts.ino}`,
  };
}
