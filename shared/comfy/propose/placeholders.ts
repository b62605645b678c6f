import type { Graph } from '../graph.ts';
import { put } from '../json.ts';
import { type InputSpec, nodeSpec, type ObjectInfo } from '../object-info.ts';
import type { Shape } from './shape.ts';

/** A placeholder's parameter, and the value that takes its place in the graph until a run brings one. */
interface Placeholder {
  readonly shape: Shape;
  readonly value: unknown;
}

const form = /^\$(text|choice|file|random|timestamp)\((.*)\)$/s;

const keyFrom = (name: string): string =>
  name.replace(/\s+/g, '_').replace(/^\.+/, '').slice(0, 80) || 'value';

/**
 * ComfyControl's placeholders (comfycontrol.md section 12): `$text(key[, default])`, `$choice(name, a, b…)`,
 * `$file(name)`, `$random()`, `$timestamp()`. Only when they are the whole string, as there.
 */
export function readPlaceholder(text: string, spec: InputSpec | undefined): Placeholder | undefined {
  const match = form.exec(text.trim());
  if (!match) return undefined;
  const [name = '', ...more] = (match[2] ?? '').split(',').map((part) => part.trim());
  const key = keyFrom(name);
  switch (match[1] ?? '') {
    case 'text':
      return textPlaceholder(key, name, more.join(', '), spec);
    case 'choice': {
      const value = more[0] ?? '';
      return {
        shape: {
          type: 'select',
          key,
          label: name,
          options: more,
          default: value,
          required: true,
          wanted: true,
        },
        value,
      };
    }
    case 'file':
      return { shape: { type: 'file', key, label: name, required: true, wanted: true }, value: '' };
    case 'random':
      return {
        shape: { type: 'number', key: 'seed', label: 'Seed', min: 0, step: 1, default: 0, wanted: true },
        value: 0,
      };
    default:
      return {
        shape: { type: 'string', key: 'timestamp', label: 'Timestamp', default: '0', wanted: true },
        value: '0',
      };
  }
}

function textPlaceholder(
  key: string,
  label: string,
  given: string,
  spec: InputSpec | undefined,
): Placeholder {
  const base = { key, label, required: true, wanted: true } as const;
  if (spec?.type === 'INT' || spec?.type === 'FLOAT') {
    const said = spec.options.default;
    const value =
      given !== '' && Number.isFinite(Number(given)) ? Number(given) : typeof said === 'number' ? said : 0;
    return { shape: { ...base, type: 'number', default: value }, value };
  }
  return {
    shape: { ...base, type: 'string', multiline: true, ...(given ? { default: given } : {}) },
    value: given,
  };
}

/** The graph with every placeholder replaced by its default, so that it runs as it is. */
export function withoutPlaceholders(graph: Graph, info: ObjectInfo): Graph {
  const clean: Graph = {};
  for (const [id, node] of Object.entries(graph)) {
    const specs = nodeSpec(info, node.class_type)?.inputs;
    const inputs: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(node.inputs)) {
      const found =
        typeof value === 'string'
          ? readPlaceholder(
              value,
              specs?.find(({ name }) => name === field),
            )
          : undefined;
      put(inputs, field, found ? found.value : value);
    }
    put(clean, id, { ...node, inputs });
  }
  return clean;
}
