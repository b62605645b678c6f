import { encodeApng } from '../images/apng.ts';
import { exifOfTexts } from '../images/exif.ts';
import { frame, toBytes } from '../images/pixels.ts';
import { type Bitmap, encodePng, type Texts } from '../images/png-encode.ts';
import { encodeWebp } from '../images/webp.ts';
import { booleanInput, fraction, imageInput, numberInput, textInput } from './inputs.ts';
import type { ImageBatch, InputSpecs, NodeContext, NodeDefinition, NodeResult } from './node.ts';
import { outputPlace } from './output-files.ts';
import { paceOf } from './pace.ts';
import { promptJson } from './prompt-json.ts';
import { pythonJson } from './python-text.ts';

const hidden = { prompt: 'PROMPT', extra_pnginfo: 'EXTRA_PNGINFO' };

/** The texts that ComfyUI puts into what it saves: the prompt, and whatever the client sent along. */
function metadata(context: NodeContext): Texts {
  const texts = new Map<string, string>();
  if (context.prompt !== undefined && context.prompt !== null)
    texts.set('prompt', promptJson(context.prompt));
  for (const [key, value] of Object.entries(context.extraPngInfo ?? {})) texts.set(key, pythonJson(value));
  return texts;
}

function bitmapOf(image: ImageBatch, index: number): Bitmap {
  const { width, height, channels, data } = frame(image, index);
  return { width, height, channels, bytes: toBytes(data) };
}

/** ComfyUI's alphabet and five letters of it, drawn once, so that two engines don't meet in one temp folder. */
const letters = 'abcdefghijklmnopqrstupvxyz';
const tempPrefix = `ComfyUI_temp_${Array.from({ length: 5 }, () => letters[Math.floor(Math.random() * letters.length)]).join('')}`;

async function savePngs(
  images: ImageBatch,
  prefix: string,
  type: 'output' | 'temp',
  level: number,
  context: NodeContext,
): Promise<NodeResult> {
  const place = await outputPlace(context.folders[type], type, prefix, images);
  const texts = metadata(context);
  const saved = [];
  for (let index = 0; index < images.batch; index++) {
    context.throwIfInterrupted();
    const png = await encodePng(bitmapOf(images, index), texts, level, paceOf(context));
    saved.push(await place.save('png', png, index));
  }
  return { outputs: [], ui: { images: saved } };
}

const saveImage: NodeDefinition = {
  type: 'SaveImage',
  displayName: 'Save Image',
  category: 'image',
  description: 'Saves the input images to your ComfyUI output directory.',
  inputs: {
    required: {
      images: ['IMAGE', { tooltip: 'The images to save.' }],
      filename_prefix: [
        'STRING',
        {
          default: 'ComfyUI',
          tooltip:
            'The prefix for the file to save. This may include formatting information such as %date:yyyy-MM-dd% or %Empty Latent Image.width% to include values from nodes.',
        },
      ],
    },
    hidden,
  },
  outputs: [],
  isOutput: true,
  run: (inputs, context) =>
    savePngs(imageInput(inputs, 'images'), textInput(inputs, 'filename_prefix'), 'output', 4, context),
};

const previewImage: NodeDefinition = {
  type: 'PreviewImage',
  displayName: 'Preview Image',
  category: 'image',
  description: 'Saves the input images to your ComfyUI output directory.',
  inputs: { required: { images: ['IMAGE'] }, hidden },
  outputs: [],
  isOutput: true,
  run: (inputs, context) => savePngs(imageInput(inputs, 'images'), tempPrefix, 'temp', 1, context),
};

function animationNode(
  type: string,
  extension: string,
  required: InputSpecs['required'],
  encode: (
    bitmaps: readonly [Bitmap, ...Bitmap[]],
    duration: number,
    inputs: Readonly<Record<string, unknown>>,
    context: NodeContext,
  ) => Promise<Buffer>,
  animated: (frames: number) => boolean,
): NodeDefinition {
  return {
    type,
    displayName: type,
    category: 'image/animation',
    pythonModule: 'comfy_extras.nodes_images',
    inputs: { required, hidden },
    outputs: [],
    isOutput: true,
    async run(inputs, context) {
      const images = imageInput(inputs, 'images');
      const prefix = textInput(inputs, 'filename_prefix');
      const place = await outputPlace(context.folders.output, 'output', prefix, images);
      const rest = Array.from({ length: images.batch - 1 }, (_, index) => bitmapOf(images, index + 1));
      const duration = Math.trunc(1000 / numberInput(inputs, 'fps'));
      const bytes = await encode([bitmapOf(images, 0), ...rest], duration, inputs, context);
      const saved = await place.save(extension, bytes);
      return { outputs: [], ui: { images: [saved], animated: [animated(images.batch)] } };
    },
  };
}

const common: InputSpecs['required'] = {
  images: ['IMAGE'],
  filename_prefix: ['STRING', { default: 'ComfyUI' }],
  fps: fraction(6, 0.01, 1000, 0.01),
};

/** EXIF tags that ComfyUI writes to: the camera's model for the prompt, then downwards from its maker. */
function exifTexts(texts: Texts): Buffer | undefined {
  let tag = 0x010f;
  const tags = new Map(
    [...texts].map(([key, text]) => [key === 'prompt' ? 0x0110 : tag--, `${key}:${text}`]),
  );
  return tags.size > 0 ? exifOfTexts(tags) : undefined;
}

const saveAnimatedWebp = animationNode(
  'SaveAnimatedWEBP',
  'webp',
  {
    ...common,
    lossless: ['BOOLEAN', { default: true }],
    quality: ['INT', { default: 80, min: 0, max: 100 }],
    method: [['default', 'fastest', 'slowest']],
  },
  (bitmaps, duration, inputs, context) => {
    // The encoder takes 100 for lossless, so the best lossy picture is 99.
    const quality = booleanInput(inputs, 'lossless') ? 100 : Math.min(99, numberInput(inputs, 'quality'));
    return encodeWebp(bitmaps, exifTexts(metadata(context)), duration, quality);
  },
  (frames) => frames !== 1,
);

const saveAnimatedPng = animationNode(
  'SaveAnimatedPNG',
  'png',
  { ...common, compress_level: ['INT', { default: 4, min: 0, max: 9 }] },
  (bitmaps, duration, inputs, context) =>
    encodeApng(bitmaps, metadata(context), duration, numberInput(inputs, 'compress_level'), paceOf(context)),
  () => true,
);

export const saveNodes: readonly NodeDefinition[] = [
  saveImage,
  previewImage,
  saveAnimatedWebp,
  saveAnimatedPng,
];
