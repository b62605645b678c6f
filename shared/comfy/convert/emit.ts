import type { GraphNode } from '../graph.ts';
import { put } from '../json.ts';
import type { ConvertOptions, Placed } from './convert.ts';
import { replaceAt } from './replace.ts';
import type { Resolver } from './resolve.ts';
import { type Context, type Scope, specOf, widgetsAt } from './scope.ts';
import { drawChoices, hasChoices, savesFiles } from './text.ts';
import { packOf, type UiNode } from './ui-graph.ts';
import { hasUpload, promptValue, type Widget, widgetsOf } from './widgets.ts';

export interface Emitting {
  readonly context: Context;
  readonly resolver: Resolver;
  readonly placed: readonly Placed[];
  readonly options: ConvertOptions;
  /** Inputs of subgraphs, `id.name`, and the inputs in the graph that hold their values. */
  readonly promoted: Map<string, { node_id: string; field: string }[]>;
}

/** One node of the prompt: its widgets' values, then its links, which win over a value of the same name. */
export function emitNode(emitting: Emitting, scope: Scope, node: UiNode): GraphNode {
  const { context, resolver } = emitting;
  const spec = specOf(context, node);
  const id = scope.path + node.id;
  const inputs: Record<string, unknown> = {};
  for (const widget of widgetsAt(context, scope, node)) {
    const value = promptValue({ ...widget, value: written(emitting, scope, node, widget, id) });
    if (value !== undefined) put(inputs, widget.name, value);
  }
  for (const [index, input] of node.inputs.entries()) {
    if (input.link === null || input.name === '') continue;
    const source = resolver.resolve(scope, node, index);
    if (source?.kind === 'output') put(inputs, input.name, [source.id, source.slot]);
    else if (source) {
      put(inputs, input.name, Array.isArray(source.value) ? { __value__: source.value } : source.value);
      const host = source.host;
      if (host)
        emitting.promoted.set(host, [
          ...(emitting.promoted.get(host) ?? []),
          { node_id: id, field: input.name },
        ]);
    }
  }
  const surplus = spec && Array.isArray(node.values) ? widgetsOf(node, spec).surplus : 0;
  if (spec && surplus > (hasUpload(spec) ? 3 : 0)) {
    const message = `Node ${id} (${node.type}) has ${surplus} values more than the engine knows; check its values.`;
    context.problems.add('note', 'widget_count', message, id);
  }
  const title = node.title ?? spec?.title ?? node.type;
  return { inputs, class_type: node.type, _meta: { title, ...packOf(node.properties) } };
}

/** A widget's value after what the frontend does to texts on their way into the prompt. */
function written(
  { context, options }: Emitting,
  scope: Scope,
  node: UiNode,
  widget: Widget,
  id: string,
): unknown {
  const { value, spec } = widget;
  if (typeof value !== 'string') return value;
  if (widget.name === 'filename_prefix' && savesFiles(node.type))
    return replaceAt(context, scope, value, options.now);
  if (spec?.options.dynamicPrompts !== true) return value;
  if (options.random) return drawChoices(value, options.random);
  if (hasChoices(value)) {
    const message = `The text of node ${id} has choices in braces; they are kept as they are written.`;
    context.problems.add('note', 'dynamic_prompt', message, id);
  }
  return value;
}
