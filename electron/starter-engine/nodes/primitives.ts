import { booleanInput, numberInput, textInput } from './inputs.ts';
import type { InputSpec, NodeContext, NodeDefinition, Value } from './node.ts';
import { pythonFloat, pythonJson } from './python-text.ts';

/** Python's `sys.maxsize`; the record carries it digit by digit (see `object-info.ts`). */
const maxSize = 2 ** 63;

type Read = (inputs: Readonly<Record<string, unknown>>, name: string) => Value;

function primitive(type: string, displayName: string, spec: InputSpec, read: Read): NodeDefinition {
  const output = String(spec[0]);
  return {
    type,
    displayName,
    category: 'utils/primitive',
    pythonModule: 'comfy_extras.nodes_primitive',
    newSchema: true,
    inputs: { required: { value: spec } },
    outputs: [{ type: output, name: output }],
    run: (inputs) => ({ outputs: [read(inputs, 'value')] }),
  };
}

const stringConcatenate: NodeDefinition = {
  type: 'StringConcatenate',
  displayName: 'Concatenate',
  category: 'utils/string',
  pythonModule: 'comfy_extras.nodes_string',
  newSchema: true,
  inputs: {
    required: {
      string_a: ['STRING', { multiline: true }],
      string_b: ['STRING', { multiline: true }],
      delimiter: ['STRING', { default: '', multiline: false }],
    },
  },
  outputs: [{ type: 'STRING', name: 'STRING' }],
  run: (inputs) => ({
    outputs: [textInput(inputs, 'string_a') + textInput(inputs, 'delimiter') + textInput(inputs, 'string_b')],
  }),
};

/** JavaScript can't tell Python's `1.0` from `1`; the node that the value comes from can. */
function comesAsFloat({ prompt, nodeId }: NodeContext): boolean {
  const graph = prompt as Readonly<
    Record<string, { class_type?: unknown; inputs?: Record<string, unknown> }>
  >;
  const link = graph[nodeId]?.inputs?.source;
  return Array.isArray(link) && graph[String(link[0])]?.class_type === 'PrimitiveFloat';
}

function describe(source: unknown): string {
  if (source === null || source === undefined) return 'None';
  if (typeof source === 'string') return source;
  if (typeof source === 'boolean') return source ? 'True' : 'False';
  if (typeof source === 'object' && 'kind' in source && 'data' in source) {
    const { kind, data, ...shape } = source;
    return `${String(kind)} ${pythonJson(shape)}`;
  }
  return pythonJson(source);
}

const previewAny: NodeDefinition = {
  type: 'PreviewAny',
  displayName: 'Preview Any',
  category: 'utils',
  pythonModule: 'comfy_extras.nodes_preview_any',
  inputs: { required: { source: ['*', {}] } },
  outputs: [],
  isOutput: true,
  run({ source }, context) {
    const text = typeof source === 'number' && comesAsFloat(context) ? pythonFloat(source) : describe(source);
    return { outputs: [], ui: { text: [text] } };
  },
};

export const primitiveNodes: readonly NodeDefinition[] = [
  primitive(
    'PrimitiveInt',
    'Int',
    ['INT', { min: -maxSize, max: maxSize, control_after_generate: true }],
    numberInput,
  ),
  primitive('PrimitiveFloat', 'Float', ['FLOAT', { min: -maxSize, max: maxSize }], numberInput),
  primitive('PrimitiveString', 'String', ['STRING', { multiline: false }], textInput),
  primitive('PrimitiveStringMultiline', 'String (Multiline)', ['STRING', { multiline: true }], textInput),
  primitive('PrimitiveBoolean', 'Boolean', ['BOOLEAN', {}], booleanInput),
  stringConcatenate,
  previewAny,
];
