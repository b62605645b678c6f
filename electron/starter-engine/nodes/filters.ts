import { blur, sharpen } from '../images/blur.ts';
import { asImage, frame, fromBytes, newImage } from '../images/pixels.ts';
import { type Dither, dithers, quantize } from '../images/quantize.ts';
import { combo, fraction, imageInput, numberInput, pixels, textInput } from './inputs.ts';
import { type InputSpecs, type NodeDefinition, NodeError } from './node.ts';
import { paceOf } from './pace.ts';

/** What the nodes of ComfyUI's `nodes_post_processing` have in common. */
export function postProcessing(type: string, inputs: InputSpecs, run: NodeDefinition['run']): NodeDefinition {
  return {
    type,
    displayName: null,
    category: 'image/postprocessing',
    pythonModule: 'comfy_extras.nodes_post_processing',
    newSchema: true,
    inputs,
    outputs: [{ type: 'IMAGE', name: 'IMAGE' }],
    run,
  };
}

const imageBlur = postProcessing(
  'ImageBlur',
  { required: { image: ['IMAGE', {}], blur_radius: pixels(1, 1, 31), sigma: fraction(1, 0.1, 10, 0.1) } },
  async (inputs, context) => {
    const radius = numberInput(inputs, 'blur_radius');
    const soft = await blur(
      imageInput(inputs, 'image'),
      radius,
      numberInput(inputs, 'sigma'),
      paceOf(context),
    );
    return { outputs: [asImage(soft)] };
  },
);

const imageSharpen = postProcessing(
  'ImageSharpen',
  {
    required: {
      image: ['IMAGE', {}],
      sharpen_radius: pixels(1, 1, 31),
      sigma: fraction(1, 0.1, 10, 0.01),
      alpha: fraction(1, 0, 5, 0.01),
    },
  },
  async (inputs, context) => {
    const radius = numberInput(inputs, 'sharpen_radius');
    const [sigma, alpha] = [numberInput(inputs, 'sigma'), numberInput(inputs, 'alpha')];
    return {
      outputs: [asImage(await sharpen(imageInput(inputs, 'image'), radius, sigma, alpha, paceOf(context)))],
    };
  },
);

const imageQuantize = postProcessing(
  'ImageQuantize',
  { required: { image: ['IMAGE', {}], colors: pixels(256, 1, 256), dither: combo(...dithers) } },
  async (inputs, context) => {
    const source = imageInput(inputs, 'image');
    if (source.channels !== 3)
      throw new NodeError('ImageQuantize takes pictures without alpha.', 'RuntimeError');
    const out = newImage(source);
    for (let index = 0; index < source.batch; index++) {
      // Unlike when saving, ComfyUI does not clip here: bytes wrap around.
      const rgb = Uint8Array.from(frame(source, index).data, (value) => Math.trunc(Math.fround(value * 255)));
      const dither = textInput(inputs, 'dither') as Dither;
      const bytes = await quantize(rgb, source.width, numberInput(inputs, 'colors'), dither, paceOf(context));
      fromBytes(bytes, frame(out, index).data);
    }
    return { outputs: [out] };
  },
);

const imageInvert: NodeDefinition = {
  type: 'ImageInvert',
  displayName: 'Invert Image',
  category: 'image',
  inputs: { required: { image: ['IMAGE'] } },
  outputs: [{ type: 'IMAGE', name: 'IMAGE' }],
  run(inputs) {
    const source = imageInput(inputs, 'image');
    const out = newImage(source);
    for (let i = 0; i < out.data.length; i++) out.data[i] = 1 - (source.data[i] as number);
    return { outputs: [out] };
  },
};

export const filterNodes: readonly NodeDefinition[] = [imageInvert, imageBlur, imageSharpen, imageQuantize];
