import { NodeError } from '../nodes/node.ts';
import { frame, newImage, type Pace, type Pixels } from './pixels.ts';
import { buildWindows, separable, type Windows } from './separable.ts';

/** A Gaussian over `-1..1` in `2 * radius + 1` steps; beyond the border the picture is mirrored without its edge. */
function gaussian(length: number, radius: number, sigma: number): Windows {
  const weights = Array.from({ length: 2 * radius + 1 }, (_, k) => {
    const x = k / radius - 1;
    return Math.exp(-(x * x) / (2 * sigma * sigma));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return buildWindows(length, length, 2 * radius + 1, (position, add) => {
    weights.forEach((weight, k) => {
      const input = Math.abs(position - radius + k);
      add(input < length ? input : 2 * (length - 1) - input, weight / sum);
    });
    return position - radius;
  });
}

/** ComfyUI's Gaussian blur. Its kernel is a product of one per axis, so two passes do. */
export async function blur(pixels: Pixels, radius: number, sigma: number, pace: Pace): Promise<Pixels> {
  if (radius >= pixels.width || radius >= pixels.height) {
    throw new NodeError(
      `Padding size should be less than the corresponding input dimension, but the radius is ${radius} and the ` +
        `picture ${pixels.width}×${pixels.height}. Choose a smaller radius.`,
      'RuntimeError',
    );
  }
  const out = newImage(pixels);
  const across = gaussian(pixels.width, radius, sigma);
  const down = gaussian(pixels.height, radius, sigma);
  for (let index = 0; index < pixels.batch; index++) {
    await separable(frame(pixels, index), across, down, frame(out, index).data, 'float', pace);
  }
  return out;
}

/** Adds what the blur takes away, ten times `alpha`: the same sum as ComfyUI's one sharpening kernel. */
export async function sharpen(
  pixels: Pixels,
  radius: number,
  sigma: number,
  alpha: number,
  pace: Pace,
): Promise<Pixels> {
  const soft = await blur(pixels, radius, sigma, pace);
  const gain = alpha * 10;
  for (let i = 0; i < soft.data.length; i++) {
    const value = pixels.data[i] as number;
    soft.data[i] = Math.max(0, Math.min(1, value + gain * (value - (soft.data[i] as number))));
  }
  return soft;
}
