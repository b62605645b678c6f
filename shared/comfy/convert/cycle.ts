import { type Graph, isLink } from '../graph.ts';
import { own } from '../json.ts';

/** The ids of one circle of nodes that feed each other, or undefined. Iterative: a chain may be as long as it likes. */
export function findCycle(graph: Graph): string[] | undefined {
  const state = new Map<string, 'open' | 'done'>();
  const sources = (id: string): string[] =>
    Object.values(graph[id]?.inputs ?? {}).flatMap((value) =>
      isLink(value) && own(graph, value[0]) !== undefined ? [value[0]] : [],
    );
  for (const start of Object.keys(graph)) {
    if (state.has(start)) continue;
    const path = [{ id: start, left: sources(start) }];
    state.set(start, 'open');
    while (path.length > 0) {
      const top = path.at(-1);
      const next = top?.left.pop();
      if (top && next === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (next !== undefined && state.get(next) === 'open') {
        const ids = path.map(({ id }) => id);
        return [...ids.slice(ids.indexOf(next)).slice(0, 20), next].reverse();
      } else if (next !== undefined && !state.has(next)) {
        state.set(next, 'open');
        path.push({ id: next, left: sources(next) });
      }
    }
  }
  return undefined;
}
