import { describe, expect, test } from 'vitest';
import { readWorkflow, slugOf } from '../../../renderer/components/importing/read-file.ts';
import { inReadingOrder } from '../../../renderer/components/importing/reading-order.ts';
import { defineParameters } from '../../../shared/comfy/parameters.ts';
import { proposeParameters } from '../../../shared/comfy/propose/propose.ts';
import { workflowSlug } from '../../../shared/wire/workflows.ts';

const graph = {
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 5,
      steps: 20,
      cfg: 7,
      sampler_name: 'euler',
      positive: ['6', 0],
      negative: ['7', 0],
      denoise: 1,
    },
  },
  '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 768, batch_size: 1 } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['4', 1] } },
  '7': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 1] } },
  '10': { class_type: 'LoadImage', inputs: { image: 'a.png' } },
};

describe('the proposal of a form', () => {
  test('finds prompts, picture, seed, steps, guidance and size, the prompt first', () => {
    const keys = proposeParameters(graph).map((def) => `${def.key}:${def.type}`);
    expect(keys).toEqual([
      'prompt:string',
      'negative_prompt:string',
      'image:file',
      'seed:number',
      'steps:number',
      'cfg:number',
      'width:number',
      'height:number',
    ]);
  });

  test('is accepted as it is by the rules that the gateway applies', () => {
    expect(defineParameters(proposeParameters(graph), graph)).toHaveProperty('parameters');
  });

  test('gives every parameter a key of its own', () => {
    const twins = {
      a: { class_type: 'EmptyImage', inputs: { width: 1, height: 1 } },
      b: { class_type: 'EmptyImage', inputs: { width: 4096, height: 2 } },
    };
    const proposed = proposeParameters(twins);
    expect(new Set(proposed.map((def) => def.key)).size).toBe(4);
    expect(
      proposed.every((def) => Number(def.default) >= (def.min ?? 0) && Number(def.default) <= (def.max ?? 0)),
    ).toBe(true);
  });
});

describe('reading a dropped file', () => {
  test('names a bare graph after its file', () => {
    const read = readWorkflow('my_Portrait-v2_api.json', graph);
    expect(read).toMatchObject({ draft: { name: 'My Portrait v2', slug: 'my-portrait-v2' } });
  });

  test('takes an import body as it was written', () => {
    const body = { workflow_slug: 'fox', display_name: 'Fox', workflow_json: graph, max_retries: 2 };
    expect(readWorkflow('x.json', body)).toMatchObject({
      draft: { name: 'Fox', slug: 'fox', parameters: [], extra: { max_retries: 2 } },
    });
  });

  test('takes what /prompt takes', () => {
    expect(readWorkflow('x.json', { prompt: graph })).toHaveProperty('draft.graph.3');
  });

  test.each([
    ['an empty drawing', { nodes: [], links: [] }, /no nodes/],
    ['a list', [], /not a workflow/],
    ['a word', 'fox', /not a workflow/],
    ['a node without a class', { '1': { inputs: {} } }, /class_type/],
  ])('says in words why %s is none', (_what, value, words) => {
    expect(readWorkflow('x.json', value)).toEqual({ problem: expect.stringMatching(words) });
  });

  test('makes addresses that the gateway accepts', () => {
    for (const name of ['Été à Paris', 'SD 1.5 -- portrait!', 'A'.repeat(300)]) {
      expect(workflowSlug.safeParse(slugOf(name)).success).toBe(true);
    }
  });
});

test('a graph is read from its sources to its end, also when it has a circle', () => {
  expect(inReadingOrder(graph).indexOf('6')).toBeLessThan(inReadingOrder(graph).indexOf('3'));
  const circle = {
    a: { class_type: 'X', inputs: { in: ['b', 0] } },
    b: { class_type: 'X', inputs: { in: ['a', 0] } },
  };
  expect(inReadingOrder(circle)).toHaveLength(2);
});
