import { NodeError } from '../nodes/node.ts';

/** A decoded file: bytes, straight alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** An alpha band, or a palette's: what `LoadImage` makes its mask of. */
  readonly alpha?: Uint8Array;
  /** Alpha from a single transparent colour; ComfyUI heeds it in `LoadImageMask` only. */
  readonly keyedAlpha?: Uint8Array;
}

/** PIL's limit against decompression bombs, in pixels. */
const maxPixels = 178_956_970;

export function requireReasonableSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw unreadable('it has no pixels');
  if (width * height > maxPixels) {
    throw new NodeError(
      `The picture has ${width}×${height} pixels; more than ${maxPixels} are not opened.`,
      'DecompressionBombError',
    );
  }
}

export function unreadable(why: string): NodeError {
  return new NodeError(`The file can't be read as a picture: ${why}.`, 'UnidentifiedImageError');
}

/** Where EXIF's orientations 1–8 take the pixel (x, y) of the upright picture from. */
const upright: readonly ((x: number, y: number, w: number, h: number) => [number, number])[] = [
  (x, y) => [x, y],
  (x, y, w) => [w - 1 - x, y],
  (x, y, w, h) => [w - 1 - x, h - 1 - y],
  (x, y, _, h) => [x, h - 1 - y],
  (x, y) => [y, x],
  (x, y, _, h) => [y, h - 1 - x],
  (x, y, w, h) => [w - 1 - y, h - 1 - x],
  (x, y, w) => [w - 1 - y, x],
];

/** Turns a picture upright as its EXIF orientation says (PIL's `exif_transpose`). */
export function orient(picture: Picture, orientation: number): Picture {
  const from = upright[orientation - 1];
  if (!from || orientation === 1) return picture;
  const { width: w, height: h } = picture;
  const [width, height] = orientation > 4 ? [h, w] : [w, h];
  const turn = (bytes: Uint8Array, channels: number) => {
    const out = new Uint8Array(bytes.length);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = from(i % width, Math.floor(i / width), w, h);
      for (let c = 0; c < channels; c++) out[i * channels + c] = bytes[(y * w + x) * channels + c] as number;
    }
    return out;
  };
  const { rgb, alpha, keyedAlpha } = picture;
  return {
    width,
    height,
    rgb: turn(rgb, 3),
    ...(alpha && { alpha: turn(alpha, 1) }),
    ...(keyedAlpha && { keyedAlpha: turn(keyedAlpha, 1) }),
  };
}
