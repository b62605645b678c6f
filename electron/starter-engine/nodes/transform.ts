import { asImage, newImage, newMask, roundHalfEven } from '../images/pixels.ts';
import { commonUpscale, crop, type ScaleMethod, scaleMethods } from '../images/resample.ts';
import { combo, fraction, imageInput, numberInput, pixels, textInput } from './inputs.ts';
import { type ImageBatch, type MaskBatch, type NodeContext, type NodeDefinition, NodeError } from './node.ts';
import { paceOf } from './pace.ts';

const image = { type: 'IMAGE', name: 'IMAGE' };
const extras = 'comfy_extras.nodes_images';

function scaleMethod(inputs: Readonly<Record<string, unknown>>): ScaleMethod {
  const name = textInput(inputs, 'upscale_method');
  const method = scaleMethods.find((one) => one === name);
  if (!method) throw new NodeError(`There is no upscale method "${name}".`);
  return method;
}

async function scaled(
  source: ImageBatch,
  width: number,
  height: number,
  method: ScaleMethod,
  cropping: 'disabled' | 'center',
  context: NodeContext,
) {
  return {
    outputs: [asImage(await commonUpscale(source, width, height, method, cropping, paceOf(context)))],
  };
}

const imageScale: NodeDefinition = {
  type: 'ImageScale',
  displayName: 'Upscale Image',
  category: 'image/upscaling',
  inputs: {
    required: {
      image: ['IMAGE'],
      upscale_method: [scaleMethods],
      width: pixels(512, 0),
      height: pixels(512, 0),
      crop: [['disabled', 'center']],
    },
  },
  outputs: [image],
  run(inputs, context) {
    const source = imageInput(inputs, 'image');
    let width = numberInput(inputs, 'width');
    let height = numberInput(inputs, 'height');
    if (width === 0 && height === 0) return { outputs: [source] };
    if (width === 0) width = Math.max(1, roundHalfEven((source.width * height) / source.height));
    else if (height === 0) height = Math.max(1, roundHalfEven((source.height * width) / source.width));
    const cropping = textInput(inputs, 'crop') === 'center' ? 'center' : 'disabled';
    return scaled(source, width, height, scaleMethod(inputs), cropping, context);
  },
};

function scaleBy(source: ImageBatch, factor: number, method: ScaleMethod, context: NodeContext) {
  const [width, height] = [roundHalfEven(source.width * factor), roundHalfEven(source.height * factor)];
  return scaled(source, width, height, method, 'disabled', context);
}

const imageScaleBy: NodeDefinition = {
  type: 'ImageScaleBy',
  displayName: 'Upscale Image By',
  category: 'image/upscaling',
  inputs: {
    required: { image: ['IMAGE'], upscale_method: [scaleMethods], scale_by: fraction(1, 0.01, 8, 0.01) },
  },
  outputs: [image],
  run: (inputs, context) =>
    scaleBy(imageInput(inputs, 'image'), numberInput(inputs, 'scale_by'), scaleMethod(inputs), context),
};

const imageScaleToTotalPixels: NodeDefinition = {
  type: 'ImageScaleToTotalPixels',
  displayName: null,
  category: 'image/upscaling',
  pythonModule: 'comfy_extras.nodes_post_processing',
  newSchema: true,
  inputs: {
    required: {
      image: ['IMAGE', {}],
      upscale_method: combo(...scaleMethods),
      megapixels: fraction(1, 0.01, 16, 0.01),
    },
  },
  outputs: [image],
  run(inputs, context) {
    const source = imageInput(inputs, 'image');
    const total = Math.trunc(numberInput(inputs, 'megapixels') * 1024 * 1024);
    const factor = Math.sqrt(total / (source.width * source.height));
    return scaleBy(source, factor, scaleMethod(inputs), context);
  },
};

const imageCrop: NodeDefinition = {
  type: 'ImageCrop',
  displayName: 'Image Crop',
  category: 'image/transform',
  pythonModule: extras,
  inputs: {
    required: {
      image: ['IMAGE'],
      width: pixels(512, 1),
      height: pixels(512, 1),
      x: pixels(0, 0),
      y: pixels(0, 0),
    },
  },
  outputs: [image],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    const x = Math.min(numberInput(inputs, 'x'), source.width - 1);
    const y = Math.min(numberInput(inputs, 'y'), source.height - 1);
    const width = Math.min(numberInput(inputs, 'width'), source.width - x);
    const height = Math.min(numberInput(inputs, 'height'), source.height - y);
    return { outputs: [asImage(crop(source, x, y, width, height))] };
  },
};

