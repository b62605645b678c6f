import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { git } from '../registry/checkout.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { readPin } from './pin.ts';

/** A node pack as it lies in the folder; the git fields are empty when it is no repository. */
export const installedPack = z.object({
  /** Without the ending that disables it. */
  name: z.string(),
  enabled: z.boolean(),
  commit: z.string(),
  remote: z.string(),
  /** Somebody changed its files by hand. */
  changed: z.boolean(),
  /** The version of one that came from the registry. */
  version: z.string().optional(),
  /** It is a link to a folder elsewhere. */
  link: z.boolean().optional(),
});
export type InstalledPack = z.infer<typeof installedPack>;

/** ComfyUI passes over whatever ends like this. */
export const disabledEnding = '.disabled';

export const packsFolder = (record: LaunchableRecord): string =>
  join(record.base ?? record.path, 'custom_nodes');

/** The node packs of an engine by name, found as ComfyUI itself finds them. Reads only. */
export async function installedPacks(record: LaunchableRecord): Promise<InstalledPack[]> {
  const folder = packsFolder(record);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const packs = entries.filter(
    (entry) =>
      !/^(__pycache__|\.)/.test(entry.name) && (!entry.isFile() || /\.py(\.disabled)?$/.test(entry.name)),
  );
  const read = packs.map(async (entry): Promise<InstalledPack> => {
    const { name } = entry;
    const path = join(folder, name);
    const enabled = !name.endsWith(disabledEnding);
    const plain = enabled ? name : name.slice(0, -disabledEnding.length);
    const repository = await access(join(path, '.git')).then(
      () => true,
      () => false,
    );
    const [commit, remote, changes] = repository
      ? await Promise.all([
          git(path, ['rev-parse', 'HEAD']),
          git(path, ['remote', 'get-url', 'origin']),
          git(path, ['status', '--porcelain', '--untracked-files=no']),
        ])
      : ['', '', ''];
    const pin = repository ? undefined : await readPin(path);
    return {
      ...{ name: plain, enabled, commit, changed: changes !== '' },
      remote: remote || (pin?.repository ?? ''),
      ...(pin && { version: pin.version }),
      ...(entry.isSymbolicLink() && { link: true }),
    };
  });
  return (await Promise.all(read)).sort((one, other) => one.name.localeCompare(other.name));
}

/** Where a pack lies, disabled or not. */
export const packPath = (record: LaunchableRecord, { name, enabled }: InstalledPack): string =>
  join(packsFolder(record), enabled ? name : `${name}${disabledEnding}`);

export async function findPack(record: LaunchableRecord, name: string): Promise<InstalledPack> {
  const all = await installedPacks(record);
  const found = all.find((pack) => pack.name === name);
  if (found) return found;
  const known = all.map((pack) => pack.name).join(', ');
  throw new Error(
    `"${record.id}" has no node pack "${name}". ${known ? `It has: ${known}.` : 'It has none.'}`,
  );
}
