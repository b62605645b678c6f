import type { InputSpec, NodeContext, NodeDefinition } from '../nodes/node.ts';
import { inputSpecs } from '../nodes/object-info.ts';
import { casts, pythonRepr, pythonStr, typeName } from './casts.ts';
import { isLink, isObject, type Prompt } from './prompt.ts';
import type { PromptError, ValidationError } from './validation-errors.ts';
import * as errors from './validation-errors.ts';

export interface NodeErrors {
  readonly errors: readonly ValidationError[];
  readonly dependent_outputs: string[];
  readonly class_type: string;
}

export type Validation =
  | { readonly outputs: readonly string[]; readonly nodeErrors: Record<string, NodeErrors> }
  | { readonly error: PromptError; readonly nodeErrors: Record<string, NodeErrors> };

type Catalogue = ReadonlyMap<string, NodeDefinition>;
type Folders = NodeContext['folders'];

/**
 * ComfyUI's validation (comfyui-protocol.md section 3): every class must exist, connected or not; each output is checked
 * with its ancestors; a prompt with one good output runs, the bad ones are dropped. Casts inputs in place.
 *
 * @param targets node ids to which the outputs are restricted
 */
export function validatePrompt(
  prompt: Record<string, unknown>,
  catalogue: Catalogue,
  folders: Folders,
  targets?: readonly string[],
): Validation {
  const unusable = firstUnusable(prompt, catalogue);
  if (unusable) return { error: unusable, nodeErrors: {} };
  const graph = prompt as Prompt;
  const wanted = Object.keys(graph).filter(
    (id) => catalogue.get(graph[id]?.class_type ?? '')?.isOutput && (!targets || targets.includes(id)),
  );
  if (wanted.length === 0)
    return { error: refusal('prompt_no_outputs', 'Prompt has no outputs'), nodeErrors: {} };
  const validator = new Validator(graph, catalogue, folders);
  const good: string[] = [];
  const words: string[] = [];
  const nodeErrors: Record<string, NodeErrors> = {};
  for (const output of wanted) {
    if (validator.check(output)) {
      good.push(output);
      continue;
    }
    for (const { message, details } of validator.errorsOf(output)) words.push(`${message}: ${details}`);
    for (const [id, found] of validator.failed()) {
      nodeErrors[id] ??= { errors: found, dependent_outputs: [], class_type: graph[id]?.class_type ?? '' };
      nodeErrors[id].dependent_outputs.push(output);
    }
  }
  if (good.length > 0) return { outputs: good, nodeErrors };
  const error = refusal(
    'prompt_outputs_failed_validation',
    'Prompt outputs failed validation',
    words.join('\n'),
  );
  return { error, nodeErrors };
}

export const refusal = (type: string, message: string, details = ''): PromptError => ({
  type,
  message,
  details,
  extra_info: {},
});

function firstUnusable(prompt: Record<string, unknown>, catalogue: Catalogue): PromptError | undefined {
  for (const [id, node] of Object.entries(prompt)) {
    if (!isObject(node) || !('class_type' in node)) {
      const words = 'Cannot execute because a node is missing the class_type property.';
      return refusal('invalid_prompt', words, `Node ID '#${id}'`);
    }
    if (!catalogue.has(String(node.class_type))) {
      return refusal(
        'invalid_prompt',
        `Cannot execute because node ${pythonStr(node.class_type)} does not exist.`,
        `Node ID '#${id}'`,
      );
    }
    if (!isObject(node.inputs)) {
      return refusal(
        'invalid_prompt',
        'Cannot execute because a node has no inputs object.',
        `Node ID '#${id}'`,
      );
    }
  }
  return undefined;
}

/** Checks nodes with their ancestors, each once. */
class Validator {
  readonly #graph: Prompt;
  readonly #catalogue: Catalogue;
  readonly #folders: Folders;
  readonly #results = new Map<string, { valid: boolean; errors: ValidationError[] }>();
  readonly #open = new Set<string>();

  constructor(graph: Prompt, catalogue: Catalogue, folders: Folders) {
    this.#graph = graph;
    this.#catalogue = catalogue;
    this.#folders = folders;
  }

  errorsOf(id: string): readonly ValidationError[] {
    return this.#results.get(id)?.errors ?? [];
  }

