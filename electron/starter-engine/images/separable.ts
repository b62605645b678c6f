import type { Pace, Pixels } from './pixels.ts';

/** For every output position of one axis: which run of inputs it sums, and with which weights. */
export interface Windows {
  readonly length: number;
  /** Weights kept per position; a position uses the first `count` of them. */
  readonly taps: number;
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
}

/** Builds windows: `fill` adds weighted inputs (one named twice adds up) and returns the first of them. */
export function buildWindows(
  length: number,
  inputs: number,
  taps: number,
  fill: (position: number, add: (input: number, weight: number) => void) => number,
): Windows {
  const windows = {
    length,
    taps,
    start: new Int32Array(length),
    count: new Int32Array(length),
    weights: new Float64Array(length * taps),
  };
  const sums = new Map<number, number>();
  for (let position = 0; position < length; position++) {
    sums.clear();
    const first = fill(position, (input, weight) => sums.set(input, (sums.get(input) ?? 0) + weight));
    const start = Math.max(0, Math.min(first, inputs - 1));
    windows.start[position] = start;
    for (const [input, weight] of sums) {
      const tap = input - start;
      windows.weights[position * taps + tap] = weight;
      if (tap >= (windows.count[position] as number)) windows.count[position] = tap + 1;
    }
  }
  return windows;
}

/** How a pass stores its sums: as they are, or as PIL does with bytes (22 bits of fraction, clipped to 0..255). */
type Store = 'float' | 'byte';

const byteScale = 2 ** 22;

function store(sums: Float64Array, into: Float32Array, at: number, how: Store): void {
  if (how === 'float') {
    into.set(sums, at);
    return;
  }
  for (let i = 0; i < sums.length; i++) {
    const value = ((sums[i] as number) + byteScale / 2) >> 22;
    into[at + i] = value < 0 ? 0 : Math.min(value, 255);
  }
}

/** Weights for bytes are whole numbers of 2^-22, rounded away from zero at the half, as in PIL. */
export function byteWeights(windows: Windows): Windows {
  return {
    ...windows,
    weights: windows.weights.map((weight) => Math.trunc(weight * byteScale + (weight < 0 ? -0.5 : 0.5))),
  };
}

async function acrossColumns(pixels: Pixels, across: Windows, how: Store, pace: Pace): Promise<Pixels> {
  const { height, width, channels, data } = pixels;
  const out = new Float32Array(height * across.length * channels);
  const sums = new Float64Array(across.length * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < across.length; x++) {
      const from = (y * width + (across.start[x] as number)) * channels;
      const count = across.count[x] as number;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < count; k++) {
          sum += (across.weights[x * across.taps + k] as number) * (data[from + k * channels + c] as number);
        }
        sums[x * channels + c] = sum;
      }
    }
    store(sums, out, y * sums.length, how);
    await pace();
  }
  return { batch: 1, height, width: across.length, channels, data: out };
}

async function downRows(
  pixels: Pixels,
  down: Windows,
  how: Store,
  pace: Pace,
  out: Float32Array,
): Promise<void> {
  const row = pixels.width * pixels.channels;
  const sums = new Float64Array(row);
  for (let y = 0; y < down.length; y++) {
    sums.fill(0);
    for (let k = 0; k < (down.count[y] as number); k++) {
      const weight = down.weights[y * down.taps + k] as number;
      const from = ((down.start[y] as number) + k) * row;
      for (let i = 0; i < row; i++)
        sums[i] = (sums[i] as number) + weight * (pixels.data[from + i] as number);
    }
    store(sums, out, y * row, how);
    await pace();
  }
}

/** One picture through both passes, columns first unless said otherwise. `null` skips a pass. */
export async function separable(
  picture: Pixels,
  across: Windows | null,
  down: Windows | null,
  out: Float32Array,
  how: Store,
  pace: Pace,
  rowsFirst = false,
): Promise<void> {
  if (down && across && rowsFirst) {
    const { width, channels } = picture;
    const low = new Float32Array(down.length * width * channels);
    await downRows(picture, down, how, pace, low);
    const between = { batch: 1, height: down.length, width, channels, data: low };
    out.set((await acrossColumns(between, across, how, pace)).data);
    return;
  }
  const wide = across ? await acrossColumns(picture, across, how, pace) : picture;
  if (down) await downRows(wide, down, how, pace, out);
  else out.set(wide.data);
}
