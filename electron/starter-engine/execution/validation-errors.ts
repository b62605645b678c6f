import type { InputSpec } from '../nodes/node.ts';
import { wireSpec } from '../nodes/object-info.ts';
import { pythonFloat } from '../nodes/python-text.ts';
import { pythonRepr, pythonStr } from './casts.ts';

/** One entry of `node_errors[id].errors`. */
export interface ValidationError {
  readonly type: string;
  readonly message: string;
  readonly details: string;
  readonly extra_info: Readonly<Record<string, unknown>>;
}

/** The whole refusal of a prompt. */
export type PromptError = ValidationError;

/** An input's declaration as errors show it: always with options. */
const inputConfig = ([type, options]: InputSpec): unknown[] => wireSpec([type, options ?? {}]);

/** A number as Python prints it; the bound 2^63 stands for `sys.maxsize` (see `wireSpec`). */
function numberText(type: InputSpec[0], value: unknown): string {
  if (typeof value !== 'number') return pythonStr(value);
  if (Math.abs(value) === 2 ** 63) return `${value < 0 ? '-' : ''}${2n ** 63n - 1n}`;
  return type === 'FLOAT' ? pythonFloat(value) : pythonStr(value);
}

export const requiredMissing = (name: string): ValidationError => ({
  type: 'required_input_missing',
  message: 'Required input is missing',
  details: name,
  extra_info: { input_name: name },
});

export const badLink = (name: string, spec: InputSpec, value: unknown): ValidationError => ({
  type: 'bad_linked_input',
  message: 'Bad linked input, must be a length-2 list of [node_id, slot_index]',
  details: name,
  extra_info: { input_name: name, input_config: inputConfig(spec), received_value: value },
});

export function typeMismatch(
  name: string,
  spec: InputSpec,
  received: string,
  link: unknown,
): ValidationError {
  const wanted = Array.isArray(spec[0]) ? pythonRepr(spec[0]) : String(spec[0]);
  return {
    type: 'return_type_mismatch',
    message: 'Return type mismatch between linked nodes',
    details: `${name}, received_type(${received}) mismatch input_type(${wanted})`,
    extra_info: {
      input_name: name,
      input_config: inputConfig(spec),
      received_type: received,
      linked_node: link,
    },
  };
}

export const notConvertible = (
  name: string,
  spec: InputSpec,
  value: unknown,
  words: string,
): ValidationError => ({
  type: 'invalid_input_type',
  message: `Failed to convert an input value to a ${String(spec[0])} value`,
  details: `${name}, ${pythonStr(value)}, ${words}`,
  extra_info: {
    input_name: name,
    input_config: inputConfig(spec),
    received_value: value,
    exception_message: words,
  },
});

export function outOfRange(
  which: 'smaller' | 'bigger',
  name: string,
  spec: InputSpec,
  value: unknown,
  bound: number,
): ValidationError {
  const limit = which === 'smaller' ? 'min' : 'max';
  return {
    type: which === 'smaller' ? 'value_smaller_than_min' : 'value_bigger_than_max',
    message: `Value ${numberText(spec[0], value)} ${which} than ${limit} of ${numberText(spec[0], bound)}`,
    details: name,
    extra_info: { input_name: name, input_config: inputConfig(spec), received_value: value },
  };
}

export function notInList(
  name: string,
  spec: InputSpec,
  value: unknown,
  choices: readonly unknown[],
): ValidationError {
  // Long lists are of files; sending them back would only fill logs.
  const long = choices.length > 20;
  const list = long ? `(list of length ${choices.length})` : pythonRepr(choices);
  return {
    type: 'value_not_in_list',
    message: 'Value not in list',
    details: `${name}: '${pythonStr(value)}' not in ${list}`,
    extra_info: { input_name: name, input_config: long ? null : inputConfig(spec), received_value: value },
  };
}

export const customFailed = (name: string, words: string): ValidationError => ({
  type: 'custom_validation_failed',
  message: 'Custom validation failed for node',
  details: `${name} - ${words}`,
  extra_info: { input_name: name },
});

/** Where Python would raise: ends the check of a node; the type is the exception's. */
export class Raised extends Error {
  readonly type: string;

  constructor(message: string, type: string) {
    super(message);
    this.type = type;
  }
}

export const exceptionDuring = ({ message, type }: Raised): ValidationError => ({
  type: 'exception_during_validation',
  message: 'Exception when validating node',
  details: message,
  extra_info: { exception_type: type, traceback: [] },
});

/** The same of a node that another one's input is linked to. */
export const exceptionDuringInner = (
  { message, type }: Raised,
  name: string,
  spec: InputSpec,
  link: unknown,
): ValidationError => ({
  type: 'exception_during_inner_validation',
  message: 'Exception when validating inner node',
  details: message,
  extra_info: {
    input_name: name,
    input_config: inputConfig(spec),
    exception_message: message,
    exception_type: type,
    traceback: [],
    linked_node: link,
  },
});
