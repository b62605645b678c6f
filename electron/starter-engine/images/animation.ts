import { type Picture, requireReasonableSize } from './picture.ts';

/** One step of an animation: a rectangle laid onto the canvas. */
export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
  /** Lets what was there show through transparent pixels; otherwise the rectangle replaces it. */
  readonly over: boolean;
  /** What becomes of the rectangle before the next step. */
  readonly after: 'keep' | 'clear' | 'restore';
}

function lay(canvas: Uint8Array, width: number, height: number, patch: Patch): void {
  for (let row = 0; row < Math.min(patch.height, height - patch.y); row++) {
    for (let column = 0; column < Math.min(patch.width, width - patch.x); column++) {
      const from = (row * patch.width + column) * 4;
      const to = ((patch.y + row) * width + patch.x + column) * 4;
      const above = (patch.rgba[from + 3] as number) / 255;
      if (patch.over && above === 0) continue;
      const below = patch.over ? ((canvas[to + 3] as number) / 255) * (1 - above) : 0;
      for (let c = 0; c < 3; c++) {
        const mixed = above * (patch.rgba[from + c] as number) + below * (canvas[to + c] as number);
        canvas[to + c] = below === 0 ? (patch.rgba[from + c] as number) : Math.round(mixed / (above + below));
      }
      canvas[to + 3] = Math.round((above + below) * 255);
    }
  }
}

/** Plays the patches on an empty canvas; one picture for each. `hasAlpha` says whether the file speaks of alpha. */
export function playFrames(
  width: number,
  height: number,
  patches: readonly Patch[],
  hasAlpha: boolean,
): Picture[] {
  requireReasonableSize(width, height * patches.length);
  let canvas = new Uint8Array(width * height * 4);
  return patches.map((given, index) => {
    // The first one has nothing beneath: it replaces, and what it would restore is the empty canvas.
    const patch: Patch =
      index > 0 ? given : { ...given, over: false, after: given.after === 'restore' ? 'clear' : given.after };
    const before = patch.after === 'restore' ? canvas.slice() : canvas;
    lay(canvas, width, height, patch);
    const picture = pictureOf(canvas, width, height, hasAlpha);
    if (patch.after === 'clear') {
      const rgba = new Uint8Array(patch.width * patch.height * 4);
      lay(canvas, width, height, { ...patch, rgba, over: false });
    }
    canvas = before;
    return picture;
  });
}

/** Splits RGBA into a picture's planes. */
export function pictureOf(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  hasAlpha: boolean,
): Picture {
  const rgb = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(hasAlpha ? width * height : 0);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = rgba[i * 4 + c] as number;
    if (hasAlpha) alpha[i] = rgba[i * 4 + 3] as number;
  }
  return { width, height, rgb, ...(hasAlpha && { alpha }) };
}
