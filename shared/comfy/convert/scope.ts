import { idOf, listOf, objectOf } from '../json.ts';
import { type NodeSpec, nodeSpec, type ObjectInfo } from '../object-info.ts';
import type { Problems } from './problems.ts';
import {
  boundary,
  type UiBoundary,
  type UiGraph,
  type UiInput,
  type UiLink,
  type UiNode,
} from './ui-graph.ts';
import { type Widget, widgetsOf } from './widgets.ts';

/** One level of the workflow as it stands at one place: a subgraph used twice makes two scopes. */
export interface Scope {
  readonly graph: UiGraph;
  /** What precedes an inner node's id: `''`, `'5:'`, `'5:8:'`. */
  readonly path: string;
  readonly parent: Scope | undefined;
  /** The node that stands for this scope in its parent. */
  readonly instance: UiNode | undefined;
  /** Values that the instance holds for its inputs, by the input's name. */
  readonly host: Map<string, unknown>;
  /** Values that the outside sets on inner widgets: `id` → widget → value. */
  readonly overrides: Map<string, Map<string, unknown>>;
  /** Scopes of this level's instances that are not switched off, by the instance's id. */
  readonly children: Map<string, Scope>;
}

/** What all parts of a conversion share. */
export interface Context {
  readonly subgraphs: ReadonlyMap<string, UiGraph>;
  readonly info: ObjectInfo;
  readonly problems: Problems;
  readonly widgets: WeakMap<UiNode, Widget[]>;
  readonly promoted: WeakMap<UiGraph, Map<number, Promoted | undefined>>;
}

export const newContext = (
  subgraphs: ReadonlyMap<string, UiGraph>,
  info: ObjectInfo,
  problems: Problems,
): Context => ({ subgraphs, info, problems, widgets: new WeakMap(), promoted: new WeakMap() });

export const specOf = (context: Context, node: UiNode): NodeSpec | undefined =>
  nodeSpec(context.info, node.type);

/** A node's own widgets, as the file has them. */
export function ownWidgets(context: Context, node: UiNode): Widget[] {
  const known = context.widgets.get(node);
  if (known) return known;
  const { widgets } = widgetsOf(node, specOf(context, node));
  context.widgets.set(node, widgets);
  return widgets;
}

/** A node's widgets at one place, with what the outside sets. */
export function widgetsAt(context: Context, scope: Scope, node: UiNode): Widget[] {
  const widgets = ownWidgets(context, node);
  const set = scope.overrides.get(node.id);
  if (!set) return widgets;
  return widgets.map((widget) =>
    set.has(widget.name) ? { ...widget, value: set.get(widget.name) } : widget,
  );
}

export function override(scope: Scope, id: string, widget: string, value: unknown): void {
  const set = scope.overrides.get(id) ?? new Map<string, unknown>();
  scope.overrides.set(id, set.set(widget, value));
}

/** The inner links of a boundary input: those it lists, else those that leave the boundary at its place. */
export function linksFrom(graph: UiGraph, index: number): UiLink[] {
  const listed = (graph.inputs[index]?.links ?? []).flatMap((id) => graph.links.get(id) ?? []);
  if (listed.length > 0) return listed;
  return [...graph.links.values()].filter(
    (link) => link.origin === boundary.inputs && link.originSlot === index,
  );
}

/** The link that feeds a boundary output. */
export function linkInto(graph: UiGraph, index: number): UiLink | undefined {
  const listed = (graph.outputs[index]?.links ?? []).flatMap((id) => graph.links.get(id) ?? [])[0];
  if (listed) return listed;
  for (const link of graph.links.values()) {
    if (link.target === boundary.outputs && link.targetSlot === index) return link;
  }
  return undefined;
}

/** The instance's socket for a boundary input: by name and type, by name, then by place. */
export function socketOf(instance: UiNode, slot: UiBoundary, index: number): UiInput | undefined {
  const named = instance.inputs.filter((input) => input.name === slot.name);
  return (
    named.find((input) => input.type === slot.type) ??
    named[0] ??
    (slot.name ? undefined : instance.inputs[index])
  );
}

/** An inner widget that a boundary input stands for. */
interface Promoted {
  readonly node: string;
  readonly widget: string;
  readonly value: unknown;
}

/**
 * The inner widget behind a boundary input, through instances inside instances; undefined for plain sockets. Worked out
 * once per definition; while it is, the answer is “none”, so that a subgraph inside itself comes to an end.
 */
