import { newImage } from '../images/pixels.ts';
import { commonUpscale } from '../images/resample.ts';
import { imageInput, numberInput, pixels } from './inputs.ts';
import { type ImageBatch, type NodeDefinition, NodeError } from './node.ts';
import { paceOf } from './pace.ts';

const image = { type: 'IMAGE', name: 'IMAGE' };
const extras = 'comfy_extras.nodes_images';

const emptyImage: NodeDefinition = {
  type: 'EmptyImage',
  displayName: 'EmptyImage',
  category: 'image',
  inputs: {
    required: {
      width: pixels(512, 1),
      height: pixels(512, 1),
      batch_size: ['INT', { default: 1, min: 1, max: 4096 }],
      color: ['INT', { default: 0, min: 0, max: 0xffffff, step: 1, display: 'color' }],
    },
  },
  outputs: [image],
  run(inputs) {
    const size = (name: string) => numberInput(inputs, name);
    const shape = { batch: size('batch_size'), height: size('height'), width: size('width'), channels: 3 };
    const colour = numberInput(inputs, 'color');
    const rgb = [(colour >> 16) & 0xff, (colour >> 8) & 0xff, colour & 0xff].map((level) => level / 0xff);
    const out = newImage(shape);
    for (let i = 0; i < out.data.length; i++) out.data[i] = rgb[i % 3] as number;
    return { outputs: [out] };
  },
};

/** The batch from `first` on, `length` pictures long; beyond its end it starts over. */
function cycle(source: ImageBatch, first: number, length: number): ImageBatch {
  const out = newImage({ ...source, batch: length });
  const size = source.height * source.width * source.channels;
  for (let index = 0; index < length; index++) {
    const from = ((first + index) % source.batch) * size;
    out.data.set(source.data.subarray(from, from + size), index * size);
  }
  return out;
}

const imageBatch: NodeDefinition = {
  type: 'ImageBatch',
  displayName: 'Batch Images',
  category: 'image',
  inputs: { required: { image1: ['IMAGE'], image2: ['IMAGE'] } },
  outputs: [image],
  async run(inputs, context) {
    const first = imageInput(inputs, 'image1');
    const second = imageInput(inputs, 'image2');
    if (first.channels !== second.channels) {
      throw new NodeError(
        `Sizes of tensors must match: one picture has ${first.channels} channels, the other ${second.channels}.`,
        'RuntimeError',
      );
    }
    const fits = first.width === second.width && first.height === second.height;
    const fitted = fits
      ? second
      : await commonUpscale(second, first.width, first.height, 'bilinear', 'center', paceOf(context));
    const out = newImage({ ...first, batch: first.batch + second.batch });
    out.data.set(first.data);
    out.data.set(fitted.data, first.data.length);
    return { outputs: [out] };
  },
};

const imageFromBatch: NodeDefinition = {
  type: 'ImageFromBatch',
  displayName: 'ImageFromBatch',
  category: 'image/batch',
  pythonModule: extras,
  inputs: {
    required: {
      image: ['IMAGE'],
      batch_index: ['INT', { default: 0, min: 0, max: 4095 }],
      length: ['INT', { default: 1, min: 1, max: 4096 }],
    },
  },
  outputs: [image],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    const first = Math.min(source.batch - 1, numberInput(inputs, 'batch_index'));
    const length = Math.min(source.batch - first, numberInput(inputs, 'length'));
    return { outputs: [cycle(source, first, length)] };
  },
};

const repeatImageBatch: NodeDefinition = {
  type: 'RepeatImageBatch',
  displayName: 'RepeatImageBatch',
  category: 'image/batch',
  pythonModule: extras,
  inputs: { required: { image: ['IMAGE'], amount: ['INT', { default: 1, min: 1, max: 4096 }] } },
  outputs: [image],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    return { outputs: [cycle(source, 0, source.batch * numberInput(inputs, 'amount'))] };
  },
};

export const batchNodes: readonly NodeDefinition[] = [
  emptyImage,
  imageBatch,
  imageFromBatch,
  repeatImageBatch,
];
