import { corePack, type MissingPack, missingPacks } from '#shared/comfy/missing-packs.ts';
import type { MissingPackItem, NeededNode } from '#shared/wire/engine-missing.ts';
import type { ImportedPack } from '#shared/wire/engines.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { type InstalledPack, installedPacks } from './installed.ts';
import { managerIndex } from './manager-index.ts';
import { nameOf, readSource, sameAddress } from './source.ts';

/** The packs that provide what an engine lacks, with what lies there of them already. */
export async function lackingPacks(
  record: LaunchableRecord,
  needed: readonly NeededNode[],
  nodeTypes: readonly string[],
  imports: ReadonlyMap<string, ImportedPack>,
): Promise<MissingPackItem[]> {
  const [index, present] = await Promise.all([managerIndex(record), installedPacks(record)]);
  const by = new Map(needed.map(({ type, needed_by }) => [type, needed_by]));
  return missingPacks(needed, nodeTypes, index).map((one) => {
    const there = one.pack === undefined ? undefined : present.find((pack) => isIt(pack, one.pack ?? ''));
    const wanted = one.nodeTypes.flatMap((type) => by.get(type) ?? []);
    return {
      ...told(one),
      source: there ? '' : sourceOf(one.pack),
      there: there ? standing(there, imports.get(there.name)) : null,
      needed_by: [...new Map(wanted.map((workflow) => [workflow.workflow_id, workflow])).values()],
    };
  });
}

const told = ({ pack, version, known, nodeTypes, others }: MissingPack) => ({
  ...{ pack: pack ?? '', version: version ?? '', known, of_comfyui: pack === corePack },
  node_types: [...nodeTypes],
  others: others.filter((other) => sourceOf(other) !== ''),
});

const standing = ({ name, enabled }: InstalledPack, last: ImportedPack | undefined) => ({
  ...{ name, enabled, failed: enabled && last?.failed === true, error: last?.error ?? '' },
});

/** What installs it; empty for what a file may have made up, which must get into no command. */
export const sourceOf = (pack: string | undefined): string =>
  pack !== undefined && pack !== corePack && /^\w[\w./:@-]*$/.test(pack) && readSourceOr(pack) ? pack : '';

export function isIt({ name, remote }: InstalledPack, pack: string): boolean {
  const source = readSourceOr(pack);
  if (!source) return false;
  return (
    (source.kind === 'git' && sameAddress(remote, source.address)) ||
    nameOf(source).toLowerCase() === name.toLowerCase()
  );
}

/** What a file says may be anything. */
function readSourceOr(pack: string): ReturnType<typeof readSource> | undefined {
  try {
    return readSource(pack);
  } catch {
    return undefined;
  }
}
