import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Graph } from '#shared/comfy/graph.ts';
import { defineParameters } from '#shared/comfy/parameters.ts';
import { importWorkflowRequest } from '#shared/wire/workflows.ts';
import { nodes } from '../../../../electron/starter-engine/nodes/index.ts';
import { inputSpecs, objectInfo } from '../../../../electron/starter-engine/nodes/object-info.ts';
import { floatInputs } from '../../../../electron/starter-engine/nodes/prompt-json.ts';
import { contextOf, nodeOf, run } from './run-node.ts';

const folders = { input: '/nonexistent', output: '/nonexistent', temp: '/nonexistent' };

describe('/object_info records, as ComfyUI 0.3.64 writes them', () => {
  it('of a node of the old schema', () => {
    expect(JSON.stringify(objectInfo(nodeOf('SaveAnimatedPNG'), folders))).toBe(
      '{"input":{"required":{"images":["IMAGE"],"filename_prefix":["STRING",{"default":"ComfyUI"}],' +
        '"fps":["FLOAT",{"default":6,"min":0.01,"max":1000,"step":0.01}],' +
        '"compress_level":["INT",{"default":4,"min":0,"max":9}]},' +
        '"hidden":{"prompt":"PROMPT","extra_pnginfo":"EXTRA_PNGINFO"}},' +
        '"input_order":{"required":["images","filename_prefix","fps","compress_level"],"hidden":["prompt","extra_pnginfo"]},' +
        '"output":[],"output_is_list":[],"output_name":[],"name":"SaveAnimatedPNG","display_name":"SaveAnimatedPNG",' +
        '"description":"","python_module":"comfy_extras.nodes_images","category":"image/animation","output_node":true}',
    );
  });

  it('of a node of the new schema, with bounds beyond 2^53 digit by digit', () => {
    expect(JSON.stringify(objectInfo(nodeOf('PrimitiveFloat'), folders))).toBe(
      '{"input":{"required":{"value":["FLOAT",{"min":-9223372036854775807,"max":9223372036854775807}]}},' +
        '"input_order":{"required":["value"]},"output":["FLOAT"],"output_is_list":[false],"output_name":["FLOAT"],' +
        '"output_tooltips":[null],"name":"PrimitiveFloat","display_name":"Float","description":"",' +
        '"python_module":"comfy_extras.nodes_primitive","category":"utils/primitive","output_node":false,' +
        '"deprecated":false,"experimental":false,"api_node":false}',
    );
  });

  it('names each node once', () => {
    const names = nodes.map(({ type }) => type);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(40);
  });
});

it('knows every FLOAT input that metadata must write as a float', () => {
  const declared = nodes.flatMap((node) =>
    Object.entries(inputSpecs(node, folders).required)
      .filter(([, [type]]) => type === 'FLOAT')
      .map(([name]) => `${node.type}.${name}`),
  );
  expect([...floatInputs].sort()).toEqual(declared.sort());
});

describe('PreviewAny shows what Python would', () => {
  const show = async (source: unknown, from = 'PrimitiveInt') => {
    const prompt = { '1': { class_type: from, inputs: {} }, '2': { inputs: { source: ['1', 0] } } };
    return (await run('PreviewAny', { source }, contextOf(folders, { nodeId: '2', prompt }))).ui?.text;
  };

  it.each([
    ['text', 'text'],
    [true, 'True'],
    [-12, '-12'],
    [null, 'None'],
    [[1, 'ä'], '[1, "\\u00e4"]'],
  ])('%j', async (source, text) => {
    expect(await show(source)).toEqual([text]);
  });

  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [1e16, '1e+16'],
    [123456789012345, '123456789012345.0'],
    [1e-7, '1e-07'],
    [0.0001, '0.0001'],
    [1.5e-5, '1.5e-05'],
  ])('the float %d', async (source, text) => {
    expect(await show(source, 'PrimitiveFloat')).toEqual([text]);
  });
});

describe('what a node can not do is said in words', () => {
  it('a picture too large for the machine', async () => {
    const size = { width: 16384, height: 16384, batch_size: 4096, color: 0 };
    await expect(run('EmptyImage', size)).rejects.toThrow(/GiB.*smaller size or batch/s);
  });

  it('a blur wider than the picture', async () => {
    const [image] = (await run('EmptyImage', { width: 4, height: 9, batch_size: 1, color: 0 })).outputs;
    await expect(run('ImageBlur', { image, blur_radius: 4, sigma: 1 })).rejects.toThrow(/radius is 4.*4×9/s);
  });

  it('an input of the wrong kind', async () => {
    await expect(run('ImageInvert', { image: 'name.png' })).rejects.toThrow('Input "image" must be an image');
  });
});

describe('the sample workflows', () => {
  const folder = new URL('../../../../resources/workflows/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  it.each(files)('%s can be imported, and its parameters and links fit its nodes', (name) => {
    const workflow = importWorkflowRequest.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
    expect(`${workflow.workflow_slug}.json`).toBe(name);
    const graph = workflow.workflow_json as Graph;
    const defined = defineParameters(workflow.parameters, graph);
    expect(defined).toHaveProperty('parameters');
    for (const node of Object.values(graph)) {
      const declared = Object.keys(inputSpecs(nodeOf(node.class_type), folders).required);
      expect(Object.keys(node.inputs)).toEqual(expect.arrayContaining(declared));
    }
    for (const { node_id, field, default: initial, type } of workflow.parameters) {
      if (type !== 'file') expect(graph[node_id ?? '']?.inputs[field ?? '']).toEqual(initial);
    }
  });
});
