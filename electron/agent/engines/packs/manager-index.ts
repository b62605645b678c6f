import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NodeIndex, readNodeIndex } from '#shared/comfy/missing-packs.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { installedPacks, packPath } from './installed.ts';

/** The index of node types that an installed ComfyUI-Manager carries; empty where there is none. Only read. */
export async function managerIndex(record: LaunchableRecord): Promise<NodeIndex> {
  for (const pack of await installedPacks(record)) {
    const text = await readFile(join(packPath(record, pack), 'extension-node-map.json'), 'utf8').catch(
      () => undefined,
    );
    if (text === undefined) continue;
    try {
      return readNodeIndex(JSON.parse(text));
    } catch {
      // Half written or not what it seems; without it only the file's own hints are known.
    }
  }
  return new Map();
}
