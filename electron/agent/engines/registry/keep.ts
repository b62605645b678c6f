import { mkdir, readdir, rename } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type EngineRecord, isLaunchable } from './record.ts';

/** No engine can have this name. */
const keptFolder = '_kept';

/** What in an engine's own folder is the user's although the engine's program is somebody else's. */
const users = (record: EngineRecord, folder: string): readonly string[] => {
  if (!isLaunchable(record)) return [];
  const inside = record.base !== undefined && !relative(folder, record.base).startsWith('..');
  // All of an install goes with it, as whoever removes it has agreed to.
  if (record.kind === 'install' && inside) return [];
  return ['removed-packs', ...(record.apart ? ['input', 'output', 'user'] : [])];
};

/**
 * Puts aside what is the user's before an engine's folder is removed: node packs that were taken out of a folder of
 * theirs, inputs and outputs that lay apart. Returns where it lies; `undefined` when there is nothing.
 */
export async function keepUsersOwn(
  record: EngineRecord,
  engines: string,
  folder: string,
): Promise<string | undefined> {
  let place: string | undefined;
  for (const name of users(record, folder)) {
    const found = await readdir(join(folder, name)).catch(() => []);
    if (found.length === 0) continue;
    place ??= await newPlace(engines, record.id);
    await rename(join(folder, name), join(place, name));
  }
  return place;
}

async function newPlace(engines: string, id: string): Promise<string> {
  const place = join(engines, keptFolder, `${id}-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  await mkdir(place, { recursive: true, mode: 0o700 });
  return place;
}
