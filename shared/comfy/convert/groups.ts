import { isObject, type Json, listOf, objectOf, own } from '../json.ts';
import type { ObjectInfo } from '../object-info.ts';
import { nodeSpec } from '../object-info.ts';
import { Problems } from './problems.ts';
import {
  boundary,
  readUiGraph,
  type UiBoundary,
  type UiGraph,
  type UiInput,
  type UiLink,
  type UiNode,
  type UiWorkflow,
} from './ui-graph.ts';
import { widgetsOf } from './widgets.ts';

/**
 * Group nodes (`workflow>name`), which subgraphs replaced in 2025: rewritten as subgraphs, so that everything else has
 * one kind of nesting to know. Inner ids are the places in the group's list, as the frontend had them (`outer:index`).
 */
export function withGroups(workflow: UiWorkflow, info: ObjectInfo): UiWorkflow {
  const groups = objectOf(workflow.extra.groupNodes);
  const used = new Set([...workflow.root.nodes.values()].map((node) => node.type).filter(isGroup));
  if (used.size === 0) return workflow;
  const subgraphs = new Map(workflow.subgraphs);
  const rewritten = new Map<string, Group>();
  for (const type of used) {
    const group = own(groups, type.slice('workflow/'.length));
    if (!isObject(group)) continue;
    const made = asSubgraph(group, info);
    rewritten.set(type, made);
    subgraphs.set(type, made.graph);
  }
  const nodes = new Map(
    [...workflow.root.nodes].map(([id, node]) => {
      const group = rewritten.get(node.type);
      return [id, group ? asInstance(node, group) : node] as const;
    }),
  );
  return { ...workflow, root: { ...workflow.root, nodes }, subgraphs };
}

const isGroup = (type: string): boolean => /^workflow[>/]/.test(type);

interface Group {
  readonly graph: UiGraph;
  /** The inner widget behind each of the instance's values, in order. */
  readonly widgets: readonly (readonly [id: string, widget: string])[];
}

/** A group's links: `[origin index, origin slot, target index, target slot, …]`. */
function innerLinks(written: unknown): UiLink[] {
  return listOf(written).flatMap((link, index) => {
    const [origin, originSlot, target, targetSlot] = listOf(link);
    if (typeof origin !== 'number' || typeof target !== 'number') return [];
    const id = `inner${index}`;
    return [
      {
        id,
        origin: String(origin),
        originSlot: Number(originSlot) || 0,
        target: String(target),
        targetSlot: Number(targetSlot) || 0,
      },
    ];
  });
}

/** Gives each name once: the second one of a kind carries its node's name before it. */
class Names {
  readonly #seen = new Set<string>();

  of(name: string, node: UiNode): string {
    let unique = this.#seen.has(name) ? `${node.title ?? node.type} ${name}` : name;
    for (let count = 1; this.#seen.has(unique); count += 1)
      unique = `${node.title ?? node.type} ${name} ${count}`;
    this.#seen.add(unique);
    return unique;
  }
}

const hidden = (config: unknown, index: number, kind: 'input' | 'output', name: string): boolean =>
  objectOf(own(objectOf(own(objectOf(own(objectOf(config), String(index))), kind)), name)).visible === false;

function asSubgraph(group: Json, info: ObjectInfo): Group {
  const numbered = listOf(group.nodes).map((node, index) => ({
    ...objectOf(node),
    id: index,
    order: index,
    mode: 0,
  }));
  const { nodes } = readUiGraph({ nodes: numbered, links: [] }, new Problems(), 'the group');
  const links = new Map(innerLinks(group.links).map((link) => [link.id, link]));
  const fed = new Map([...links.values()].map((link) => [`${link.target}.${link.targetSlot}`, link.id]));
  const outside = new Set(listOf(group.external).map((entry) => listOf(entry).slice(0, 2).join('.')));
  const feeding = new Set([...links.values()].map((link) => `${link.origin}.${link.originSlot}`));
  const inputs: UiBoundary[] = [];
  const outputs: UiBoundary[] = [];
  const widgets: (readonly [string, string])[] = [];
  const names = new Names();
  const inner = new Map<string, UiNode>();
  for (const [index, node] of [...nodes.values()].entries()) {
    for (const widget of widgetsOf(node, nodeSpec(info, node.type)).widgets) {
      if (
        !hidden(group.config, index, 'input', widget.name) &&
        !node.inputs.some((one) => one.widget === widget.name)
      ) {
        names.of(widget.name, node);
        widgets.push([node.id, widget.name]);
      }
    }
    const rewired = node.inputs.map((input, slot): UiInput => {
      const own = fed.get(`${node.id}.${slot}`);
      if (own !== undefined) return { ...input, link: own };
      const id = `outer${node.id}.${slot}`;
      const boundarySlot =
        inputs.push({ name: names.of(input.name, node), type: input.type, links: [id] }) - 1;
      links.set(id, {
        id,
        origin: boundary.inputs,
        originSlot: boundarySlot,
        target: node.id,
        targetSlot: slot,
      });
      return { ...input, link: id };
    });
    inner.set(node.id, { ...node, inputs: rewired });
    for (const [slot, type] of node.outputs.entries()) {
      const inside = feeding.has(`${node.id}.${slot}`);
      if (
        (inside && !outside.has(`${node.id}.${slot}`)) ||
        hidden(group.config, index, 'output', String(slot))
      )
        continue;
      const id = `out${node.id}.${slot}`;
      const targetSlot = outputs.push({ name: '', type, links: [id] }) - 1;
      links.set(id, { id, origin: node.id, originSlot: slot, target: boundary.outputs, targetSlot });
    }
  }
  return { graph: { nodes: inner, links, inputs, outputs }, widgets };
}

/** The instance with its values written the way that older subgraphs write theirs. */
function asInstance(node: UiNode, group: Group): UiNode {
  const values = listOf(node.values);
  return {
    ...node,
    values: group.widgets.map((_, index) => values[index]),
    properties: { ...node.properties, proxyWidgets: group.widgets.map(([id, widget]) => [id, widget]) },
  };
}
