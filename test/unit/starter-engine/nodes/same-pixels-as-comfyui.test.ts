/**
 * Expected pixels were read from PNG files that a real ComfyUI 0.3.64 (torch 2.14.1, Pillow 13.0.0, CPU) saved for
 * the same graphs; `fixtures/comfyui-0.3.64-pixels.json` holds them as hexadecimal RGB bytes.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ImageBatch, MaskBatch } from '../../../../electron/starter-engine/nodes/node.ts';
import { bytesOf, image, mask, pattern } from './run-node.ts';

interface Expected {
  readonly size: readonly number[];
  readonly pixels: string;
}

const fixture = new URL('./fixtures/comfyui-0.3.64-pixels.json', import.meta.url);
const expected = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, Expected>;

const one = pattern(7, 5, 37, 61, 17);
const two = pattern(4, 6, 53, 29, 71);
const red = () => mask('ImageToMask', { image: one, channel: 'red' });
const shown = async (value: MaskBatch | Promise<MaskBatch>) => image('MaskToImage', { mask: await value });

type Case = () => Promise<ImageBatch>;
const exact: Record<string, Case> = {
  'ImageCrop past the edge': () => image('ImageCrop', { image: one, width: 40, height: 2, x: 4, y: 3 }),
  'ImageFlip x': () => image('ImageFlip', { image: one, flip_method: 'x-axis: vertically' }),
  'ImageFlip y': () => image('ImageFlip', { image: one, flip_method: 'y-axis: horizontally' }),
  ImageInvert: () => image('ImageInvert', { image: one }),
  ImageBatch: () => image('ImageBatch', { image1: two, image2: one }),
  EmptyImage: () => image('EmptyImage', { width: 2, height: 1, batch_size: 2, color: 0x12ab80 }),
  SolidMask: () => shown(mask('SolidMask', { value: 0.37, width: 2, height: 1 })),
  ImageToMask: () => shown(mask('ImageToMask', { image: one, channel: 'blue' })),
  InvertMask: async () => shown(mask('InvertMask', { mask: await red() })),
  ThresholdMask: async () => shown(mask('ThresholdMask', { mask: await red(), value: 0.4 })),
  CropMask: async () => shown(mask('CropMask', { mask: await red(), x: 5, y: 1, width: 9, height: 2 })),
  ImageColorToMask: () =>
    shown(mask('ImageColorToMask', { image: one, color: (37 << 16) | (101 << 8) | 107 })),
  ImageFromBatch: async () => {
    const both = await image('ImageBatch', { image1: two, image2: one });
    return image('ImageFromBatch', { image: both, batch_index: 1, length: 9 });
  },
  FeatherMask: async () => {
    const solid = await mask('SolidMask', { value: 0.9, width: 7, height: 5 });
    return shown(mask('FeatherMask', { mask: solid, left: 2, top: 3, right: 4, bottom: 2 }));
  },
};
const near: Record<string, Case> = {
  ImageScaleBy: () => image('ImageScaleBy', { image: one, upscale_method: 'bilinear', scale_by: 0.5 }),
  ImageBlur: () => image('ImageBlur', { image: one, blur_radius: 3, sigma: 0.6 }),
  ImageSharpen: () => image('ImageSharpen', { image: one, sharpen_radius: 2, sigma: 1, alpha: 0.2 }),
  ImageScaleToTotalPixels: async () => {
    const sized = await image('ImageScaleToTotalPixels', {
      image: one,
      upscale_method: 'area',
      megapixels: 0.01,
    });
    return image('ImageScale', {
      image: sized,
      upscale_method: 'area',
      width: 4,
      height: 3,
      crop: 'disabled',
    });
  },
  RepeatImageBatch: async () => {
    const both = await image('ImageBatch', { image1: two, image2: one });
    const dots = await image('ImageScale', {
      image: both,
      upscale_method: 'area',
      width: 1,
      height: 1,
      crop: 'disabled',
    });
    return image('RepeatImageBatch', { image: dots, amount: 2 });
  },
};

for (const rotation of ['90 degrees', '180 degrees', '270 degrees']) {
  exact[`ImageRotate ${rotation}`] = () => image('ImageRotate', { image: one, rotation });
}
for (const operation of ['multiply', 'add', 'subtract', 'and', 'or', 'xor']) {
  exact[`MaskComposite ${operation}`] = async () => {
    const source = await mask('ImageToMask', { image: two, channel: 'green' });
    return shown(mask('MaskComposite', { destination: await red(), source, x: 4, y: 2, operation }));
  };
}
for (const [expand, tapered] of [
  [1, true],
  [1, false],
  [-1, true],
  [2, false],
] as const) {
  exact[`GrowMask ${expand} ${tapered ? 'True' : 'False'}`] = async () =>
    shown(mask('GrowMask', { mask: await red(), expand, tapered_corners: tapered }));
}
const padding = { image: one, left: 1, top: 0, right: 2, bottom: 1, feathering: 2 };
exact.ImagePadForOutpaint = () => image('ImagePadForOutpaint', padding);
exact['ImagePadForOutpaint mask'] = () => shown(mask('ImagePadForOutpaint', padding, 1));
exact.ImageCompositeMasked = async () => {
  const place = { x: 2, y: 1, resize_source: false };
  return image('ImageCompositeMasked', { destination: one, source: two, ...place, mask: await red() });
};
near['ImageCompositeMasked resized'] = async () => {
  const place = { x: 0, y: 0, resize_source: true };
  return image('ImageCompositeMasked', { destination: one, source: two, ...place, mask: await red() });
};
for (const dither of ['none', 'floyd-steinberg', 'bayer-2', 'bayer-4']) {
  exact[`ImageQuantize ${dither}`] = () => image('ImageQuantize', { image: one, colors: 5, dither });
}
for (const blend_mode of ['normal', 'multiply', 'screen', 'overlay', 'soft_light', 'difference']) {
  near[`ImageBlend ${blend_mode}`] = () =>
    image('ImageBlend', { image1: one, image2: two, blend_factor: 0.7, blend_mode });
}
for (const upscale_method of ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']) {
  const to = (width: number, height: number, crop: string) => () =>
    image('ImageScale', { image: one, upscale_method, width, height, crop });
  const group = ['nearest-exact', 'lanczos'].includes(upscale_method) ? exact : near;
  group[`ImageScale ${upscale_method} up`] = to(9, 8, 'disabled');
  group[`ImageScale ${upscale_method} down, centred`] = to(3, 4, 'center');
}

/** The largest difference of a channel, of 255. */
async function difference(name: string, make: Case): Promise<number> {
  const wanted = expected[name];
  const got = await make();
  expect([got.batch, got.height, got.width]).toEqual(wanted?.size);
  const pixels = Buffer.from(wanted?.pixels ?? '', 'hex');
  const bytes = bytesOf(got);
  expect(bytes).toHaveLength(pixels.length);
  return Math.max(...bytes.map((value, i) => Math.abs(value - (pixels[i] ?? 999))));
}

describe('pictures equal those of ComfyUI 0.3.64, bit for bit', () => {
  it.each(Object.entries(exact))('%s', async (name, make) => {
    expect(await difference(name, make)).toBe(0);
  });
});

describe('pictures are within 1 of 255 of those of ComfyUI 0.3.64', () => {
  it.each(Object.entries(near))('%s', async (name, make) => {
    expect(await difference(name, make)).toBeLessThanOrEqual(1);
  });
});

it('every picture read from ComfyUI is compared', () => {
  expect(Object.keys({ ...exact, ...near }).sort()).toEqual(Object.keys(expected).sort());
});