/** Rearranges pixels: `from(x, y)` names the source pixel of each one of the result. */
function rearranged(
  source: ImageBatch,
  width: number,
  height: number,
  from: (x: number, y: number) => number,
): ImageBatch {
  const { batch, channels } = source;
  const out = newImage({ batch, height, width, channels });
  const size = width * height;
  for (let i = 0; i < batch * size; i++) {
    const at = i % size;
    const origin = (i - at + from(at % width, Math.floor(at / width))) * channels;
    for (let c = 0; c < channels; c++) out.data[i * channels + c] = source.data[origin + c] as number;
  }
  return out;
}

const imageFlip: NodeDefinition = {
  type: 'ImageFlip',
  displayName: 'ImageFlip',
  category: 'image/transform',
  pythonModule: extras,
  inputs: { required: { image: ['IMAGE'], flip_method: [['x-axis: vertically', 'y-axis: horizontally']] } },
  outputs: [image],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    const { width: w, height: h } = source;
    const from = textInput(inputs, 'flip_method').startsWith('x')
      ? (x: number, y: number) => (h - 1 - y) * w + x
      : (x: number, y: number) => y * w + (w - 1 - x);
    return { outputs: [rearranged(source, w, h, from)] };
  },
};

const imageRotate: NodeDefinition = {
  type: 'ImageRotate',
  displayName: 'ImageRotate',
  category: 'image/transform',
  pythonModule: extras,
  inputs: {
    required: { image: ['IMAGE'], rotation: [['none', '90 degrees', '180 degrees', '270 degrees']] },
  },
  outputs: [image],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    const { width: w, height: h } = source;
    const rotation = textInput(inputs, 'rotation');
    if (rotation.startsWith('90'))
      return { outputs: [rearranged(source, h, w, (x, y) => (h - 1 - x) * w + y)] };
    if (rotation.startsWith('180')) {
      return { outputs: [rearranged(source, w, h, (x, y) => (h - 1 - y) * w + (w - 1 - x))] };
    }
    if (rotation.startsWith('270')) {
      return { outputs: [rearranged(source, h, w, (x, y) => x * w + (w - 1 - y))] };
    }
    return { outputs: [source] };
  },
};

interface Padding {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Zero where the picture is, rising as a square towards the sides that were padded. */
function paddingMask(source: ImageBatch, pad: Padding, feathering: number): MaskBatch {
  const { width: w, height: h } = source;
  const mask = newMask(1, h + pad.top + pad.bottom, w + pad.left + pad.right);
  mask.data.fill(1);
  const feathers = feathering > 0 && feathering * 2 < h && feathering * 2 < w;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const near = Math.min(pad.top ? y : h, pad.bottom ? h - y : h, pad.left ? x : w, pad.right ? w - x : w);
      const share = feathers && near < feathering ? (feathering - near) / feathering : 0;
      mask.data[(y + pad.top) * mask.width + x + pad.left] = share * share;
    }
  }
  return mask;
}

const imagePadForOutpaint: NodeDefinition = {
  type: 'ImagePadForOutpaint',
  displayName: 'Pad Image for Outpainting',
  category: 'image',
  inputs: {
    required: {
      image: ['IMAGE'],
      left: pixels(0, 0, undefined, 8),
      top: pixels(0, 0, undefined, 8),
      right: pixels(0, 0, undefined, 8),
      bottom: pixels(0, 0, undefined, 8),
      feathering: pixels(40, 0),
    },
  },
  outputs: [image, { type: 'MASK', name: 'MASK' }],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    const { batch, width, height, channels } = source;
    const side = (name: keyof Padding) => numberInput(inputs, name);
    const pad = { left: side('left'), top: side('top'), right: side('right'), bottom: side('bottom') };
    const out = newImage({
      batch,
      height: height + pad.top + pad.bottom,
      width: width + pad.left + pad.right,
      channels,
    });
    out.data.fill(0.5);
    for (let row = 0; row < batch * height; row++) {
      const picture = Math.floor(row / height);
      const y = picture * out.height + pad.top + (row % height);
      const from = row * width * channels;
      out.data.set(
        source.data.subarray(from, from + width * channels),
        (y * out.width + pad.left) * channels,
      );
    }
    return { outputs: [out, paddingMask(source, pad, numberInput(inputs, 'feathering'))] };
  },
};

export const transformNodes: readonly NodeDefinition[] = [
  imageScale,
  imageScaleBy,
  imageScaleToTotalPixels,
  imageCrop,
  imageFlip,
  imageRotate,
  imagePadForOutpaint,
];
