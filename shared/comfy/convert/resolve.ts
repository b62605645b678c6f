import { textOf } from '../json.ts';
import type { Problems } from './problems.ts';
import { linkInto, type Scope, socketOf } from './scope.ts';
import { boundary, bypassed, muted, type UiGraph, type UiLink, type UiNode } from './ui-graph.ts';

/** What stands at the far end of a link: an output of a node, or a value that a person typed somewhere outside. */
export type Source =
  | { readonly kind: 'output'; readonly id: string; readonly slot: number }
  | {
      readonly kind: 'value';
      readonly value: unknown /** The input of a subgraph that holds it: `id.name`. */;
      readonly host?: string;
    };

/** A place on the way: a link, the level it lies on, and the type that the far input wants. */
interface Place {
  readonly scope: Scope;
  readonly link: UiLink;
  readonly type: string;
}

/** Links followed in one conversion, all together: enough for any drawing, too few to be a trap. */
const mostSteps = 2_000_000;

/** Nodes that only pass on: they are drawn, not executed. */
export const passesOn = (type: string): boolean => type === 'Reroute';
export const isNote = (type: string): boolean => type === 'Note' || type === 'MarkdownNote';
const isGetter = (type: string): boolean => type === 'GetNode' || type === 'easy getNode';
const isSetter = (type: string): boolean => type === 'SetNode' || type === 'easy setNode';
export const isVirtual = (type: string): boolean =>
  passesOn(type) || isNote(type) || type === 'PrimitiveNode' || isGetter(type) || isSetter(type);

/** Whether a link between two types holds: equal, any, or one of a list (`A,B`), in any letter case. */
export function fits(a: string, b: string): boolean {
  if (a === '' || b === '' || a === '*' || b === '*') return true;
  const wanted = new Set(b.toLowerCase().split(','));
  return a
    .toLowerCase()
    .split(',')
    .some((one) => wanted.has(one) || one === '*');
}

/** The input that takes the place of a bypassed node's output (comfyui-protocol.md section 14, “link resolution”). */
function bypassInput(node: UiNode, slot: number, type: string): number {
  const { inputs } = node;
  if (type === '*' || type === '') return inputs.length > slot ? slot : 0;
  const output = node.outputs[slot] ?? '*';
  const opposite = inputs[slot];
  if (opposite && fits(opposite.type, output) && fits(opposite.type, type)) return slot;
  const exact = inputs.findIndex((input) => input.type === type);
  if (exact >= 0) return exact;
  return inputs.findIndex((input) => fits(input.type, output) && fits(input.type, type));
}

/** Follows links to their ends. Iterative and counted: circles and endless chains end with a problem. */
export class Resolver {
  readonly #problems: Problems;
  readonly #subgraphs: ReadonlyMap<string, UiGraph>;
  readonly #primitive: (scope: Scope, node: UiNode) => unknown;
  #steps = 0;

  constructor(
    problems: Problems,
    subgraphs: ReadonlyMap<string, UiGraph>,
    primitive: (scope: Scope, node: UiNode) => unknown,
  ) {
    this.#problems = problems;
    this.#subgraphs = subgraphs;
    this.#primitive = primitive;
  }

