import { averageAreas } from './area.ts';
import { frame, newImage, type Pace, type Pixels, roundHalfEven, toBytes } from './pixels.ts';
import { buildWindows, byteWeights, separable, type Windows } from './separable.ts';

export const scaleMethods = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'] as const;
export type ScaleMethod = (typeof scaleMethods)[number];

const f32 = Math.fround;

function nearest(inputs: number, outputs: number): Windows {
  const scale = f32(inputs / outputs);
  return buildWindows(outputs, inputs, 1, (position, add) => {
    const input = Math.min(inputs - 1, Math.floor(f32((position + 0.5) * scale)));
    add(input, 1);
    return input;
  });
}

function bilinear(inputs: number, outputs: number): Windows {
  const scale = f32(inputs / outputs);
  return buildWindows(outputs, inputs, 2, (position, add) => {
    const source = Math.max(0, f32(f32(scale * (position + 0.5)) - 0.5));
    const first = Math.min(inputs - 1, Math.floor(source));
    const share = f32(source - first);
    add(first, 1 - share);
    add(Math.min(inputs - 1, first + 1), share);
    return first;
  });
}

/** Keys' cubic with a = -0.75, as torch has it (PIL's is -0.5). Inputs beyond the border repeat the border. */
function bicubic(inputs: number, outputs: number): Windows {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  const scale = f32(inputs / outputs);
  return buildWindows(outputs, inputs, 4, (position, add) => {
    const source = f32(f32(scale * (position + 0.5)) - 0.5);
    const base = Math.floor(source);
    const t = f32(source - base);
    const weights = [far(t + 1), near(t), near(1 - t), far(2 - t)];
    for (const [k, weight] of weights.entries()) add(Math.max(0, Math.min(inputs - 1, base - 1 + k)), weight);
    return base - 1;
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** PIL's Lanczos of three lobes; when shrinking, the filter widens with the scale. */
function lanczos(inputs: number, outputs: number): Windows {
  const scale = inputs / outputs;
  const stretch = Math.max(scale, 1);
  const support = 3 * stretch;
  const windows = buildWindows(outputs, inputs, Math.ceil(support) * 2 + 1, (position, add) => {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(inputs, Math.trunc(centre + support + 0.5));
    const weights: number[] = [];
    for (let input = first; input < end; input++) {
      const x = (input - centre + 0.5) * (1 / stretch);
      weights.push(x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [k, weight] of weights.entries()) add(first + k, sum === 0 ? weight : weight * (1 / sum));
    return first;
  });
  return byteWeights(windows);
}

const windowsOf = { 'nearest-exact': nearest, bilinear, bicubic, lanczos } as const;

/** ComfyUI sends Lanczos through PIL, which has bytes only: the fraction is cut off before and after. */
async function throughBytes(
  picture: Pixels,
  across: Windows | null,
  down: Windows | null,
  out: Float32Array,
  pace: Pace,
): Promise<void> {
  const bytes = { ...picture, data: Float32Array.from(toBytes(picture.data)) };
  // Bytes in between make the order of the passes visible: PIL takes the rows first where that saves enough of them.
  const savedRows = picture.height - (down?.length ?? picture.height);
  const savedColumns = picture.width - (across?.length ?? picture.width);
  const rowsFirst = savedRows > 0 && savedRows > 2 * savedColumns;
  await separable(bytes, across, down, out, 'byte', pace, rowsFirst);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) / 255;
}

/** Resizes every picture, with the results of `torch.nn.functional.interpolate` and, for Lanczos, of PIL. */
export async function resize(
  pixels: Pixels,
  width: number,
  height: number,
  method: ScaleMethod,
  pace: Pace,
): Promise<Pixels> {
  const out = newImage({ batch: pixels.batch, height, width, channels: pixels.channels });
  if (method === 'area') {
    for (let index = 0; index < pixels.batch; index++)
      await averageAreas(frame(pixels, index), frame(out, index), pace);
    return out;
  }
  const across = pixels.width === width ? null : windowsOf[method](pixels.width, width);
  const down = pixels.height === height ? null : windowsOf[method](pixels.height, height);
  for (let index = 0; index < pixels.batch; index++) {
    const target = frame(out, index).data;
    if (method === 'lanczos') await throughBytes(frame(pixels, index), across, down, target, pace);
    else await separable(frame(pixels, index), across, down, target, 'float', pace);
  }
  return out;
}

/** Cuts the middle out so that what is left has the shape of `width` × `height`. */
function cropToAspect(pixels: Pixels, width: number, height: number): Pixels {
  const old = pixels.width / pixels.height;
  const wanted = width / height;
  const x = old > wanted ? roundHalfEven((pixels.width - pixels.width * (wanted / old)) / 2) : 0;
  const y = old < wanted ? roundHalfEven((pixels.height - pixels.height * (old / wanted)) / 2) : 0;
  return x === 0 && y === 0 ? pixels : crop(pixels, x, y, pixels.width - 2 * x, pixels.height - 2 * y);
}

export function crop(pixels: Pixels, x: number, y: number, width: number, height: number): Pixels {
  const { batch, channels } = pixels;
  const out = newImage({ batch, height, width, channels });
  for (let index = 0; index < batch; index++) {
    for (let row = 0; row < height; row++) {
      const from = ((index * pixels.height + y + row) * pixels.width + x) * channels;
      out.data.set(
        pixels.data.subarray(from, from + width * channels),
        (index * height + row) * width * channels,
      );
    }
  }
  return out;
}

/** ComfyUI's `common_upscale`. */
export function commonUpscale(
  pixels: Pixels,
  width: number,
  height: number,
  method: ScaleMethod,
  cropping: 'disabled' | 'center',
  pace: Pace,
): Promise<Pixels> {
  const source = cropping === 'center' ? cropToAspect(pixels, width, height) : pixels;
  return resize(source, width, height, method, pace);
}
