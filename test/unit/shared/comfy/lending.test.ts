import { describe, expect, it } from 'vitest';
import { lendingObjections } from '../../../../shared/comfy/lending.ts';

const definition = (python_module: string, input: Record<string, unknown> = {}) => ({
  input: { required: input },
  output: [],
  python_module,
});
const info = {
  EmptyImage: definition('nodes', { width: ['INT', {}] }),
  SaveImage: definition('nodes'),
  LoadImage: definition('nodes', { image: [['mine.png'], { image_upload: true }] }),
  LoadLatent: definition('nodes', { latent: [['mine.latent']] }),
  LoadImageOutput: definition('nodes', { image: ['COMBO', { image_folder: 'output' }] }),
  CheckpointSave: definition('comfy_extras.nodes_model_merging'),
  TrainLora: definition('comfy_extras.nodes_train'),
  VideoOf: definition('comfy_extras.nodes_new', { clip: ['COMBO', { video_upload: true }] }),
  ImageFrom: definition('nodes', { source: ['COMBO', { image_folder: 'output' }] }),
  Paid: definition('comfy_api_nodes.nodes_paid'),
  Theirs: definition('custom_nodes.theirs'),
  Nameless: { input: {}, output: [] },
};
const objections = (
  class_type: string,
  inputs: Record<string, unknown> = {},
  brought: { node_id: string; field: string }[] = [],
) => lendingObjections({ '1': { class_type, inputs } }, info, brought);

describe('a run for people that the owner does not know', () => {
  it('may use ComfyUI’s own nodes', () => {
    expect(
      lendingObjections(
        {
          '1': { class_type: 'EmptyImage', inputs: { width: 8 } },
          '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
        },
        info,
        [],
      ),
    ).toEqual([]);
  });

  it.each(['Theirs', 'Paid', 'Nameless'])('may not use %s, which is a program of somebody else’s', (type) => {
    expect(objections(type)).toEqual([`${type} is not one of ComfyUI’s own nodes`]);
  });

  it('may not use what the engine does not name', () => {
    expect(objections('Unheard')).toEqual(['Unheard is not known there']);
    expect(objections('toString')).toEqual(['toString is not known there']);
  });

  it.each(['LoadImageOutput', 'CheckpointSave', 'TrainLora'])(
    'may not use %s: it is at home there',
    (type) => {
      expect(objections(type)).toEqual([`${type} reads or writes the owner’s folders`]);
    },
  );

  it.each([
    ['LoadImage', 'image'],
    ['LoadLatent', 'latent'],
    ['VideoOf', 'clip'],
    ['ImageFrom', 'source'],
  ])('may open in %s only what came with it', (type, field) => {
    const named = { [field]: 'mine.png' };
    expect(objections(type, named)).toEqual([
      `${type} opens a file (${field}) that did not come with the run`,
    ]);
    expect(objections(type, named, [{ node_id: '2', field }])).toHaveLength(1);
    expect(objections(type, named, [{ node_id: '1', field }])).toEqual([]);
  });
});
