import { describe, expect, test } from 'vitest';
import { inspectWorkflow, judge } from '../../../../shared/comfy/inspect.ts';
import { defineParameters } from '../../../../shared/comfy/parameters.ts';
import { proposeParameters } from '../../../../shared/comfy/propose/propose.ts';
import { readJson } from '../../../../shared/comfy/readers/read.ts';
import { info, subgraph, textToPicture, ui } from './fixture.ts';

const inspect = (value: object) => inspectWorkflow(readJson(value), info);
const keys = (value: object) => inspect(value).parameters.map((def) => `${def.key}:${def.type}`);

describe('a form by itself', () => {
  test('for text to picture: prompts first, the engine’s own choices and bounds', () => {
    const { parameters, graph } = inspect(textToPicture());
    expect(parameters.map(({ key }) => key)).toEqual([
      'prompt',
      'negative_prompt',
      'seed',
      'steps',
      'cfg',
      'denoise',
      'width',
      'height',
      'batch_size',
      'sampler_name',
      'scheduler',
      'ckpt_name',
    ]);
    expect(parameters.find(({ key }) => key === 'sampler_name')).toMatchObject({
      options: ['euler', 'dpmpp_2m'],
      default: 'euler',
    });
    expect(parameters.find(({ key }) => key === 'width')).toMatchObject({
      min: 16,
      max: 16384,
      step: 8,
      default: 768,
    });
    expect(defineParameters(parameters, graph)).toHaveProperty('parameters');
  });

  test('finds the prompts behind control nets, and none behind a zeroed one', () => {
    const text = (text: string) => ({ class_type: 'CLIPTextEncode', inputs: { text } });
    const graph = {
      1: text('good'),
      2: text('bad'),
      3: {
        class_type: 'ControlNetApplyAdvanced',
        inputs: { positive: ['1', 0], negative: ['2', 0], strength: 1 },
      },
      4: { class_type: 'KSampler', inputs: { positive: ['3', 0], negative: ['3', 1], seed: 1 } },
      5: { class_type: 'ConditioningZeroOut', inputs: { conditioning: ['1', 0] } },
      6: { class_type: 'KSampler', inputs: { positive: ['1', 0], negative: ['5', 0] } },
    };
    const found = proposeParameters(graph, info);
    expect(found.find(({ key }) => key === 'prompt')?.default).toBe('good');
    expect(found.find(({ key }) => key === 'negative_prompt')?.default).toBe('bad');
  });

  test('is App Mode’s choice where there is one, also through a subgraph', () => {
    const inner = subgraph(
      'inner',
      [['words', 'STRING', [1]]],
      [],
      { 1: { type: 'CLIPTextEncode', values: ['x'], in: [['text', 'STRING', 1, true]] } },
      [[1, -10, 0, 1, 0]],
    );
    const file = ui(
      {
        5: { type: 'inner', values: ['hello'], in: [['words', 'STRING', null, true]] },
        6: { type: 'EmptyLatentImage', values: [8, 16, 1] },
      },
      [],
      {
        definitions: { subgraphs: [inner] },
        extra: {
          linearData: {
            inputs: [
              ['5', 'words'],
              [6, 'height'],
            ],
            outputs: [],
          },
        },
      },
    );
    expect(inspect(file).parameters).toMatchObject([
      { node_id: '5:1', field: 'text', default: 'hello' },
      { node_id: '6', field: 'height', default: 16 },
    ]);
  });

  test('is made of ComfyControl’s placeholders where the graph has them', () => {
    const graph = {
      1: {
        class_type: 'KSampler',
        inputs: {
          seed: '$random()',
          steps: '$text(num_steps, 12)',
          sampler_name: '$choice(how, euler, dpmpp_2m)',
        },
      },
      2: { class_type: 'CLIPTextEncode', inputs: { text: '$text(words)' } },
      3: { class_type: 'LoadImage', inputs: { image: '$file(photo)' } },
    };
    expect(keys(graph)).toEqual([
      'seed:number',
      'num_steps:number',
      'how:select',
      'words:string',
      'photo:file',
    ]);
    expect(inspect(graph).graph['1']?.inputs).toEqual({ seed: 0, steps: 12, sampler_name: 'euler' });
  });
});

describe('the verdict before the run', () => {
  test('names models with their folder, and where the file says they can be had', () => {
    const file = textToPicture();
    const model = { name: 'xl.safetensors', directory: 'checkpoints', url: 'https://example.org/xl' };
    Object.assign(file.nodes[0]!, { properties: { models: [model] } });
    expect(inspect(file).models).toEqual([
      { path: 'checkpoints/xl.safetensors', node_id: '4', field: 'ckpt_name', url: model.url },
    ]);
  });

  test('is yes, no or unknown', () => {
    const workflow = inspect(textToPicture());
    const nodeTypes = Object.keys(info);
    expect(judge(workflow, { nodeTypes, models: ['checkpoints/xl.safetensors'] }).runs).toBe('yes');
    expect(judge(workflow, { nodeTypes, models: ['checkpoints/sd.safetensors'] })).toMatchObject({
      runs: 'no',
      missingModels: ['checkpoints/xl.safetensors'],
    });
    expect(judge(workflow, { nodeTypes: ['SaveImage'], models: [] }).missingNodes).toContain('KSampler');
    expect(judge(workflow, { nodeTypes: [], models: undefined }).runs).toBe('unknown');
    expect(judge(workflow, { nodeTypes, models: undefined })).toMatchObject({
      runs: 'unknown',
      missingModels: [],
    });
    expect(judge(workflow, { nodeTypes, models: [] }).runs).toBe('no');
    expect(judge(workflow, { nodeTypes, models: ['models\\checkpoints\\xl.safetensors'] }).runs).toBe('yes');
  });
});
