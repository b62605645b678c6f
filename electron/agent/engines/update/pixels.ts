import { readFile } from 'node:fs/promises';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel. */
  readonly data: Uint8ClampedArray;
}

/** Decodes a picture; `undefined` when it is none that can be read. */
export async function readPixels(path: string): Promise<Pixels | undefined> {
  // Loaded when it is needed: an agent that never compares pictures need not carry the decoder.
  const { createCanvas, Image } = await import('@napi-rs/canvas');
  try {
    const image = new Image();
    image.src = await readFile(path);
    await image.decode();
    const { width, height } = image;
    const context = createCanvas(width, height).getContext('2d');
    context.drawImage(image, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } catch {
    return undefined;
  }
}

/** The share of pixels that differ at all, and the largest difference of one channel. Both of one size. */
export function comparePixels(one: Pixels, other: Pixels): { share: number; largest: number } {
  let differing = 0;
  let largest = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    let most = 0;
    for (let channel = at; channel < at + 4; channel += 1) {
      most = Math.max(most, Math.abs((one.data[channel] ?? 0) - (other.data[channel] ?? 0)));
    }
    if (most > 0) differing += 1;
    if (most > largest) largest = most;
  }
  return { share: differing / (one.width * one.height), largest };
}