  /** Nodes with errors of their own; what hangs on them is not listed. */
  failed(): [string, readonly ValidationError[]][] {
    return [...this.#results].flatMap(([id, { errors: own }]) => (own.length > 0 ? [[id, own]] : []));
  }

  /** Checks an output with its ancestors. */
  check(id: string): boolean {
    return this.#check(id, errors.exceptionDuring);
  }

  #check(id: string, describe: (raised: errors.Raised) => ValidationError): boolean {
    const known = this.#results.get(id);
    if (known) return known.valid;
    // A cycle: invalid, without an error to attach to any node (as 0.3.64 answers).
    if (this.#open.has(id)) return false;
    this.#open.add(id);
    let result: { valid: boolean; errors: ValidationError[] };
    try {
      result = this.#checkNode(id);
    } catch (error) {
      if (!(error instanceof errors.Raised)) throw error;
      result = { valid: false, errors: [describe(error)] };
    }
    this.#open.delete(id);
    this.#results.set(id, result);
    return result.valid;
  }

  #checkNode(id: string): { valid: boolean; errors: ValidationError[] } {
    const node = this.#graph[id];
    const definition = node && this.#catalogue.get(node.class_type);
    if (!definition) throw new errors.Raised(`'${id}'`, 'KeyError');
    const specs = inputSpecs(definition, this.#folders);
    const found: ValidationError[] = [];
    let ancestors = true;
    for (const [name, spec] of Object.entries({ ...specs.required, ...specs.optional })) {
      if (!(name in node.inputs)) {
        if (name in specs.required) found.push(errors.requiredMissing(name));
        continue;
      }
      const value = node.inputs[name];
      if (Array.isArray(value)) {
        const link = this.#checkLink(name, spec, value);
        if (link === false) ancestors = false;
        else if (link !== true) found.push(link);
      } else {
        const error = checkValue(name, spec, node.inputs, definition.validate?.takes.includes(name) ?? false);
        if (error) found.push(error);
      }
    }
    found.push(...this.#checkByNode(definition, node.inputs));
    return { valid: ancestors && found.length === 0, errors: found };
  }

  #checkLink(name: string, spec: InputSpec, value: unknown[]): ValidationError | boolean {
    if (!isLink(value)) return errors.badLink(name, spec, value);
    const [id, slot] = value as [unknown, unknown];
    const source = typeof id === 'string' ? this.#graph[id] : undefined;
    if (typeof id !== 'string' || !source) throw new errors.Raised(pythonRepr(id), 'KeyError');
    if (!Number.isInteger(slot)) {
      throw new errors.Raised(`tuple indices must be integers or slices, not ${typeName(slot)}`, 'TypeError');
    }
    const received = this.#catalogue.get(source.class_type)?.outputs.at(Number(slot))?.type;
    if (received === undefined) throw new errors.Raised('tuple index out of range', 'IndexError');
    if (!fits(received, spec[0])) return errors.typeMismatch(name, spec, received, value);
    return this.#check(id, (raised) => errors.exceptionDuringInner(raised, name, spec, value));
  }

  #checkByNode({ validate }: NodeDefinition, inputs: Record<string, unknown>): ValidationError[] {
    const given = validate?.takes.filter((name) => name in inputs && !Array.isArray(inputs[name])) ?? [];
    if (!validate || given.length === 0) return [];
    const verdict = validate.check(inputs, this.#folders);
    return verdict === true ? [] : given.map((name) => errors.customFailed(name, verdict));
  }
}

/** May an output of this type feed an input of that one? Unions match where they overlap; `*` takes all; a list of choices nothing. */
function fits(received: string, wanted: InputSpec[0]): boolean {
  if (typeof wanted !== 'string') return false;
  if (received === '*' || wanted === '*') return true;
  const types = wanted.split(',').map((type) => type.trim());
  return received.split(',').some((type) => types.includes(type.trim()));
}

/** Casts a literal in place and checks it; what the node checks by itself is only cast. */
function checkValue(
  name: string,
  spec: InputSpec,
  inputs: Record<string, unknown>,
  taken: boolean,
): ValidationError | undefined {
  const [type, options = {}] = spec;
  const raw = inputs[name];
  let value: unknown = isObject(raw) && '__value__' in raw ? raw.__value__ : raw;
  try {
    value = (typeof type === 'string' ? casts[type]?.(value) : undefined) ?? value;
  } catch (error) {
    return errors.notConvertible(name, spec, value, (error as Error).message);
  }
  inputs[name] = value;
  if (taken) return undefined;
  const { min, max } = options;
  if (typeof min === 'number' && Number(value) < min)
    return errors.outOfRange('smaller', name, spec, value, min);
  if (typeof max === 'number' && Number(value) > max)
    return errors.outOfRange('bigger', name, spec, value, max);
  const choices = Array.isArray(type)
    ? type
    : type === 'COMBO'
      ? (options.options as unknown[] | undefined)
      : undefined;
  return choices && !choices.includes(value) ? errors.notInList(name, spec, value, choices) : undefined;
}
