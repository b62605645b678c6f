import { medianCut, type Palette, paletteLookup } from './palette.ts';
import type { Pace } from './pixels.ts';

export const dithers = ['none', 'floyd-steinberg', 'bayer-2', 'bayer-4', 'bayer-8', 'bayer-16'] as const;
export type Dither = (typeof dithers)[number];

const clip = (value: number) => (value < 0 ? 0 : Math.min(value, 255));

/** The threshold matrix of side 2^n around zero, in float32 as ComfyUI computes it. */
function bayerMatrix(n: number): number[][] {
  if (n === 0) return [[0]];
  const half = bayerMatrix(n - 1);
  const quarter = 4 ** n;
  const part = (offset: number) =>
    half.map((row) => row.map((value) => Math.fround((quarter * value + offset) / quarter)));
  const beside = (left: number[][], right: number[][]) => left.map((row, y) => [...row, ...(right[y] ?? [])]);
  return [...beside(part(-1.5), part(0.5)), ...beside(part(1.5), part(-0.5))];
}

/** Adds the tiled matrix, spread as wide as two steps between colours; bytes in, bytes out. */
function addBayer(rgb: Uint8Array, width: number, side: number, colours: number): Uint8Array {
  const spread = (2 * 256) / colours;
  const matrix = bayerMatrix(Math.log2(side)).map((row) =>
    row.map((value) => Math.fround(Math.fround(spread * value) + 0.5)),
  );
  const out = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) {
    const pixel = Math.floor(i / 3);
    const threshold = matrix[Math.floor(pixel / width) % side]?.[(pixel % width) % side] ?? 0;
    out[i] = clip(Math.fround((rgb[i] as number) + threshold));
  }
  return out;
}

type Lookup = (r: number, g: number, b: number) => number;

async function nearestColours(
  rgb: Uint8Array,
  width: number,
  lookup: Lookup,
  pace: Pace,
): Promise<Uint8Array> {
  const out = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < out.length; i++) {
    if (i % width === 0) await pace();
    out[i] = lookup(rgb[i * 3] as number, rgb[i * 3 + 1] as number, rgb[i * 3 + 2] as number);
  }
  return out;
}

/** Carries the error of a channel along a row (7/16) and down (3, 5 and 1/16), in whole numbers as PIL does. */
class ErrorRow {
  readonly below: Int32Array;
  #ahead = 0;
  #left = 0;
  #under = 0;

  constructor(width: number) {
    this.below = new Int32Array(width + 1);
  }

  wanted(x: number, value: number): number {
    return clip(value + Math.trunc((this.#ahead + (this.below[x + 1] as number)) / 16));
  }

  missed(x: number, error: number): void {
    this.below[x] = error * 3 + this.#left;
    this.#left = error * 5 + this.#under;
    this.#under = error;
    this.#ahead = error * 7;
  }

  /** What is still carried: towards the next column, and below it. */
  get rest(): readonly [number, number] {
    return [this.#left, this.#under];
  }

  startRow(): void {
    this.#ahead = 0;
    this.#left = 0;
    this.#under = 0;
  }
}

async function floydSteinberg(
  rgb: Uint8Array,
  width: number,
  palette: Palette,
  lookup: Lookup,
  pace: Pace,
): Promise<Uint8Array> {
  const out = new Uint8Array(rgb.length / 3);
  const errors = [new ErrorRow(width), new ErrorRow(width), new ErrorRow(width)] as const;
  for (let i = 0; i < out.length; i++) {
    const x = i % width;
    if (x === 0) {
      await pace();
      for (const row of errors) row.startRow();
    }
    const r = errors[0].wanted(x, rgb[i * 3] as number);
    const g = errors[1].wanted(x, rgb[i * 3 + 1] as number);
    const b = errors[2].wanted(x, rgb[i * 3 + 2] as number);
    const index = lookup(r, g, b);
    const [pr, pg, pb] = palette[index] ?? [0, 0, 0];
    errors[0].missed(x, r - pr);
    errors[1].missed(x, g - pg);
    errors[2].missed(x, b - pb);
    out[i] = index;
    if (x < width - 1) continue;
    // PIL writes blue's leftovers into all three channels here; so must we, to give the same picture.
    const [left, under] = errors[2].rest;
    errors[0].below[width] = left;
    errors[1].below[width] = under;
    errors[2].below[width] = under;
  }
  return out;
}

/** PIL's `quantize` of RGB bytes to at most `colours` colours, returned as RGB bytes. */
export async function quantize(
  rgb: Uint8Array,
  width: number,
  colours: number,
  dither: Dither,
  pace: Pace,
): Promise<Uint8Array> {
  const palette = await medianCut(rgb, colours, pace);
  const lookup = paletteLookup(palette);
  const side = dither.startsWith('bayer-') ? Number(dither.slice('bayer-'.length)) : 0;
  const source = side ? addBayer(rgb, width, side, palette.length) : rgb;
  const indices =
    dither === 'floyd-steinberg'
      ? await floydSteinberg(source, width, palette, lookup, pace)
      : await nearestColours(source, width, lookup, pace);
  const out = new Uint8Array(rgb.length);
  for (let i = 0; i < indices.length; i++) out.set(palette[indices[i] as number] ?? [], i * 3);
  return out;
}
