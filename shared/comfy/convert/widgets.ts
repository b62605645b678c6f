import { type Json, listOf, objectOf, own, textOf } from '../json.ts';
import {
  defaultOf,
  hasControl,
  type InputSpec,
  inputSpecs,
  isWidget,
  type NodeSpec,
} from '../object-info.ts';
import type { UiNode } from './ui-graph.ts';

/** A value of a node that belongs into the prompt. */
export interface Widget {
  readonly name: string;
  readonly value: unknown;
  /** Undefined for nodes that the engine does not have. */
  readonly spec: InputSpec | undefined;
}

const controlModes: ReadonlySet<unknown> = new Set([
  'fixed',
  'increment',
  'decrement',
  'randomize',
  'increment-wrap',
]);

/** Where the next value comes from: by position in a list, or by name where the file keeps names. */
class Values {
  readonly #list: readonly unknown[] | undefined;
  readonly #names: Json;
  #at = 0;

  constructor(list: readonly unknown[] | undefined, names: Json) {
    this.#list = list;
    this.#names = names;
  }

  next(name: string): unknown {
    if (!this.#list) return own(this.#names, name);
    const value = this.#list[this.#at];
    this.#at += 1;
    return value;
  }

  /**
   * Passes over the place of “control after generate”. Files from before that place existed lack it: there the next
   * value is no mode, and it stays for the widget that follows.
   */
  skipControl(whenOdd: boolean): void {
    const value = this.#list?.[this.#at];
    if (controlModes.has(value) || value === null || (whenOdd && typeof value === 'boolean')) this.#at += 1;
  }

  /** Passes over the filter that a combo with a control has as well: any text that is not a choice of the next widget. */
  skipFilter(): void {
    if (typeof this.#list?.[this.#at] === 'string') this.#at += 1;
  }

  get left(): number {
    return this.#list ? this.#list.length - this.#at : 0;
  }
}

/**
 * Until the spring of 2025 an input with `forceInput` owned a place as well. When a list is exactly that much longer,
 * those places are dropped, as the frontend's own migration does.
 */
function withoutForced(list: readonly unknown[], inputs: readonly InputSpec[]): readonly unknown[] {
  const forced = inputs.flatMap((spec) => {
    if (spec.options.forceInput === true) return [true];
    if (!isWidget(spec)) return [];
    return hasControl(spec) ? [false, false] : [false];
  });
  if (!forced.includes(true) || forced.length !== list.length) return list;
  return list.filter((_, index) => !forced[index]);
}

/** Mends what the frontend mends while it loads: a combo without a value, samplers by their names of old. */
function mended(type: string, spec: InputSpec, value: unknown): unknown {
  if (value === undefined) return defaultOf(spec);
  if (value === null && spec.choices?.length) return spec.choices[0];
  if (spec.name === 'sampler_name' && /^KSampler(Advanced)?$/.test(type) && typeof value === 'string') {
    return value.replace(/^sample_/, '');
  }
  return value;
}

class Reading {
  readonly widgets: Widget[] = [];
  readonly #node: UiNode;
  readonly #values: Values;
  readonly #sockets: ReadonlySet<string>;

  constructor(node: UiNode, values: Values) {
    this.#node = node;
    this.#values = values;
    this.#sockets = new Set(node.inputs.flatMap((input) => input.widget ?? []));
  }

  /** Inputs in their order; a custom type counts as a widget when the file gives its socket a widget. */
  read(inputs: readonly InputSpec[]): void {
    for (const spec of inputs) if (spec.type === 'COMFY_AUTOGROW_V3') this.#autogrow(spec);
    for (const spec of inputs) {
      const custom = this.#sockets.has(spec.name) && spec.options.forceInput !== true;
      if (spec.type !== 'COMFY_AUTOGROW_V3' && (isWidget(spec) || custom)) this.#one(spec);
    }
  }

  #one(spec: InputSpec): void {
    const value = mended(this.#node.type, spec, this.#values.next(spec.name));
    this.widgets.push({ name: spec.name, value, spec });
    if (hasControl(spec)) {
      this.#values.skipControl(/^KSampler/.test(this.#node.type));
      if (spec.type === 'COMBO') this.#values.skipFilter();
    }
    if (spec.type === 'COMFY_DYNAMICCOMBO_V3') {
      const chosen = listOf(spec.options.options).find((option) => objectOf(option).key === value);
      const children = inputSpecs(objectOf(chosen).inputs);
      this.read(children.map((child) => ({ ...child, name: `${spec.name}.${child.name}` })));
    }
  }

  /**
   * Grown widgets stand before the others; sockets that grow have names in the file and need nothing here. A group of
   * several inputs grows by all of them at once, each named after itself instead of the group's prefix.
   */
  #autogrow(group: InputSpec): void {
    const template = objectOf(group.options.template);
    const inner = inputSpecs(template.input);
    if (!inner.some(isWidget)) return;
    const prefix = `${group.name}.`;
    const names = listOf(template.names).flatMap((name) => textOf(name) ?? []);
    const stem = (spec: InputSpec) => (inner.length > 1 ? spec.name : (textOf(template.prefix) ?? ''));
    const least = Math.min(100, typeof template.min === 'number' ? template.min : 1);
    const start = Array.from({ length: least + 1 }, (_, at) =>
      inner.map((spec) => `${prefix}${names[at] ?? `${stem(spec)}${at}`}`),
    ).flat();
    const grown = [...this.#sockets].filter((name) => name.startsWith(prefix));
    for (const name of grown.length > 0 ? grown : start) {
      const said = name.slice(prefix.length).replace(/\d+$/, '');
      const spec = inner.length > 1 ? inner.find((one) => one.name === said) : inner[0];
      if (spec && isWidget(spec)) this.#one({ ...spec, name });
    }
  }
}

/** The values of a node that nobody here knows: its widgets' sockets give the names, the list gives the values. */
function unknownWidgets(node: UiNode): Widget[] {
  const names = node.inputs.flatMap((input) => input.widget ?? []);
  const values = new Values(Array.isArray(node.values) ? node.values : undefined, namesOf(node));
  if (!Array.isArray(node.values)) {
    return Object.entries(namesOf(node)).map(([name, value]) => ({ name, value, spec: undefined }));
  }
  return names.flatMap((name) => {
    if (values.left <= 0) return [];
    const value = values.next(name);
    if (typeof value === 'number') values.skipControl(false);
    return [{ name, value, spec: undefined }];
  });
}

function namesOf(node: UiNode): Json {
  return Array.isArray(node.values) ? (node.named ?? {}) : { ...node.named, ...objectOf(node.values) };
}

const buttons: ReadonlySet<unknown> = new Set(['upload3dmodel', 'uploadExtraResources', 'clear']);

/** The buttons of a 3D viewer stand in the middle of its values. */
const withoutButtons = (node: UiNode): readonly unknown[] =>
  /3D/.test(node.type) ? listOf(node.values).filter((value) => !buttons.has(value)) : listOf(node.values);

/**
 * The widgets of a node with their values, in order (comfyui-protocol.md section 14, “widgets_values order”).
 * `surplus` counts the values that belong to no widget.
 */
export function widgetsOf(node: UiNode, spec: NodeSpec | undefined): { widgets: Widget[]; surplus: number } {
  if (!spec) return { widgets: unknownWidgets(node), surplus: 0 };
  const list = Array.isArray(node.values) ? withoutForced(withoutButtons(node), spec.inputs) : undefined;
  const byName = !list || (list.length === 0 && node.named !== undefined);
  const values = new Values(byName ? undefined : list, namesOf(node));
  const reading = new Reading(node, values);
  reading.read(spec.inputs);
  return { widgets: reading.widgets, surplus: values.left };
}

/** Whether an upload button or a player stands behind a node's widgets and owns places in the file. */
export const hasUpload = (spec: NodeSpec): boolean =>
  spec.inputs.some(({ options }) =>
    ['image_upload', 'video_upload', 'audio_upload', 'animated_image_upload', 'file_upload'].some(
      (flag) => options[flag] === true,
    ),
  );

/** A value as it stands in a prompt: a list would be taken for a link, so it is wrapped; the server unwraps it. */
export function promptValue(widget: Widget): unknown {
  const { value, spec } = widget;
  if (spec?.type === 'CURVE' && value !== null && value !== undefined) {
    return { __type__: 'CURVE', __value__: value };
  }
  return Array.isArray(value) ? { __value__: value } : value;
}
