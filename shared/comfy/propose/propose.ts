import type { ParameterDef } from '../../wire/workflows.ts';
import type { Graph } from '../graph.ts';
import { type Json, listOf, objectOf } from '../json.ts';
import type { ObjectInfo } from '../object-info.ts';
import { readPlaceholder } from './placeholders.ts';
import { shapeOf, subjectOf } from './shape.ts';

/** Most parameters that a workflow may have. */
const most = 100;

/** A place in the graph: an input of a node. */
export interface Target {
  readonly node_id: string;
  readonly field: string;
}

/**
 * What App Mode shows, in its order: `extra.linearData.inputs`, pairs of a node and a widget. A widget of a subgraph is
 * known by the targets that the conversion found for it.
 */
export function appModeTargets(
  extra: Json,
  graph: Graph,
  promoted: ReadonlyMap<string, readonly Target[]>,
): Target[] {
  return listOf(objectOf(extra.linearData).inputs).flatMap((entry) => {
    const [id, field] = listOf(entry);
    if ((typeof id !== 'string' && typeof id !== 'number') || typeof field !== 'string') return [];
    const node = Object.hasOwn(graph, String(id)) ? graph[String(id)] : undefined;
    if (node && field in node.inputs) return [{ node_id: String(id), field }];
    return promoted.get(`${id}.${field}`) ?? [];
  });
}

/**
 * The first draft of a form: prompts (by following the sampler's links), pictures and sounds to load, seeds, steps,
 * guidance, sampler, size, strength, models. Where a person chose already (`chosen`, by App Mode, or placeholders in the
 * graph), the form is that choice.
 */
export function proposeParameters(
  graph: Graph,
  info: ObjectInfo = {},
  chosen: readonly Target[] = [],
): ParameterDef[] {
  const subject = subjectOf(graph, info);
  const taken = new Set<string>();
  const proposals: ParameterDef[] = [];
  const literal = (value: unknown) =>
    typeof value === 'string' && readPlaceholder(value, undefined) !== undefined;
  const all = Object.entries(graph).flatMap(([node_id, node]) =>
    Object.keys(node.inputs).map((field) => ({ node_id, field })),
  );
  const marked = all.filter(({ node_id, field }) => literal(graph[node_id]?.inputs[field]));
  const choice = chosen.length > 0 ? chosen : marked;
  for (const { node_id, field } of choice.length > 0 ? choice : all) {
    const shape = shapeOf(subject, node_id, field, taken);
    if (!shape || (choice.length === 0 && !shape.wanted)) continue;
    taken.add(shape.definition.key);
    proposals.push(shape.definition);
  }
  return (choice.length > 0 ? proposals : proposals.sort((a, b) => rank(a) - rank(b))).slice(0, most);
}

/** Prompts first, then what must be brought, then numbers, then what is chosen once and left. */
function rank(def: ParameterDef): number {
  if (def.key === 'prompt') return 0;
  if (def.key === 'negative_prompt') return 1;
  if (def.type === 'file') return 2;
  return def.type === 'select' ? 4 : 3;
}
