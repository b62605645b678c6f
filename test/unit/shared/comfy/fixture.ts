import type { ObjectInfo } from '../../../../shared/comfy/object-info.ts';

const node = (required: object, optional: object = {}, output: string[] = [], more: object = {}) => ({
  input: { required, optional },
  input_order: { required: Object.keys(required), optional: Object.keys(optional) },
  output,
  ...more,
});

/** A small engine of our own, in `/object_info`'s form: one class for each rule. */
export const info: ObjectInfo = {
  CheckpointLoaderSimple: node({ ckpt_name: [['sd.safetensors', 'xl.safetensors']] }, {}, [
    'MODEL',
    'CLIP',
    'VAE',
  ]),
  LoraLoader: node(
    {
      model: ['MODEL'],
      clip: ['CLIP'],
      lora_name: [['a.safetensors']],
      strength_model: ['FLOAT', { default: 1, min: -100, max: 100, step: 0.01 }],
    },
    {},
    ['MODEL', 'CLIP'],
  ),
  CLIPTextEncode: node(
    { text: ['STRING', { multiline: true, dynamicPrompts: true }], clip: ['CLIP'] },
    {},
    ['CONDITIONING'],
    { display_name: 'CLIP Text Encode (Prompt)' },
  ),
  EmptyLatentImage: node(
    {
      width: ['INT', { default: 512, min: 16, max: 16384, step: 8 }],
      height: ['INT', { default: 512, min: 16, max: 16384, step: 8 }],
      batch_size: ['INT', { default: 1, min: 1, max: 4096 }],
    },
    {},
    ['LATENT'],
  ),
  KSampler: node(
    {
      model: ['MODEL'],
      seed: ['INT', { default: 0, min: 0, max: 18446744073709552000, control_after_generate: true }],
      steps: ['INT', { default: 20, min: 1, max: 10000 }],
      cfg: ['FLOAT', { default: 8, min: 0, max: 100, step: 0.1 }],
      sampler_name: [['euler', 'dpmpp_2m']],
      scheduler: ['COMBO', { options: ['normal', 'karras'] }],
      positive: ['CONDITIONING'],
      negative: ['CONDITIONING'],
      latent_image: ['LATENT'],
      denoise: ['FLOAT', { default: 1, min: 0, max: 1, step: 0.01 }],
    },
    {},
    ['LATENT'],
  ),
  VAEDecode: node({ samples: ['LATENT'], vae: ['VAE'] }, {}, ['IMAGE']),
  LoadImage: node({ image: [['a.png'], { image_upload: true }] }, {}, ['IMAGE', 'MASK']),
  SaveImage: node({ images: ['IMAGE'], filename_prefix: ['STRING', { default: 'ComfyUI' }] }, {}, [], {
    output_node: true,
  }),
  Blend: node({ image1: ['IMAGE'], image2: ['IMAGE'], factor: ['FLOAT', { default: 0.5 }] }, {}, ['IMAGE']),
  Forced: node({ text: ['STRING', { forceInput: true }], count: ['INT', { default: 3 }] }, {}, ['STRING']),
  Resize: node(
    {
      image: ['IMAGE'],
      mode: [
        'COMFY_DYNAMICCOMBO_V3',
        {
          options: [
            {
              key: 'size',
              inputs: { required: { width: ['INT', { default: 64 }], height: ['INT', { default: 64 }] } },
            },
            { key: 'factor', inputs: { required: { factor: ['FLOAT', { default: 2 }] } } },
          ],
        },
      ],
      method: [['area', 'lanczos']],
    },
    {},
    ['IMAGE'],
  ),
  Batch: node(
    {
      images: [
        'COMFY_AUTOGROW_V3',
        { template: { input: { required: { image: ['IMAGE'] } }, prefix: 'image', min: 2, max: 9 } },
      ],
    },
    {},
    ['IMAGE'],
  ),
  Layers: node(
    {
      layers: [
        'COMFY_AUTOGROW_V3',
        {
          template: {
            input: {
              required: { image: ['IMAGE'], strength: ['FLOAT', { default: 1 }] },
              optional: { mode: ['COMBO', { options: ['add', 'mix'] }] },
            },
            min: 1,
            max: 8,
          },
        },
      ],
      title: ['STRING', { default: '' }],
    },
    {},
    ['IMAGE'],
  ),
  Pick: node(
    { tags: ['COMBO', { options: ['a', 'b', 'c'], multi_select: true }], curve: ['CURVE', {}] },
    {},
    ['STRING'],
  ),
};

