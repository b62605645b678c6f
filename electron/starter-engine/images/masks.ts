import { type MaskBatch, NodeError } from '../nodes/node.ts';
import { newMask, type Pace } from './pixels.ts';

const f32 = Math.fround;

export const maskOperations = ['multiply', 'add', 'subtract', 'and', 'or', 'xor'] as const;
export type MaskOperation = (typeof maskOperations)[number];

/** Python's `round(x)` of a mask value is true beyond a half: 0.5 rounds to the even 0. */
const isSet = (value: number) => Math.abs(value) > 0.5;

const operations: Record<MaskOperation, (below: number, above: number) => number> = {
  multiply: (below, above) => below * above,
  add: (below, above) => below + above,
  subtract: (below, above) => below - above,
  and: (below, above) => Number(isSet(below) && isSet(above)),
  or: (below, above) => Number(isSet(below) || isSet(above)),
  xor: (below, above) => Number(isSet(below) !== isSet(above)),
};

export function mapMask(mask: MaskBatch, change: (value: number) => number): MaskBatch {
  const out = newMask(mask.batch, mask.height, mask.width);
  for (let i = 0; i < out.data.length; i++) out.data[i] = change(mask.data[i] as number);
  return out;
}

export function maskComposite(
  below: MaskBatch,
  above: MaskBatch,
  x: number,
  y: number,
  operation: MaskOperation,
): MaskBatch {
  if (above.batch !== below.batch && above.batch !== 1) {
    throw new NodeError(
      `The source has ${above.batch} masks and the destination ${below.batch}: give as many, or one.`,
      'RuntimeError',
    );
  }
  const out = mapMask(below, (value) => value);
  const combine = operations[operation];
  for (let index = 0; index < below.batch; index++) {
    const from = above.batch === 1 ? 0 : index * above.height * above.width;
    for (let row = 0; row < Math.min(above.height, below.height - y); row++) {
      const at = (index * below.height + y + row) * below.width + x;
      for (let column = 0; column < Math.min(above.width, below.width - x); column++) {
        out.data[at + column] = combine(
          out.data[at + column] as number,
          above.data[from + row * above.width + column] as number,
        );
      }
    }
  }
  return mapMask(out, (value) => Math.max(0, Math.min(1, value)));
}

export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function feathers(length: number, before: number, after: number): Float32Array[] {
  const start = new Float32Array(length).fill(1);
  const end = new Float32Array(length).fill(1);
  for (let i = 0; i < Math.min(before, length); i++) start[i] = (i + 1) / Math.min(before, length);
  // ComfyUI counts the far side as -0, -1, …: its first and strongest step lands on the near edge, kept as it is.
  for (let i = 0; i < Math.min(after, length); i++)
    end[i === 0 ? 0 : length - i] = (i + 1) / Math.min(after, length);
  return [start, end];
}

export function featherMask(mask: MaskBatch, edges: Edges): MaskBatch {
  const columns = feathers(mask.width, edges.left, edges.right);
  const rows = feathers(mask.height, edges.top, edges.bottom);
  const out = mapMask(mask, (value) => value);
  for (let i = 0; i < out.data.length; i++) {
    const x = i % mask.width;
    const y = Math.floor(i / mask.width) % mask.height;
    let value = out.data[i] as number;
    for (const rate of columns) value = f32(value * (rate[x] as number));
    for (const rate of rows) value = f32(value * (rate[y] as number));
    out.data[i] = value;
  }
  return out;
}

/** One step of grey dilation (or erosion, with `pick` the minimum) over a cross, or a square with its corners. */
function growStep(mask: MaskBatch, corners: boolean, pick: (a: number, b: number) => number): MaskBatch {
  const { batch, height, width, data } = mask;
  const spread = (
    source: Float32Array,
    step: number,
    isFirst: (i: number) => boolean,
    isLast: (i: number) => boolean,
  ) =>
    source.map((value, i) => {
      const before = isFirst(i) ? value : pick(value, source[i - step] as number);
      return isLast(i) ? before : pick(before, source[i + step] as number);
    });
  const across = spread(
    data,
    1,
    (i) => i % width === 0,
    (i) => i % width === width - 1,
  );
  const rowOf = (i: number) => Math.floor(i / width) % height;
  const down = spread(
    corners ? across : data,
    width,
    (i) => rowOf(i) === 0,
    (i) => rowOf(i) === height - 1,
  );
  return {
    kind: 'mask',
    batch,
    height,
    width,
    data: corners ? down : across.map((value, i) => pick(value, down[i] as number)),
  };
}

/** Grows (or, below zero, shrinks) by so many pixels; stops early once a step changes nothing. */
export async function growMask(
  mask: MaskBatch,
  expand: number,
  tapered: boolean,
  pace: Pace,
): Promise<MaskBatch> {
  const pick =
    expand < 0 ? (a: number, b: number) => Math.min(a, b) : (a: number, b: number) => Math.max(a, b);
  let grown = mask;
  for (let step = 0; step < Math.abs(expand); step++) {
    const next = growStep(grown, !tapered, pick);
    if (next.data.every((value, i) => value === grown.data[i])) break;
    grown = next;
    await pace();
  }
  return grown;
}
