import { type ImageBatch, type InputSpec, type MaskBatch, NodeError } from './node.ts';

/** ComfyUI's MAX_RESOLUTION, in pixels a side. */
export const maxResolution = 16384;

type Inputs = Readonly<Record<string, unknown>>;

/** A whole number of pixels, as most of ComfyUI's nodes declare it. */
export const pixels = (initial: number, min: number, max = maxResolution, step = 1): InputSpec => [
  'INT',
  { default: initial, min, max, step },
];

export const fraction = (initial: number, min: number, max: number, step: number): InputSpec => [
  'FLOAT',
  { default: initial, min, max, step },
];

/** A choice as ComfyUI's newer schema writes it. */
export const combo = (...options: string[]): InputSpec => ['COMBO', { multiselect: false, options }];

function wrong(name: string, wanted: string, value: unknown): NodeError {
  return new NodeError(
    `Input "${name}" must be ${wanted}; got ${value === null ? 'null' : typeof value}.`,
    'TypeError',
  );
}

function ofKind(value: unknown, kind: string): value is object {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export function imageInput(inputs: Inputs, name: string): ImageBatch {
  const value = inputs[name];
  if (!ofKind(value, 'image')) throw wrong(name, 'an image', value);
  return value as ImageBatch;
}

export function maskInput(inputs: Inputs, name: string): MaskBatch {
  const value = inputs[name];
  if (!ofKind(value, 'mask')) throw wrong(name, 'a mask', value);
  return value as MaskBatch;
}

export function numberInput(inputs: Inputs, name: string): number {
  const value = inputs[name];
  if (typeof value !== 'number') throw wrong(name, 'a number', value);
  return value;
}

export function textInput(inputs: Inputs, name: string): string {
  const value = inputs[name];
  if (typeof value !== 'string') throw wrong(name, 'text', value);
  return value;
}

export function booleanInput(inputs: Inputs, name: string): boolean {
  const value = inputs[name];
  if (typeof value !== 'boolean') throw wrong(name, 'true or false', value);
  return value;
}