export interface Draw {
  type: string;
  /** Values; an object for packs that write names. */
  values?: unknown;
  /** `[name, type, link, widget?]` */
  in?: [name: string, type: string, link: number | null, widget?: true][];
  out?: string[];
  mode?: number;
  more?: object;
}

/** Draws nodes in the form of the editor's files. Ids are the keys. */
export const draw = (nodes: Record<string, Draw>) =>
  Object.entries(nodes).map(([id, { type, values, in: inputs = [], out = [], mode = 0, more }], order) => ({
    id: Number(id),
    type,
    order,
    mode,
    inputs: inputs.map(([name, kind, link, widget]) => ({
      name,
      type: kind,
      link,
      ...(widget ? { widget: { name } } : {}),
    })),
    outputs: out.map((kind) => ({ name: kind, type: kind, links: [] })),
    properties: {},
    ...(values === undefined ? {} : { widgets_values: values }),
    ...more,
  }));

export type Tuple = [id: number, from: number, slot: number, to: number, at: number, type?: string];

/** A file of version 0.4. */
export const ui = (nodes: Record<string, Draw>, links: Tuple[] = [], more: object = {}) => ({
  version: 0.4,
  nodes: draw(nodes),
  links,
  ...more,
});

/** Links of version 1.0 and of subgraphs. */
export const named = (links: Tuple[]) =>
  links.map(([id, origin_id, origin_slot, target_id, target_slot, type = '*']) => ({
    id,
    origin_id,
    origin_slot,
    target_id,
    target_slot,
    type,
  }));

/** A subgraph: boundary slots as `[name, type, inner links]`. */
export const subgraph = (
  id: string,
  inputs: [string, string, number[]][],
  outputs: [string, string, number[]][],
  nodes: Record<string, Draw>,
  links: Tuple[],
) => {
  const slots = (list: [string, string, number[]][]) =>
    list.map(([name, type, linkIds]) => ({ id: `${id}-${name}`, name, type, linkIds }));
  return {
    id,
    name: id,
    inputs: slots(inputs),
    outputs: slots(outputs),
    nodes: draw(nodes),
    links: named(links),
  };
};

/** Text to picture, the best-known workflow there is. */
export const textToPicture = () =>
  ui(
    {
      4: { type: 'CheckpointLoaderSimple', values: ['xl.safetensors'], out: ['MODEL', 'CLIP', 'VAE'] },
      5: { type: 'EmptyLatentImage', values: [768, 512, 2], out: ['LATENT'] },
      6: { type: 'CLIPTextEncode', values: ['a fox'], in: [['clip', 'CLIP', 3]], out: ['CONDITIONING'] },
      7: { type: 'CLIPTextEncode', values: ['blurry'], in: [['clip', 'CLIP', 5]], out: ['CONDITIONING'] },
      3: {
        type: 'KSampler',
        values: [42, 'randomize', 25, 7, 'sample_euler', 'karras', 1],
        in: [
          ['model', 'MODEL', 1],
          ['positive', 'CONDITIONING', 4],
          ['negative', 'CONDITIONING', 6],
          ['latent_image', 'LATENT', 2],
        ],
        out: ['LATENT'],
      },
      8: {
        type: 'VAEDecode',
        in: [
          ['samples', 'LATENT', 7],
          ['vae', 'VAE', 8],
        ],
        out: ['IMAGE'],
      },
      9: {
        type: 'SaveImage',
        values: ['out/%date:yyyy-MM-dd%_%KSampler.steps%'],
        in: [['images', 'IMAGE', 9]],
      },
    },
    [
      [1, 4, 0, 3, 0],
      [2, 5, 0, 3, 3],
      [3, 4, 1, 6, 0],
      [4, 6, 0, 3, 1],
      [5, 4, 1, 7, 0],
      [6, 7, 0, 3, 2],
      [7, 3, 0, 8, 0],
      [8, 4, 2, 8, 1],
      [9, 8, 0, 9, 0],
    ],
  );
