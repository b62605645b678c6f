/** Which node pack brings which node type, by what `/object_info` says of each (`custom_nodes.the-pack`). */
export function packsOf(nodeInfo: object): ReadonlyMap<string, string> {
  const packs = new Map<string, string>();
  for (const [type, info] of Object.entries(nodeInfo as Record<string, { python_module?: unknown } | null>)) {
    const module = String(info?.python_module ?? '');
    if (module.startsWith('custom_nodes.')) packs.set(type, module.slice('custom_nodes.'.length));
  }
  return packs;
}
