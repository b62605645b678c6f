import { describe, expect, it } from 'vitest';
import { defineParameters, fillGraph, resolveParameters } from '#shared/comfy/parameters.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';

/** The documented set of the run page (Cyberun seed 001). */
const graph = {
  '3': { class_type: 'KSampler', inputs: { sampler_name: 'euler', latent_image: ['5', 0] } },
  '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a portrait', clip: ['4', 1] } },
  '10': { class_type: 'LoadImage', inputs: { image: 'example.png' } },
};
const defs: ParameterDef[] = [
  { key: 'prompt', node_id: '6', field: 'text', type: 'string', required: true },
  { key: 'width', node_id: '5', field: 'width', type: 'number', min: 64, max: 2048, default: 512 },
  {
    key: 'sampler',
    node_id: '3',
    field: 'sampler_name',
    type: 'select',
    options: ['euler', 'dpmpp_2m'],
    default: 'euler',
  },
  { key: 'input_image', node_id: '10', field: 'image', type: 'file', required: true, accept: ['image/*'] },
  { key: 'tile', node_id: '5', field: 'tile', type: 'boolean' },
];
const good = { prompt: 'sunset', input_image: 'inputs/t/u/photo.png' };

describe('resolveParameters', () => {
  it('takes what is given and completes the rest with defaults', () => {
    expect(resolveParameters(defs, good)).toEqual({ values: { ...good, width: 512, sampler: 'euler' } });
  });

  it.each([
    [{ ...good, heigth: 1 }, 'heigth', 'unknown'],
    [{ input_image: 'x' }, 'prompt', 'required'],
    [{ ...good, prompt: null }, 'prompt', 'required'],
    [{ ...good, constructor: 1 }, 'constructor', 'unknown'],
    [{ ...good, prompt: 5 }, 'prompt', 'type'],
    [{ ...good, width: '512' }, 'width', 'type'],
    [{ ...good, width: Number.NaN }, 'width', 'type'],
    [{ ...good, width: 63 }, 'width', 'range'],
    [{ ...good, width: 2049 }, 'width', 'range'],
    [{ ...good, sampler: 'ddim' }, 'sampler', 'options'],
    [{ ...good, sampler: 1 }, 'sampler', 'type'],
    [{ ...good, tile: 'yes' }, 'tile', 'type'],
    [{ ...good, input_image: '' }, 'input_image', 'type'],
    [{ ...good, input_image: 7 }, 'input_image', 'type'],
  ])('refuses %j: %s breaks the rule "%s"', (values, key, rule) => {
    const result = resolveParameters(defs, values);
    expect(result).toMatchObject({ problem: { key, rule } });
    expect('problem' in result && result.problem.message).toContain(`"${key}"`);
  });

  it('wants a required value even where a default is defined: defaults are for optional parameters', () => {
    const def: ParameterDef = { key: 'seed', type: 'number', required: true, default: 1 };
    expect(resolveParameters([def], {})).toMatchObject({ problem: { key: 'seed', rule: 'required' } });
  });

  it('accepts the bounds themselves', () => {
    expect(resolveParameters(defs, { ...good, width: 64 })).toHaveProperty('values.width', 64);
    expect(resolveParameters(defs, { ...good, width: 2048 })).toHaveProperty('values.width', 2048);
  });

  it('lets one value feed several targets through source_key', () => {
    const twice: ParameterDef[] = [
      ...defs,
      { key: 'again', source_key: 'prompt', type: 'string', node_id: '6', field: 'text' },
    ];
    expect(resolveParameters(twice, good)).toHaveProperty('values.again', 'sunset');
  });

  it('takes the source’s value through a chain, its default too, unless a value of its own is given', () => {
    const chain: ParameterDef[] = [
      { key: 'third', source_key: 'second', type: 'number', max: 100, required: true },
      { key: 'second', source_key: 'first', type: 'number' },
      { key: 'first', type: 'number', default: 7 },
    ];
    const of = (values: Record<string, unknown>) => resolveParameters(chain, values);
    expect(of({})).toEqual({ values: { third: 7, second: 7, first: 7 } });
    expect(of({ first: 3 })).toEqual({ values: { third: 3, second: 3, first: 3 } });
    expect(of({ second: 4, third: null })).toEqual({ values: { third: 4, second: 4, first: 7 } });
    expect(of({ first: 101 })).toMatchObject({ problem: { key: 'third', rule: 'range' } });
  });

  it('does not follow a circle that an older version let in', () => {
    const circle: ParameterDef[] = [
      { key: 'a', source_key: 'b', type: 'string' },
      { key: 'b', source_key: 'a', type: 'string' },
    ];
    expect(resolveParameters(circle, {})).toEqual({ values: {} });
  });
});

describe('defineParameters', () => {
  it('reads a missing type from the target, the options or the accepted files', () => {
    const result = defineParameters(
      [
        { key: 'w', node_id: '5', field: 'width' },
        { key: 't', node_id: '6', field: 'text' },
        { key: 's', node_id: '3', field: 'sampler_name', options: ['a'] },
        { key: 'f', node_id: '10', field: 'image', accept: ['image/*'] },
      ],
      graph,
    );
    expect('parameters' in result && result.parameters.map(({ type }) => type)).toEqual([
      'number',
      'string',
      'select',
      'file',
    ]);
  });

  it.each([
    [[{ key: 'a', node_id: '99', field: 'x' }], 'node "99"'],
    [[{ key: 'a', node_id: 'constructor', field: 'x' }], 'node "constructor"'],
    [[{ key: 'a', node_id: '5' }], 'no field'],
    [[{ key: 'a' }], 'no target'],
    [[{ key: 'a', node_id: '5', field: 'width', min: 2, max: 1 }], 'min 2 above max 1'],
    [[{ key: 'a', node_id: '5', field: 'width', type: 'select' as const }], 'without options'],
    [[{ key: 'a', node_id: '5', field: 'w', source_key: 'a' }], 'its own source'],
    [
      [
        { key: 'c', node_id: '5', field: 'width', source_key: 'a' },
        { key: 'a', node_id: '5', field: 'width', source_key: 'b' },
        { key: 'b', node_id: '5', field: 'height', source_key: 'a' },
      ],
      '"a", "b" take their values from each other',
    ],
    [
      [
        { key: 'a', node_id: '5', field: 'width' },
        { key: 'a', node_id: '5', field: 'height' },
      ],
      'defined twice',
    ],
  ])('refuses %j in words', (inputs, words) => {
    const result = defineParameters(inputs, graph);
    expect('problem' in result && result.problem).toContain(words);
  });
});

describe('fillGraph', () => {
  it('puts values in place in a copy and keeps files apart', () => {
    const before = structuredClone(graph);
    const filled = fillGraph(graph, defs, { ...good, width: 640 });
    expect(filled.graph['5']?.inputs.width).toBe(640);
    expect(filled.graph['6']?.inputs.text).toBe('sunset');
    expect(filled.files).toEqual([
      { key: 'input_image', node_id: '10', field: 'image', file_key: good.input_image },
    ]);
    expect(graph).toEqual(before);
  });
});