function promotedAt(context: Context, graph: UiGraph, index: number): Promoted | undefined {
  const known = context.promoted.get(graph) ?? new Map<number, Promoted | undefined>();
  context.promoted.set(graph, known);
  if (known.has(index)) return known.get(index);
  known.set(index, undefined);
  for (const link of linksFrom(graph, index)) {
    const node = graph.nodes.get(link.target);
    const input = node?.inputs[link.targetSlot];
    const found = node && input && widgetBehind(context, node, input);
    if (!found) continue;
    known.set(index, found);
    return found;
  }
  return undefined;
}

function widgetBehind(context: Context, node: UiNode, input: UiInput): Promoted | undefined {
  const inner = context.subgraphs.get(node.type);
  if (!inner) {
    const name = input.widget ?? input.name;
    const widget = ownWidgets(context, node).find((one) => one.name === name);
    return widget && { node: node.id, widget: name, value: widget.value };
  }
  const at = inner.inputs.findIndex((slot) => slot.name === input.name);
  const nested = at < 0 ? undefined : promotedAt(context, inner, at);
  if (!nested) return undefined;
  return { node: node.id, widget: nested.widget, value: hostValues(context, inner, node).get(input.name) };
}

/** Entries of `properties.proxyWidgets`: `[inner node id, widget name]`, in some files as JSON text. */
function proxies(node: UiNode): [id: string, widget: string][] {
  let written: unknown = node.properties.proxyWidgets;
  if (typeof written === 'string') {
    try {
      written = JSON.parse(written);
    } catch {
      return [];
    }
  }
  return listOf(written).flatMap((entry) => {
    const [id, widget] = listOf(entry);
    const known = idOf(id);
    return known !== undefined && typeof widget === 'string' ? [[known, widget]] : [];
  });
}

/**
 * The values that an instance holds for its inputs. The newer era: `widgets_values` are those of the inputs that stand
 * for a widget, in order. The older one: they are those of the entries of `proxyWidgets`. Leftovers that the frontend
 * could not place are in quarantine with their value and win.
 */
export function hostValues(
  context: Context,
  graph: UiGraph,
  instance: UiNode,
  onInner?: (id: string, widget: string, value: unknown) => void,
): Map<string, unknown> {
  const host = new Map<string, unknown>();
  const promoted = graph.inputs.map((_, index) => promotedAt(context, graph, index));
  const listed = Array.isArray(instance.values);
  const values = listOf(instance.values);
  const tuples = proxies(instance);
  const names = { ...objectOf(instance.named), ...objectOf(instance.values) };
  // By place, unless the places can't be right and the file has names too.
  const count = promoted.filter((one) => one !== undefined).length;
  const positional = tuples.length > 0 || (listed && (values.length === count || !instance.named));
  let at = 0;
  for (const [index, slot] of graph.inputs.entries()) {
    const inner = promoted[index];
    if (!inner) continue;
    const own = positional || !Object.hasOwn(names, slot.name) ? values[at] : names[slot.name];
    host.set(slot.name, own === undefined ? inner.value : own);
    at += 1;
  }
  for (const [index, [id, widget]] of tuples.entries()) {
    const value = values[index];
    if (value === undefined) continue;
    const slot = promoted.findIndex((one, k) =>
      id === '-1' ? graph.inputs[k]?.name === widget : one?.node === id && one.widget === widget,
    );
    const name = graph.inputs[slot]?.name;
    if (name !== undefined) host.set(name, value);
    else if (!widget.startsWith('$$')) onInner?.(id, widget.replace(/^(\s*\d+\s*:\s*)+/, ''), value);
  }
  for (const entry of [...listOf(instance.properties.proxyWidgetErrorQuarantine)].reverse()) {
    const { originalEntry, hostValue } = objectOf(entry);
    const [id, name] = listOf(originalEntry);
    if (String(id) === '-1' && typeof name === 'string' && hostValue !== undefined && host.has(name))
      host.set(name, hostValue);
  }
  return host;
}

/** The scope inside an instance, with the values that the instance and its own outside give it. */
export function openScope(context: Context, parent: Scope, instance: UiNode, graph: UiGraph): Scope {
  const overrides = new Map<string, Map<string, unknown>>();
  const scope: Scope = {
    graph,
    path: `${parent.path}${instance.id}:`,
    parent,
    instance,
    host: new Map(),
    overrides,
    children: new Map(),
  };
  const host = hostValues(context, graph, instance, (id, widget, value) =>
    override(scope, id, widget, value),
  );
  // What the parent's outside says of this instance goes to its input of that name, or on to the widget inside.
  for (const [widget, value] of parent.overrides.get(instance.id) ?? []) {
    const index = graph.inputs.findIndex(
      (slot, k) => slot.name === widget || promotedAt(context, graph, k)?.widget === widget,
    );
    const name = graph.inputs[index]?.name;
    if (name !== undefined) host.set(name, value);
  }
  for (const [name, value] of host) scope.host.set(name, value);
  return scope;
}