  /** The source of a node's input, or undefined when nothing feeds it. */
  resolve(scope: Scope, node: UiNode, index: number): Source | undefined {
    const start = this.#enter(scope, node, index);
    const input = node.inputs[index];
    let place = start && input ? { ...start, type: input.type } : undefined;
    // Brent's way to find a circle: compare with a place that is set anew after 1, 2, 4, 8… steps.
    let mark = place;
    for (let steps = 1, next = 2; place; steps += 1) {
      const on: Place | Source | undefined = this.#follow(place);
      if (!on || 'kind' in on) return on;
      this.#steps += 1;
      if ((on.link === mark?.link && on.scope === mark.scope) || this.#steps > mostSteps) {
        const at = `${scope.path}${node.id}`;
        this.#problems.add(
          'error',
          'cycle',
          `The input “${input?.name ?? ''}” of node ${at} is fed by a circle of links.`,
          at,
        );
        return undefined;
      }
      place = on;
      if (steps === next) {
        mark = on;
        next *= 2;
      }
    }
    return undefined;
  }

  #enter(scope: Scope, node: UiNode, index: number, type?: string): Place | undefined {
    const input = node.inputs[index];
    if (!input || input.link === null) return undefined;
    const link = scope.graph.links.get(input.link);
    if (link) return { scope, link, type: type ?? input.type };
    this.#dangling(scope, node, input.name, `link ${input.link} is not in the file`);
    return undefined;
  }

  #dangling(scope: Scope, node: UiNode, input: string, why: string): void {
    const id = `${scope.path}${node.id}`;
    this.#problems.add(
      'warning',
      'dangling_link',
      `The input “${input}” of node ${id} leads nowhere: ${why}. It is left open.`,
      id,
    );
  }

  #follow(place: Place): Place | Source | undefined {
    const { scope, link, type } = place;
    if (link.origin === boundary.inputs && scope.parent && scope.instance) return this.#outwards(place);
    const node = scope.graph.nodes.get(link.origin);
    if (!node) {
      const target = scope.graph.nodes.get(link.target);
      if (target)
        this.#dangling(
          scope,
          target,
          target.inputs[link.targetSlot]?.name ?? '',
          `node ${link.origin} is not in the file`,
        );
      return undefined;
    }
    if (node.mode === muted) return undefined;
    if (node.mode === bypassed) return this.#enter(scope, node, bypassInput(node, link.originSlot, type));
    if (this.#subgraphs.has(node.type)) return inwards(scope, node, link.originSlot, type);
    if (passesOn(node.type))
      return this.#enter(scope, node, node.inputs[link.originSlot] ? link.originSlot : 0, type);
    if (node.type === 'PrimitiveNode') {
      const value = this.#primitive(scope, node);
      return value === undefined ? undefined : { kind: 'value', value };
    }
    if (isGetter(node.type)) return this.#fromSetter(scope, node, type);
    if (isSetter(node.type)) return this.#enter(scope, node, 0, type);
    if (isNote(node.type)) return undefined;
    return { kind: 'output', id: scope.path + node.id, slot: link.originSlot };
  }

  /** Up and out of a subgraph: to what feeds the instance, else to the value it holds. */
  #outwards({ scope, link }: Place): Place | Source | undefined {
    const { parent, instance } = scope;
    const slot = scope.graph.inputs[link.originSlot];
    if (!parent || !instance || !slot) return undefined;
    const socket = socketOf(instance, slot, link.originSlot);
    if (socket && socket.link !== null) {
      return this.#enter(parent, instance, instance.inputs.indexOf(socket));
    }
    if (!scope.host.has(slot.name)) return undefined;
    return {
      kind: 'value',
      value: scope.host.get(slot.name),
      host: `${parent.path}${instance.id}.${slot.name}`,
    };
  }

  /** Get and Set nodes of a well-known pack: joined by the name that both hold. */
  #fromSetter(scope: Scope, getter: UiNode, type: string): Place | undefined {
    const name = nameHeld(getter);
    for (let at: Scope | undefined = scope; at && name; at = at.parent) {
      for (const node of at.graph.nodes.values()) {
        if (isSetter(node.type) && nameHeld(node) === name) return this.#enter(at, node, 0, type);
      }
    }
    return undefined;
  }
}

const nameHeld = (node: UiNode): string | undefined =>
  Array.isArray(node.values) ? textOf(node.values[0]) : undefined;

/** Down into a subgraph: to the link that feeds its output. */
function inwards(scope: Scope, instance: UiNode, slot: number, type: string): Place | undefined {
  const child = scope.children.get(instance.id);
  const link = child && linkInto(child.graph, slot);
  return child && link ? { scope: child, link, type } : undefined;
}
