import { isObject, type Json, listOf, objectOf, own, textOf } from './json.ts';

/** What an engine's `/object_info` says: class name → definition (comfyui-protocol.md section 6). Read leniently. */
export type ObjectInfo = Readonly<Record<string, unknown>>;

/** One input of a node class. `COMBO` stands for both ways of writing a list of choices. */
export interface InputSpec {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly options: Json;
  /** The choices of a combo; undefined for other types and for lists that the server fetches when asked. */
  readonly choices: readonly unknown[] | undefined;
}

/** A node class, as far as a conversion and a form need it. */
export interface NodeSpec {
  readonly type: string;
  readonly title: string;
  /** In the order of widgets: required, then optional, by `input_order` where there is one. */
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly string[];
  readonly isOutput: boolean;
}

/** Types that ComfyUI's frontend draws as a widget; all others are sockets. Source: its table of widgets. */
const widgetTypes = new Set(
  `INT FLOAT BOOLEAN STRING COMBO MARKDOWN TEXTAREA COLOR COLORS IMAGEUPLOAD AUDIOUPLOAD AUDIO_UI AUDIO_RECORD WEBCAM
  LOAD_3D PREVIEW_3D LOAD_3D_ANIMATION CURVE RANGE CHART GALLERIA PAINTER COMPOSITOR BOUNDING_BOX BOUNDING_BOXES
  VIDEO_EDIT IMAGECOMPARE RESOLUTION_PREVIEW LIGHT_INFO_PREVIEW COMFY_DYNAMICCOMBO_V3 COMFY_DYNAMICGROUP_V3`.split(
    /\s+/,
  ),
);

/** The type under which an input is drawn. */
export const drawnType = (spec: InputSpec): string => textOf(spec.options.widgetType) ?? spec.type;

/** Whether an input owns a place among the widgets. */
export const isWidget = (spec: InputSpec): boolean =>
  spec.options.forceInput !== true && widgetTypes.has(drawnType(spec));

/** Whether a widget is followed by the choice of what happens to its value after a run. */
export function hasControl(spec: InputSpec): boolean {
  const said = spec.options.control_after_generate;
  if (spec.type === 'INT')
    return said === undefined || said === null ? /^(noise_)?seed$/.test(spec.name) : Boolean(said);
  return (spec.type === 'COMBO' || spec.type === 'FLOAT') && Boolean(said);
}

/** Reads `[type, options]`, the way that `/object_info` writes an input. */
export function inputSpec(name: string, written: unknown, optional: boolean): InputSpec {
  const [type, given] = listOf(written);
  const options = objectOf(given);
  if (Array.isArray(type)) return { name, type: 'COMBO', optional, options, choices: type };
  const choices = type === 'COMBO' && Array.isArray(options.options) ? options.options : undefined;
  return { name, type: typeof type === 'string' ? type : '*', optional, options, choices };
}

/** The inputs of a group `{required, optional}`, in their order. */
export function inputSpecs(input: unknown, order?: unknown): InputSpec[] {
  return (['required', 'optional'] as const).flatMap((group) => {
    const written = objectOf(own(objectOf(input), group));
    const first = listOf(own(objectOf(order), group)).filter(
      (name): name is string => typeof name === 'string' && Object.hasOwn(written, name),
    );
    const names = new Set([...first, ...Object.keys(written)]);
    return [...names].map((name) => inputSpec(name, written[name], group === 'optional'));
  });
}

const kept = new WeakMap<object, NodeSpec>();

/** The class of a node, or undefined when the engine does not have it. Read once per definition. */
export function nodeSpec(info: ObjectInfo, type: string): NodeSpec | undefined {
  const definition = own(info, type);
  if (!isObject(definition)) return undefined;
  const known = kept.get(definition);
  if (known) return known;
  const spec: NodeSpec = {
    type,
    title: textOf(definition.display_name) ?? type,
    inputs: inputSpecs(definition.input, definition.input_order),
    outputs: listOf(definition.output).map((output) => (typeof output === 'string' ? output : 'COMBO')),
    isOutput: definition.output_node === true,
  };
  kept.set(definition, spec);
  return spec;
}

/** What a widget holds before anybody sets it. */
export function defaultOf(spec: InputSpec): unknown {
  if (spec.options.default !== undefined) return spec.options.default;
  if (spec.choices) return spec.options.multi_select ? [] : spec.choices[0];
  switch (spec.type) {
    case 'INT':
    case 'FLOAT':
      return 0;
    case 'BOOLEAN':
      return false;
    case 'STRING':
      return '';
    case 'COMFY_DYNAMICCOMBO_V3':
      return objectOf(listOf(spec.options.options)[0]).key;
    default:
      return undefined;
  }
}
