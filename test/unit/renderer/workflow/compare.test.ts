import { describe, expect, test } from 'vitest';
import { compare, isSame, plain, type Side } from '../../../../renderer/components/workflow/compare.ts';

const side = (change: Partial<Side> = {}): Side => ({
  workflow_version: 1,
  display_name: 'Portrait',
  tool_type: 'comfyui',
  description: '',
  workflow_json: {
    '3': { class_type: 'KSampler', inputs: { steps: 20, model: ['4', 0] } },
    '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
  },
  workflow_params: [{ key: 'steps', label: 'Steps', type: 'number', node_id: '3', field: 'steps', max: 50 }],
  required_labels: [],
  required_models: [],
  task_timeout: 0,
  max_retries: 0,
  preferred_gpu: '',
  min_vram_gb: 0,
  ...change,
});

describe('comparing versions', () => {
  test('finds nothing between a version and itself', () => {
    expect(isSame(compare(side(), side()))).toBe(true);
  });

  test('names what changed about it', () => {
    const { about } = compare(side(), side({ display_name: 'Face', required_labels: ['gpu'] }));
    expect(about).toEqual([
      { field: 'display_name', before: 'Portrait', after: 'Face' },
      { field: 'required_labels', before: [], after: ['gpu'] },
    ]);
  });

  test('tells parameters that came, went and changed', () => {
    const after = side({
      workflow_params: [{ key: 'seed', type: 'number', node_id: '3', field: 'seed' }],
    });
    expect(compare(side(), after).form).toEqual([
      { sign: 'removed', id: 'steps', name: 'Steps', differences: [] },
      { sign: 'added', id: 'seed', name: 'seed', differences: [] },
    ]);
    const [steps] = side().workflow_params;
    const wider = side({ workflow_params: steps ? [{ ...steps, max: 99 }] : [] });
    expect(compare(side(), wider).form).toEqual([
      { sign: 'changed', id: 'steps', name: 'Steps', differences: [{ field: 'max', before: 50, after: 99 }] },
    ]);
  });

  test('tells fields and links of nodes by their titles; another class under a number is another node', () => {
    const after = side({
      workflow_json: {
        '3': { class_type: 'KSampler', inputs: { steps: 30, model: ['9', 1] } },
        '4': { class_type: 'UNETLoader', inputs: {} },
        '9': { class_type: 'LoraLoader', inputs: {}, _meta: { title: 'Style' } },
      },
    });
    expect(compare(side(), after).graph).toEqual([
      {
        sign: 'changed',
        id: '3',
        name: 'KSampler',
        differences: [
          { field: 'steps', before: 20, after: 30 },
          { field: 'model', before: '← CheckpointLoaderSimple', after: '← Style (2)' },
        ],
      },
      { sign: 'removed', id: '4', name: 'CheckpointLoaderSimple', differences: [] },
      { sign: 'added', id: '4', name: 'UNETLoader', differences: [] },
      { sign: 'added', id: '9', name: 'Style', differences: [] },
    ]);
  });

  test('shows values in a line', () => {
    expect([undefined, '', [], ['a', 1], { a: 1 }, false].map(plain)).toEqual([
      '–',
      '–',
      '–',
      'a, 1',
      '{"a":1}',
      'false',
    ]);
  });
});
