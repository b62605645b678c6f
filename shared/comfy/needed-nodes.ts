import type { UnknownNode } from './convert/convert.ts';
import { packOf } from './convert/ui-graph.ts';
import type { Graph } from './graph.ts';
import { isObject, listOf, objectOf, textOf } from './json.ts';

type Hint = ReturnType<typeof packOf>;

/**
 * Every node type that a graph runs, with the pack that it comes from where the graph's own notes or its drawing say so.
 * The graph decides what is needed: a drawing also shows what is switched off.
 */
export function neededNodes(graph: Graph, drawing?: unknown): UnknownNode[] {
  const hints = hintsOf(drawing);
  const found = new Map<string, { nodes: string[]; hint: Hint }>();
  for (const [id, { class_type: type, _meta }] of Object.entries(graph)) {
    const one = found.get(type) ?? { nodes: [], hint: hints.get(type) ?? {} };
    if (!named(one.hint)) one.hint = packOf(objectOf(_meta));
    if (one.nodes.length < 1000) one.nodes.push(id);
    found.set(type, one);
  }
  return [...found].map(([type, { nodes, hint }]) => ({ type, nodes, ...hint }));
}

const named = ({ cnr_id, aux_id }: Hint): boolean => cnr_id !== undefined || aux_id !== undefined;

/** What the nodes of a drawing say of their packs, those inside subgraphs too. */
function hintsOf(drawing: unknown): ReadonlyMap<string, Hint> {
  const hints = new Map<string, Hint>();
  const root = objectOf(drawing);
  const levels = [root, ...listOf(objectOf(root.definitions).subgraphs)];
  for (const node of levels.flatMap((level) => listOf(objectOf(level).nodes))) {
    if (!isObject(node)) continue;
    const type = textOf(node.type);
    const hint = packOf(objectOf(node.properties));
    if (type !== undefined && named(hint) && !hints.has(type)) hints.set(type, hint);
  }
  return hints;
}
