import { type Graph, isLink } from '../graph.ts';

export type Side = 'positive' | 'negative';

/** Names of inputs that ask for what is wanted or not; guiders of newer models have only what is wanted. */
const sides: Readonly<Record<string, Side>> = {
  positive: 'positive',
  negative: 'negative',
  conditioning: 'positive',
};

/** Nodes that turn a wanted text into none: what stands behind them is no negative prompt. */
const empties = /ZeroOut/;

/**
 * Which nodes say what is wanted and what is not: by following the links of samplers and guiders upwards, through
 * everything between (control nets, combiners, guidance). A node on both ways counts as wanted.
 */
export function promptSides(graph: Graph): Map<string, Side> {
  const found = new Map<string, Side>();
  const samples = (type: string) => /Sampl|Guider/i.test(type);
  const starts = Object.values(graph).filter(({ class_type }) => samples(class_type));
  // A graph without a known sampler still has nodes with both inputs.
  const ends = starts.length > 0 ? starts : Object.values(graph);
  for (const wanted of ['positive', 'negative'] as const) {
    for (const node of ends) {
      for (const [field, value] of Object.entries(node.inputs)) {
        if (sides[field] === wanted && isLink(value)) climb(graph, value[0], wanted, found);
      }
    }
  }
  return found;
}

function climb(graph: Graph, start: string, side: Side, found: Map<string, Side>): void {
  const waiting = [start];
  const passed = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = Object.hasOwn(graph, id) ? graph[id] : undefined;
    if (!node || passed.has(id) || found.has(id) || (side === 'negative' && empties.test(node.class_type)))
      continue;
    passed.add(id);
    const inputs = Object.entries(node.inputs);
    const both = inputs.some(([field]) => field === 'negative');
    if (!both) found.set(id, side);
    for (const [field, value] of inputs) {
      // A control net takes both: each side goes on along its own input only.
      const other = both && sides[field] !== undefined && sides[field] !== side;
      const speaks = /cond|positive|negative|text|prompt|string|value|^to$|^from$/i.test(field);
      if (isLink(value) && !other && speaks) waiting.push(value[0]);
    }
  }
}
