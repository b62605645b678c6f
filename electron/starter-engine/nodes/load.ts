import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decodePicture } from '../images/decode.ts';
import type { Picture } from '../images/picture.ts';
import { frame, fromBytes, maskPixels, newImage, newMask } from '../images/pixels.ts';
import { annotatedPath, fileExists, inputFiles } from './folders.ts';
import { textInput } from './inputs.ts';
import { type MaskBatch, type NodeContext, type NodeDefinition, NodeError } from './node.ts';

type Inputs = Readonly<Record<string, unknown>>;
type Folders = NodeContext['folders'];

function pathOf(inputs: Inputs, folders: Folders): string {
  const value = textInput(inputs, 'image');
  const path = annotatedPath(value, folders);
  if (!fileExists(path)) throw new NodeError(`Invalid image file: ${value}`, 'FileNotFoundError');
  return path;
}

/** The hash of the file's content: the same name with other pixels is another picture. */
async function fingerprint(inputs: Inputs, folders: Folders): Promise<string> {
  return createHash('sha256')
    .update(await readFile(pathOf(inputs, folders)))
    .digest('hex');
}

const validate: NonNullable<NodeDefinition['validate']> = {
  takes: ['image'],
  check(inputs, folders) {
    const { image } = inputs;
    const found = typeof image === 'string' && fileExists(annotatedPath(image, folders));
    return found || `Invalid image file: ${String(image)}`;
  },
};

/** One minus alpha. Without alpha: nothing masked, 64×64, as ComfyUI has it. */
function masksOf(
  pictures: readonly Picture[],
  alphaOf: (picture: Picture) => Uint8Array | undefined,
): MaskBatch {
  const alphas = pictures.map(alphaOf);
  const [first] = pictures;
  if (!first || alphas.some((alpha) => !alpha)) return newMask(pictures.length, 64, 64);
  const mask = newMask(pictures.length, first.height, first.width);
  for (const [index, alpha] of alphas.entries())
    if (alpha) fromBytes(alpha, frame(maskPixels(mask), index).data);
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = 1 - (mask.data[i] as number);
  return mask;
}

const loadImage: NodeDefinition = {
  type: 'LoadImage',
  displayName: 'Load Image',
  category: 'image',
  inputs: (folders) => ({
    required: {
      image: [inputFiles(folders, /\.(png|jpe?g|jpe|webp|gif|bmp|avif)$/i), { image_upload: true }],
    },
  }),
  outputs: [
    { type: 'IMAGE', name: 'IMAGE' },
    { type: 'MASK', name: 'MASK' },
  ],
  fingerprint,
  validate,
  async run(inputs, context) {
    const pictures = await decodePicture(await readFile(pathOf(inputs, context.folders)));
    const [{ width, height }] = pictures;
    const image = newImage({ batch: pictures.length, height, width, channels: 3 });
    for (const [index, { rgb }] of pictures.entries()) fromBytes(rgb, frame(image, index).data);
    return { outputs: [image, masksOf(pictures, ({ alpha }) => alpha)] };
  },
};

const channels = ['alpha', 'red', 'green', 'blue'];

const loadImageMask: NodeDefinition = {
  type: 'LoadImageMask',
  displayName: 'Load Image (as Mask)',
  category: 'mask',
  inputs: (folders) => ({
    required: { image: [inputFiles(folders), { image_upload: true }], channel: [channels] },
  }),
  outputs: [{ type: 'MASK', name: 'MASK' }],
  fingerprint,
  validate,
  async run(inputs, context) {
    const [picture] = await decodePicture(await readFile(pathOf(inputs, context.folders)));
    const channel = channels.indexOf(textInput(inputs, 'channel'));
    const alpha =
      picture.alpha ?? picture.keyedAlpha ?? new Uint8Array(picture.width * picture.height).fill(255);
    if (channel <= 0) return { outputs: [masksOf([picture], () => alpha)] };
    const mask = newMask(1, picture.height, picture.width);
    for (let i = 0; i < mask.data.length; i++)
      mask.data[i] = (picture.rgb[i * 3 + channel - 1] as number) / 255;
    return { outputs: [mask] };
  },
};

export const loadNodes: readonly NodeDefinition[] = [loadImage, loadImageMask];
