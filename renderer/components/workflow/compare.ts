import { type Graph, type GraphNode, isLink } from '#shared/comfy/graph.ts';
import { titleOf } from '#shared/comfy/propose/shape.ts';
import type { SnapshotDetail } from '#shared/wire/workflow-life.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';

export type Side = Omit<SnapshotDetail, 'id' | 'workflow_id' | 'created_at' | 'is_current' | 'saved_by'>;

/** A value before and after; undefined = there was none. */
export interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A parameter or node that came, went or changed. */
export interface Change {
  readonly sign: 'added' | 'removed' | 'changed';
  readonly id: string;
  readonly name: string;
  readonly differences: readonly Difference[];
}

export interface Comparison {
  readonly about: readonly Difference[];
  readonly form: readonly Change[];
  readonly graph: readonly Change[];
}

export const aboutFields = [
  'display_name',
  'description',
  'required_labels',
  'required_models',
  'task_timeout',
  'max_retries',
  'preferred_gpu',
  'min_vram_gb',
] as const satisfies readonly (keyof Side)[];

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What lies between two versions, by what a person would name. */
export function compare(before: Side, after: Side): Comparison {
  return {
    about: differencesOf(before, after, aboutFields),
    form: formChanges(before.workflow_params, after.workflow_params),
    graph: graphChanges((before.workflow_json ?? {}) as Graph, (after.workflow_json ?? {}) as Graph),
  };
}

export const isSame = ({ about, form, graph }: Comparison): boolean =>
  about.length + form.length + graph.length === 0;

function differencesOf<Thing extends object>(
  before: Thing,
  after: Thing,
  fields: readonly (keyof Thing & string)[],
): Difference[] {
  return fields
    .filter((field) => !same(before[field], after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

const keysOf = (one: object, other: object) => [...new Set([...Object.keys(one), ...Object.keys(other)])];

function formChanges(before: readonly ParameterDef[], after: readonly ParameterDef[]): Change[] {
  const name = (def: ParameterDef) => def.label || def.key;
  const changes = before.flatMap((old): Change[] => {
    const now = after.find((def) => def.key === old.key);
    if (!now) return [{ sign: 'removed', id: old.key, name: name(old), differences: [] }];
    const differences = differencesOf(old, now, keysOf(old, now) as (keyof ParameterDef)[]);
    return differences.length ? [{ sign: 'changed', id: now.key, name: name(now), differences }] : [];
  });
  const fresh = after.filter((def) => !before.some((old) => old.key === def.key));
  return [
    ...changes,
    ...fresh.map((def): Change => ({ sign: 'added', id: def.key, name: name(def), differences: [] })),
  ];
}

function graphChanges(before: Graph, after: Graph): Change[] {
  return keysOf(before, after).flatMap((id): Change[] => {
    const [old, now] = [before[id], after[id]];
    // Another class under the old number is another node.
    if (old && now && old.class_type === now.class_type) {
      const differences = inputDifferences(before, after, old, now);
      return differences.length ? [{ sign: 'changed', id, name: titleOf(now), differences }] : [];
    }
    return [
      ...(old ? [{ sign: 'removed', id, name: titleOf(old), differences: [] } as const] : []),
      ...(now ? [{ sign: 'added', id, name: titleOf(now), differences: [] } as const] : []),
    ];
  });
}

function inputDifferences(before: Graph, after: Graph, old: GraphNode, now: GraphNode): Difference[] {
  const titles =
    titleOf(old) === titleOf(now) ? [] : [{ field: 'title', before: titleOf(old), after: titleOf(now) }];
  const inputs = keysOf(old.inputs, now.inputs)
    .filter((field) => !same(old.inputs[field], now.inputs[field]))
    .map((field) => ({
      field,
      before: shownInput(before, old.inputs[field]),
      after: shownInput(after, now.inputs[field]),
    }));
  return [...titles, ...inputs];
}

/** A link by the node that it comes from; of two outputs of one node the number tells them apart. */
function shownInput(graph: Graph, value: unknown): unknown {
  if (!isLink(value)) return value;
  const source = graph[value[0]];
  return `← ${source ? titleOf(source) : value[0]}${value[1] > 0 ? ` (${value[1] + 1})` : ''}`;
}

/** A value in a line: lists as words, nothing as a dash. */
export function plain(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  if (Array.isArray(value)) return value.length ? value.map(plain).join(', ') : '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
