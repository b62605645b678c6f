import { type Graph, isLink } from '#shared/comfy/graph.ts';

/** Node ids so that each stands after what feeds it: the order in which a person reads a recipe. */
export function inReadingOrder(graph: Graph): string[] {
  const order = new Set<string>();
  const visiting = new Set<string>();
  const visit = (id: string) => {
    const node = graph[id];
    if (!node || order.has(id) || visiting.has(id)) return;
    visiting.add(id);
    for (const value of Object.values(node.inputs)) if (isLink(value)) visit(value[0]);
    order.add(id);
  };
  for (const id of Object.keys(graph)) visit(id);
  return [...order];
}
