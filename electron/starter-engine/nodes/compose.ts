import { type BlendMode, blend, blendModes, compositeMasked } from '../images/compose.ts';
import { commonUpscale } from '../images/resample.ts';
import { postProcessing } from './filters.ts';
import {
  booleanInput,
  combo,
  fraction,
  imageInput,
  maskInput,
  numberInput,
  pixels,
  textInput,
} from './inputs.ts';
import type { NodeDefinition } from './node.ts';
import { paceOf } from './pace.ts';

const imageCompositeMasked: NodeDefinition = {
  type: 'ImageCompositeMasked',
  displayName: 'ImageCompositeMasked',
  category: 'image',
  pythonModule: 'comfy_extras.nodes_mask',
  inputs: {
    required: {
      destination: ['IMAGE'],
      source: ['IMAGE'],
      x: pixels(0, 0),
      y: pixels(0, 0),
      resize_source: ['BOOLEAN', { default: false }],
    },
    optional: { mask: ['MASK'] },
  },
  outputs: [{ type: 'IMAGE', name: 'IMAGE' }],
  async run(inputs, context) {
    const destination = imageInput(inputs, 'destination');
    const source = imageInput(inputs, 'source');
    const [x, y] = [numberInput(inputs, 'x'), numberInput(inputs, 'y')];
    const mask = inputs.mask === undefined || inputs.mask === null ? undefined : maskInput(inputs, 'mask');
    const resized = booleanInput(inputs, 'resize_source');
    return { outputs: [await compositeMasked(destination, source, x, y, resized, mask, paceOf(context))] };
  },
};

const imageBlend = postProcessing(
  'ImageBlend',
  {
    required: {
      image1: ['IMAGE', {}],
      image2: ['IMAGE', {}],
      blend_factor: fraction(0.5, 0, 1, 0.01),
      blend_mode: combo(...blendModes),
    },
  },
  async (inputs, context) => {
    const first = imageInput(inputs, 'image1');
    const second = imageInput(inputs, 'image2');
    const pace = paceOf(context);
    const fitted =
      first.width === second.width && first.height === second.height
        ? second
        : await commonUpscale(second, first.width, first.height, 'bicubic', 'center', pace);
    const mode = textInput(inputs, 'blend_mode') as BlendMode;
    return { outputs: [await blend(first, fitted, numberInput(inputs, 'blend_factor'), mode, pace)] };
  },
);

export const composeNodes: readonly NodeDefinition[] = [imageCompositeMasked, imageBlend];
