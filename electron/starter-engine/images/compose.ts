import { type ImageBatch, type MaskBatch, NodeError } from '../nodes/node.ts';
import { asImage, maskPixels, newImage, type Pace, type Pixels } from './pixels.ts';
import { resize } from './resample.ts';

const f32 = Math.fround;

/** Torch's broadcasting of a batch: one picture goes with any number. */
function sameBatch(a: number, b: number): number {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  throw new NodeError(
    `The pictures come in batches of ${a} and ${b}, which can't be paired: give as many, or one.`,
    'RuntimeError',
  );
}

function requireChannels(below: Pixels, above: Pixels): void {
  if (below.channels > above.channels) {
    throw new NodeError('The destination has an alpha channel and the source has none.', 'RuntimeError');
  }
}

/** Drops the channels of `image` beyond `channels`. */
function firstChannels(image: Pixels, channels: number): Pixels {
  if (image.channels === channels) return image;
  const out = newImage({ ...image, channels });
  const pixels = image.batch * image.height * image.width;
  for (let i = 0; i < pixels; i++) {
    out.data.set(image.data.subarray(i * image.channels, i * image.channels + channels), i * channels);
  }
  return out;
}

/** Lays `source` over `destination` at (x, y) through `mask`; source and mask repeat over the batch. */
export async function compositeMasked(
  destination: ImageBatch,
  source: ImageBatch,
  x: number,
  y: number,
  resizeSource: boolean,
  mask: MaskBatch | undefined,
  pace: Pace,
): Promise<ImageBatch> {
  requireChannels(destination, source);
  const { batch, height, width, channels } = destination;
  const cut = firstChannels(source, channels);
  const above = resizeSource ? await resize(cut, width, height, 'bilinear', pace) : cut;
  const cover = mask && (await resize(maskPixels(mask), above.width, above.height, 'bilinear', pace));
  const out = asImage({ ...destination, data: destination.data.slice() });
  const rows = Math.min(above.height, height - y);
  const columns = Math.min(above.width, width - x);
  for (let index = 0; index < batch; index++) {
    const sourceIndex = index % above.batch;
    const maskIndex = cover ? index % cover.batch : 0;
    for (let row = 0; row < rows; row++) {
      const to = ((index * height + y + row) * width + x) * channels;
      const from = (sourceIndex * above.height + row) * above.width * channels;
      const maskRow = (maskIndex * above.height + row) * above.width;
      for (let i = 0; i < columns * channels; i++) {
        const share = cover ? (cover.data[maskRow + Math.floor(i / channels)] as number) : 1;
        const shown = f32(share * (above.data[from + i] as number));
        out.data[to + i] = shown + f32(f32(1 - share) * (out.data[to + i] as number));
      }
      await pace();
    }
  }
  return out;
}

export const blendModes = ['normal', 'multiply', 'screen', 'overlay', 'soft_light', 'difference'] as const;
export type BlendMode = (typeof blendModes)[number];

/** W3C's curve for the bright side of soft light. */
function lighten(x: number): number {
  return x <= 0.25 ? f32(f32(f32(f32(f32(16 * x) - 12) * x) + 4) * x) : f32(Math.sqrt(x));
}

function softLight(a: number, b: number): number {
  if (b <= 0.5) return f32(a - f32(f32(f32(1 - f32(2 * b)) * a) * f32(1 - a)));
  return f32(a + f32(f32(f32(2 * b) - 1) * f32(lighten(a) - a)));
}

const blends: Record<BlendMode, (a: number, b: number) => number> = {
  normal: (_, b) => b,
  multiply: (a, b) => f32(a * b),
  screen: (a, b) => f32(1 - f32(f32(1 - a) * f32(1 - b))),
  overlay: (a, b) => (a <= 0.5 ? f32(f32(2 * a) * b) : f32(1 - f32(f32(2 * f32(1 - a)) * f32(1 - b)))),
  soft_light: softLight,
  difference: (a, b) => f32(a - b),
};

/** Blends two batches of one size, each step rounded to float32 as torch does. */
export async function blend(
  first: Pixels,
  second: Pixels,
  factor: number,
  mode: BlendMode,
  pace: Pace,
): Promise<ImageBatch> {
  requireChannels(first, second);
  const batch = sameBatch(first.batch, second.batch);
  const out = newImage({ ...first, batch });
  const mix = blends[mode];
  const [keep, take] = [f32(1 - factor), f32(factor)];
  const [sizeA, sizeB] = [first.data.length, second.data.length];
  for (let i = 0; i < out.data.length; i++) {
    if (i % 65536 === 0) await pace();
    const a = first.data[i % sizeA] as number;
    const mixed = f32(f32(a * keep) + f32(mix(a, second.data[i % sizeB] as number) * take));
    out.data[i] = mixed < 0 ? 0 : Math.min(mixed, 1);
  }
  return out;
}
