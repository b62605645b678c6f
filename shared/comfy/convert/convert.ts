import type { Graph } from '../graph.ts';
import { type Json, put, textOf } from '../json.ts';
import type { ObjectInfo } from '../object-info.ts';
import { findCycle } from './cycle.ts';
import { type Emitting, emitNode } from './emit.ts';
import { withGroups } from './groups.ts';
import { type Problem, Problems, WorkflowFileError } from './problems.ts';
import { replaceAt } from './replace.ts';
import { isVirtual, Resolver } from './resolve.ts';
import { type Context, newContext, openScope, override, ownWidgets, type Scope, specOf } from './scope.ts';
import { bypassed, muted, packOf, readUiWorkflow, type UiNode } from './ui-graph.ts';

export interface ConvertOptions {
  /** What `%date%` means; without it the server's own tokens stand in, which mean the moment of each run. */
  readonly now?: Date;
  /** Draws the choices of `{a|b}` texts; without it they stay as they are written. */
  readonly random?: () => number;
}

/** A node class that the engine does not have, and the pack that provides it where the file says so. */
export interface UnknownNode {
  readonly type: string;
  readonly nodes: readonly string[];
  readonly cnr_id?: string;
  readonly aux_id?: string;
  readonly ver?: string;
}

export interface Converted {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  readonly usesUnknown: readonly UnknownNode[];
  /** Inputs of subgraphs, `id.name`, and the inputs in the graph that hold their values. */
  readonly promoted: ReadonlyMap<string, readonly { readonly node_id: string; readonly field: string }[]>;
}

/** Nodes after all subgraphs are unfolded. */
const mostNodes = 50_000;
const deepest = 50;

/**
 * Converts a workflow of ComfyUI's editor into the graph that its engine runs, as the frontend's own “graph to prompt”
 * does (comfyui-protocol.md section 14): both file versions, subgraphs inside subgraphs, bypassed and muted nodes,
 * reroutes, primitives, group nodes of old. Nodes that `info` does not have are converted as far as the file carries
 * names for their values. Throws only `WorkflowFileError`.
 */
export function convertUi(workflow: Json, info: ObjectInfo, options: ConvertOptions = {}): Converted {
  const problems = new Problems();
  const read = withGroups(readUiWorkflow(workflow, problems), info);
  const context = newContext(read.subgraphs, info, problems);
  const root: Scope = {
    graph: read.root,
    path: '',
    parent: undefined,
    instance: undefined,
    host: new Map(),
    overrides: new Map(),
    children: new Map(),
  };
  const placed = unfold(context, root);
  applyPrimitives(context, placed, options);
  const resolver = new Resolver(problems, context.subgraphs, (scope, node) =>
    primitiveValue(context, scope, node),
  );
  const promoted: Emitting['promoted'] = new Map();
  const emitting: Emitting = { context, resolver, placed, options, promoted };
  const graph: Graph = {};
  for (const { scope, node } of placed) {
    if (isVirtual(node.type)) continue;
    put(graph, scope.path + node.id, emitNode(emitting, scope, node));
  }
  const circle = findCycle(graph);
  if (circle)
    problems.add('error', 'cycle', `These nodes feed each other in a circle: ${circle.join(' → ')}.`);
  if (placed.length === 0) throw new WorkflowFileError('The workflow has no nodes that would run.');
  return { graph, problems: problems.list, usesUnknown: unknownNodes(context, placed), promoted };
}

/** A node that takes part, at one place. */
export interface Placed {
  readonly scope: Scope;
  readonly node: UiNode;
}

/** All nodes that are not switched off, subgraphs unfolded, in the order of execution. */
function unfold(context: Context, root: Scope): Placed[] {
  const placed: Placed[] = [];
  let opened = 0;
  const visit = (scope: Scope, inside: readonly string[]) => {
    for (const node of scope.graph.nodes.values()) {
      if (node.mode === muted || node.mode === bypassed) continue;
      const graph = context.subgraphs.get(node.type);
      if (placed.length + opened >= mostNodes) {
        throw new WorkflowFileError(
          `The workflow unfolds into more than ${mostNodes} nodes; it is not read further.`,
        );
      }
      if (!graph) {
        placed.push({ scope, node });
      } else if (inside.includes(node.type) || inside.length >= deepest) {
        const id = scope.path + node.id;
        const message = inside.includes(node.type)
          ? `Node ${id} is a subgraph that contains itself; it is left out.`
          : `Node ${id} lies more than ${deepest} subgraphs deep; it is left out.`;
        context.problems.add('error', 'subgraph_inside_itself', message, id);
      } else {
        opened += 1;
        const child = openScope(context, scope, node, graph);
        scope.children.set(node.id, child);
        visit(child, [...inside, node.type]);
      }
    }
  };
  visit(root, []);
  return placed;
}

/** A primitive's value: what it is set to from outside, else its own first one. */
function primitiveValue(context: Context, scope: Scope, node: UiNode): unknown {
  const set = scope.overrides.get(node.id)?.get('value');
  if (set !== undefined) return set;
  return Array.isArray(node.values) ? node.values[0] : ownWidgets(context, node)[0]?.value;
}

/** Primitives copy their value into the widgets they are linked to, before anything is read. */
function applyPrimitives(context: Context, placed: readonly Placed[], { now }: ConvertOptions): void {
  for (const { scope, node } of placed) {
    if (node.type !== 'PrimitiveNode') continue;
    let value = primitiveValue(context, scope, node);
    if (value === undefined) continue;
    if (typeof value === 'string' && node.properties['Run widget replace on values'] === true) {
      value = replaceAt(context, scope, value, now);
      override(scope, node.id, 'value', value);
    }
    for (const link of scope.graph.links.values()) {
      const input =
        link.origin === node.id ? scope.graph.nodes.get(link.target)?.inputs[link.targetSlot] : undefined;
      if (input?.widget) override(scope, link.target, input.widget, value);
    }
  }
}

function unknownNodes(context: Context, placed: readonly Placed[]): UnknownNode[] {
  const found = new Map<string, { nodes: string[]; pack: ReturnType<typeof packOf> }>();
  for (const { scope, node } of placed) {
    if (isVirtual(node.type) || specOf(context, node)) continue;
    const one = found.get(node.type) ?? { nodes: [], pack: packOf(node.properties) };
    if (one.nodes.length < 1000) one.nodes.push(scope.path + node.id);
    found.set(node.type, one);
  }
  for (const [type, { pack }] of found) {
    const from = textOf(pack.cnr_id ?? pack.aux_id);
    context.problems.add(
      'warning',
      'unknown_node',
      `The engine has no node “${type}”${from ? `; the pack “${from}” provides it` : ''}.`,
    );
  }
  return [...found].map(([type, { nodes, pack }]) => ({ type, nodes, ...pack }));
}
