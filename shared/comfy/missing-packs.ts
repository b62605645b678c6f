import { isObject, listOf } from './json.ts';

/** Node type → addresses of the packs that have one of that name, as an index lists them. */
export type NodeIndex = ReadonlyMap<string, readonly string[]>;

/** A node type, and the pack that provides it where its file says so. */
export interface NodeOfPack {
  readonly type: string;
  readonly cnr_id?: string | undefined;
  readonly aux_id?: string | undefined;
  readonly ver?: string | undefined;
}

/** A pack that a workflow needs and an engine lacks. */
export interface MissingPack {
  /** Its id in the registry, `owner/name` on GitHub, or its address; `undefined` when nobody knows. */
  readonly pack: string | undefined;
  /** The version that the file was made with. */
  readonly version?: string;
  readonly nodeTypes: readonly string[];
  /** Who named it. */
  readonly known: 'file' | 'index' | 'unknown';
  /** Other packs with nodes of these names. */
  readonly others: readonly string[];
}

/** What ComfyUI itself is called in workflow files: the engine is too old for such a node. */
export const corePack = 'comfy-core';

/** Reads ComfyUI-Manager's `extension-node-map.json`: address → [node types, about]. Its patterns are passed over. */
export function readNodeIndex(value: unknown): NodeIndex {
  const found = new Map<string, string[]>();
  if (!isObject(value)) return found;
  for (const [address, entry] of Object.entries(value)) {
    for (const type of listOf(listOf(entry)[0])) {
      if (typeof type !== 'string') continue;
      const known = found.get(type);
      if (known) known.push(address);
      else found.set(type, [address]);
    }
  }
  return found;
}

/**
 * The packs that provide what an engine lacks. What the file itself says comes first; where it is silent the index is
 * asked, and of several packs with such a node the one that provides most of what is missing.
 */
export function missingPacks(
  needed: readonly NodeOfPack[],
  nodeTypes: readonly string[],
  index: NodeIndex = new Map(),
): MissingPack[] {
  const present = new Set(nodeTypes);
  const missing = needed.filter(({ type }) => !present.has(type));
  const provides = new Map<string, number>();
  for (const { type } of missing) {
    for (const address of index.get(type) ?? []) provides.set(address, (provides.get(address) ?? 0) + 1);
  }
  const packs = new Map<string, { -readonly [Key in keyof MissingPack]: MissingPack[Key] }>();
  for (const node of missing) {
    const found = providerOf(node, index, provides);
    const key = `${found.known} ${found.pack ?? ''}`;
    const one = packs.get(key);
    if (!one) packs.set(key, { ...found, nodeTypes: [node.type] });
    else {
      one.nodeTypes = [...one.nodeTypes, node.type];
      one.others = [...new Set([...one.others, ...found.others])];
    }
  }
  return [...packs.values()];
}

function providerOf(
  { type, cnr_id, aux_id, ver }: NodeOfPack,
  index: NodeIndex,
  provides: ReadonlyMap<string, number>,
): Omit<MissingPack, 'nodeTypes'> {
  const named = cnr_id ?? aux_id;
  if (named) return { pack: named, known: 'file', others: [], ...(ver !== undefined && { version: ver }) };
  const rank = (address: string): number => provides.get(address) ?? 0;
  const [best, ...others] = [...(index.get(type) ?? [])].sort((one, other) => rank(other) - rank(one));
  return best === undefined
    ? { pack: undefined, known: 'unknown', others: [] }
    : { pack: best, known: 'index', others };
}
