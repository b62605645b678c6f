import {
  type Edges,
  featherMask,
  growMask,
  type MaskOperation,
  mapMask,
  maskComposite,
  maskOperations,
} from '../images/masks.ts';
import { asMask, maskPixels, newImage, newMask, roundHalfEven } from '../images/pixels.ts';
import { crop } from '../images/resample.ts';
import {
  booleanInput,
  fraction,
  imageInput,
  maskInput,
  maxResolution,
  numberInput,
  pixels,
  textInput,
} from './inputs.ts';
import { type InputSpec, type NodeDefinition, NodeError } from './node.ts';
import { paceOf } from './pace.ts';

/** What the mask nodes have in common; `required` keeps the order of the inputs. */
function maskNode(
  type: string,
  required: Record<string, InputSpec>,
  run: NodeDefinition['run'],
  output = 'MASK',
  displayName = type,
): NodeDefinition {
  return {
    type,
    displayName,
    category: 'mask',
    pythonModule: 'comfy_extras.nodes_mask',
    inputs: { required },
    outputs: [{ type: output, name: output }],
    run,
  };
}

const solidMask = maskNode(
  'SolidMask',
  { value: fraction(1, 0, 1, 0.01), width: pixels(512, 1), height: pixels(512, 1) },
  (inputs) => {
    const mask = newMask(1, numberInput(inputs, 'height'), numberInput(inputs, 'width'));
    mask.data.fill(numberInput(inputs, 'value'));
    return { outputs: [mask] };
  },
);

const invertMask = maskNode('InvertMask', { mask: ['MASK'] }, (inputs) => ({
  outputs: [mapMask(maskInput(inputs, 'mask'), (value) => 1 - value)],
}));

const thresholdMask = maskNode(
  'ThresholdMask',
  { mask: ['MASK'], value: fraction(0.5, 0, 1, 0.01) },
  (inputs) => {
    const limit = Math.fround(numberInput(inputs, 'value'));
    return { outputs: [mapMask(maskInput(inputs, 'mask'), (value) => Number(value > limit))] };
  },
);

const cropMask = maskNode(
  'CropMask',
  { mask: ['MASK'], x: pixels(0, 0), y: pixels(0, 0), width: pixels(512, 1), height: pixels(512, 1) },
  (inputs) => {
    const mask = maskInput(inputs, 'mask');
    const [x, y] = [numberInput(inputs, 'x'), numberInput(inputs, 'y')];
    const width = Math.min(numberInput(inputs, 'width'), mask.width - x);
    const height = Math.min(numberInput(inputs, 'height'), mask.height - y);
    return { outputs: [asMask(crop(maskPixels(mask), x, y, width, height))] };
  },
);

const maskCompositeNode = maskNode(
  'MaskComposite',
  { destination: ['MASK'], source: ['MASK'], x: pixels(0, 0), y: pixels(0, 0), operation: [maskOperations] },
  (inputs) => {
    const [x, y] = [numberInput(inputs, 'x'), numberInput(inputs, 'y')];
    const operation = textInput(inputs, 'operation') as MaskOperation;
    const [below, above] = [maskInput(inputs, 'destination'), maskInput(inputs, 'source')];
    return { outputs: [maskComposite(below, above, x, y, operation)] };
  },
);

const featherMaskNode = maskNode(
  'FeatherMask',
  { mask: ['MASK'], left: pixels(0, 0), top: pixels(0, 0), right: pixels(0, 0), bottom: pixels(0, 0) },
  (inputs) => {
    const side = (name: keyof Edges) => numberInput(inputs, name);
    const edges = { left: side('left'), top: side('top'), right: side('right'), bottom: side('bottom') };
    return { outputs: [featherMask(maskInput(inputs, 'mask'), edges)] };
  },
);

const growMaskNode = maskNode(
  'GrowMask',
  {
    mask: ['MASK'],
    expand: pixels(0, -maxResolution),
    tapered_corners: ['BOOLEAN', { default: true }],
  },
  async (inputs, context) => {
    const expand = numberInput(inputs, 'expand');
    const tapered = booleanInput(inputs, 'tapered_corners');
    return { outputs: [await growMask(maskInput(inputs, 'mask'), expand, tapered, paceOf(context))] };
  },
);

const maskToImage = maskNode(
  'MaskToImage',
  { mask: ['MASK'] },
  (inputs) => {
    const mask = maskInput(inputs, 'mask');
    const out = newImage({ ...mask, channels: 3 });
    for (let i = 0; i < out.data.length; i++) out.data[i] = mask.data[Math.floor(i / 3)] as number;
    return { outputs: [out] };
  },
  'IMAGE',
  'Convert Mask to Image',
);

const channels: readonly string[] = ['red', 'green', 'blue', 'alpha'];

const imageToMask = maskNode(
  'ImageToMask',
  { image: ['IMAGE'], channel: [channels] },
  (inputs) => {
    const image = imageInput(inputs, 'image');
    const channel = channels.indexOf(textInput(inputs, 'channel'));
    if (channel < 0 || channel >= image.channels) {
      throw new NodeError(
        `index ${channel} is out of bounds for dimension 3 with size ${image.channels}: the picture has no such channel.`,
        'IndexError',
      );
    }
    const mask = newMask(image.batch, image.height, image.width);
    for (let i = 0; i < mask.data.length; i++)
      mask.data[i] = image.data[i * image.channels + channel] as number;
    return { outputs: [mask] };
  },
  'MASK',
  'Convert Image to Mask',
);

const imageColorToMask = maskNode(
  'ImageColorToMask',
  { image: ['IMAGE'], color: ['INT', { default: 0, min: 0, max: 0xffffff, step: 1, display: 'color' }] },
  (inputs) => {
    const image = imageInput(inputs, 'image');
    const colour = numberInput(inputs, 'color');
    const level = (i: number) =>
      roundHalfEven(Math.fround(Math.max(0, Math.min(1, image.data[i] as number)) * 255));
    const mask = newMask(image.batch, image.height, image.width);
    for (let i = 0; i < mask.data.length; i++) {
      const at = i * image.channels;
      mask.data[i] = Number(((level(at) << 16) | (level(at + 1) << 8) | level(at + 2)) === colour);
    }
    return { outputs: [mask] };
  },
);

export const maskNodes: readonly NodeDefinition[] = [
  solidMask,
  invertMask,
  cropMask,
  maskCompositeNode,
  featherMaskNode,
  growMaskNode,
  thresholdMask,
  maskToImage,
  imageToMask,
  imageColorToMask,
];
