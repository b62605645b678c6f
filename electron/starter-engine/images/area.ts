import type { Pace, Pixels } from './pixels.ts';

const f32 = Math.fround;

/** The inputs that one output of an axis covers, wholly or in part. */
function covered(position: number, inputs: number, outputs: number): readonly [first: number, end: number] {
  return [Math.floor((position * inputs) / outputs), Math.ceil(((position + 1) * inputs) / outputs)];
}

/**
 * Torch's adaptive average: the mean of the inputs that an output covers. Added up row by row and divided by the
 * height, then by the width, each step in float32, so that not one bit differs.
 */
export async function averageAreas(from: Pixels, to: Pixels, pace: Pace): Promise<void> {
  const { channels } = from;
  const columns = Array.from({ length: to.width }, (_, x) => covered(x, from.width, to.width));
  for (let y = 0; y < to.height; y++) {
    const [top, bottom] = covered(y, from.height, to.height);
    for (const [x, [left, right]] of columns.entries()) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let row = top; row < bottom; row++) {
          const start = row * from.width * channels + c;
          for (let column = left; column < right; column++)
            sum = f32(sum + (from.data[start + column * channels] as number));
        }
        to.data[(y * to.width + x) * channels + c] = f32(f32(sum / (bottom - top)) / (right - left));
      }
    }
    await pace();
  }
}
