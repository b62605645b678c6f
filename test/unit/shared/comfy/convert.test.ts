import { describe, expect, test } from 'vitest';
import { convertUi } from '../../../../shared/comfy/convert/convert.ts';
import { drawChoices, formatDate } from '../../../../shared/comfy/convert/text.ts';
import { info, named, subgraph, textToPicture, ui } from './fixture.ts';

const inputsOf = (file: object, id: string) => convertUi({ ...file }, info).graph[id]?.inputs;
const loader = { type: 'LoadImage', values: ['a.png', 'image'], out: ['IMAGE', 'MASK'] };
const save = (link: number, more = {}) => ({
  type: 'SaveImage',
  values: ['x'],
  in: [['images', 'IMAGE', link] as [string, string, number]],
  ...more,
});

describe('widgets', () => {
  test('stand in order, without the control slot; names of old are mended; dates become the server’s tokens', () => {
    const { graph, problems } = convertUi(textToPicture(), info);
    expect(graph['3']?.inputs).toEqual({
      seed: 42,
      steps: 25,
      cfg: 7,
      sampler_name: 'euler',
      scheduler: 'karras',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    });
    expect(graph['9']?.inputs.filename_prefix).toBe('out/%year%-%month%-%day%_%KSampler.steps%');
    expect(graph['6']?._meta?.title).toBe('CLIP Text Encode (Prompt)');
    expect(problems).toEqual([]);
  });

  test('version 1.0 gives the same', () => {
    const file = textToPicture();
    const one = { ...file, version: 1, links: named(file.links) };
    expect(convertUi(one, info).graph).toEqual(convertUi(file, info).graph);
  });

  test('a list from before the control slot, and one that is too short', () => {
    const file = (values: unknown[]) => ui({ 1: { type: 'KSampler', values } });
    expect(inputsOf(file([5, 30, 6, 'dpmpp_2m', 'normal', 0.5]), '1')).toMatchObject({
      seed: 5,
      steps: 30,
      denoise: 0.5,
    });
    expect(inputsOf(file([5, 'fixed', 30]), '1')).toMatchObject({
      seed: 5,
      steps: 30,
      cfg: 8,
      sampler_name: 'euler',
    });
  });

  test('values by name, a forced input’s old place, lists and curves, an upload button', () => {
    expect(inputsOf(ui({ 1: { type: 'EmptyLatentImage', values: { height: 9, width: 8 } } }), '1')).toEqual({
      width: 8,
      height: 9,
      batch_size: 1,
    });
    expect(inputsOf(ui({ 1: { type: 'Forced', values: ['', 7] } }), '1')).toEqual({ count: 7 });
    expect(inputsOf(ui({ 1: { type: 'Pick', values: [['a', 'c'], [[0, 1]]] } }), '1')).toEqual({
      tags: { __value__: ['a', 'c'] },
      curve: { __type__: 'CURVE', __value__: [[0, 1]] },
    });
    expect(inputsOf(ui({ 1: loader }), '1')).toEqual({ image: 'a.png' });
  });

  test('a converted widget keeps its place, and its link wins', () => {
    const file = ui(
      {
        1: { type: 'Forced', values: [4], out: ['STRING'] },
        2: { type: 'EmptyLatentImage', values: [100, 200, 3], in: [['width', 'INT', 1, true]] },
      },
      [[1, 1, 0, 2, 0]],
    );
    expect(inputsOf(file, '2')).toEqual({ width: ['1', 0], height: 200, batch_size: 3 });
  });

  test('a dynamic combo’s children follow it; sockets that grow keep their names', () => {
    const file = ui(
      {
        1: loader,
        2: { type: 'Resize', values: ['factor', 3, 'lanczos'], in: [['image', 'IMAGE', 1]], out: ['IMAGE'] },
        3: {
          type: 'Batch',
          in: [
            ['images.image0', 'IMAGE', 2],
            ['images.image1', 'IMAGE', 3],
            ['images.image2', 'IMAGE', null],
          ],
        },
      },
      [
        [1, 1, 0, 2, 0],
        [2, 1, 0, 3, 0],
        [3, 2, 0, 3, 1],
      ],
    );
    expect(inputsOf(file, '2')).toEqual({
      image: ['1', 0],
      mode: 'factor',
      'mode.factor': 3,
      method: 'lanczos',
    });
    expect(inputsOf(file, '3')).toEqual({ 'images.image0': ['1', 0], 'images.image1': ['2', 0] });
  });

  test('a group of several inputs grows by all of them, each by its own name; only widgets have values', () => {
    const grown = (at: number, link: number | null): [string, string, number | null, true][] => [
      [`layers.image${at}`, 'IMAGE', link, true],
      [`layers.strength${at}`, 'FLOAT', null, true],
      [`layers.mode${at}`, 'COMBO', null, true],
    ];
    const file = ui(
      {
        1: loader,
        2: {
          type: 'Layers',
          values: [0.5, 'mix', 0.25, 'add', 1, 'add', 'three'],
          in: [...grown(0, 1), ...grown(1, 2), ...grown(2, null)],
        },
      },
      [
        [1, 1, 0, 2, 0],
        [2, 1, 0, 2, 3],
      ],
    );
    expect(inputsOf(file, '2')).toEqual({
      'layers.image0': ['1', 0],
      'layers.strength0': 0.5,
      'layers.mode0': 'mix',
      'layers.image1': ['1', 0],
      'layers.strength1': 0.25,
      'layers.mode1': 'add',
      'layers.strength2': 1,
      'layers.mode2': 'add',
      title: 'three',
    });
    // A file without sockets for them: as many as a new node has.
    const bare = ui({ 2: { type: 'Layers', values: [0.5, 'mix', 0.25, 'add', 'two'] } });
    expect(inputsOf(bare, '2')).toEqual({
      'layers.strength0': 0.5,
      'layers.mode0': 'mix',
      'layers.strength1': 0.25,
      'layers.mode1': 'add',
      title: 'two',
    });
  });

  test('a node that nobody here knows keeps what the file names, and its pack is reported', () => {
    const more = { properties: { cnr_id: 'pack', aux_id: 'me/pack', ver: '1' } };
    const file = ui({
      1: {
        type: 'Odd',
        values: [7, 'fixed', 'x'],
        in: [
          ['seed', 'INT', null, true],
          ['word', 'STRING', null, true],
        ],
        more,
      },
    });
    const { graph, usesUnknown, problems } = convertUi(file, info);
    expect(graph['1']?.inputs).toEqual({ seed: 7, word: 'x' });
    expect(usesUnknown).toEqual([{ type: 'Odd', nodes: ['1'], cnr_id: 'pack', aux_id: 'me/pack', ver: '1' }]);
    expect(problems[0]?.message).toMatch(/“Odd”.*“pack”/);
  });
});

describe('links', () => {
  test('go through reroutes and bypassed nodes, end at muted ones and notes', () => {
    const blend = (mode: number) => ({
      type: 'Blend',
      values: [0.5],
      in: [
        ['image1', 'IMAGE', 2],
        ['image2', 'IMAGE', null],
      ] as [string, string, number | null][],
      out: ['IMAGE'],
      mode,
    });
    const file = (mode: number) =>
      ui(
        {
          1: loader,
          2: { type: 'Reroute', in: [['', '*', 1]], out: ['IMAGE'] },
          3: blend(mode),
          4: save(3),
          5: { type: 'Note', values: ['hi'] },
        },
        [
          [1, 1, 0, 2, 0],
          [2, 2, 0, 3, 0],
          [3, 3, 0, 4, 0],
        ],
      );
    expect(Object.keys(convertUi(file(4), info).graph)).toEqual(['1', '4']);
    expect(inputsOf(file(4), '4')).toMatchObject({ images: ['1', 0] });
    expect(inputsOf(file(2), '4')).toEqual({ filename_prefix: 'x' });
    expect(inputsOf(file(0), '3')).toMatchObject({ image1: ['1', 0] });
  });

  test('a bypass without a fitting input drops the link', () => {
    const file = ui(
      {
        1: { type: 'EmptyLatentImage', values: [], out: ['LATENT'] },
        2: { type: 'VAEDecode', in: [['samples', 'LATENT', 1]], out: ['IMAGE'], mode: 4 },
        3: save(2),
      },
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 3, 0],
      ],
    );
    expect(inputsOf(file, '3')).toEqual({ filename_prefix: 'x' });
  });

  test('a primitive writes its value where it leads, replaced where it asks for it', () => {
    const more = { properties: { 'Run widget replace on values': true } };
    const file = ui(
      {
        1: { type: 'PrimitiveNode', values: ['n-%EmptyLatentImage.width%', 'fixed'], out: ['STRING'], more },
        2: {
          type: 'CLIPTextEncode',
          values: ['old'],
          in: [
            ['clip', 'CLIP', null],
            ['text', 'STRING', 1, true],
          ],
        },
        3: { type: 'EmptyLatentImage', values: [8, 8, 1], more: { title: 'EmptyLatentImage' } },
      },
      [[1, 1, 0, 2, 1]],
    );
    expect(inputsOf(file, '2')).toEqual({ text: 'n-8' });
  });
});

describe('subgraphs', () => {
  const inner = subgraph(
    'inner',
    [
      ['clip', 'CLIP', [1]],
      ['text', 'STRING', [2]],
    ],
    [['out', 'CONDITIONING', [3]]],
    {
      1: {
        type: 'CLIPTextEncode',
        values: ['inside'],
        in: [
          ['clip', 'CLIP', 1],
          ['text', 'STRING', 2, true],
        ],
        out: ['CONDITIONING'],
      },
    },
    [
      [1, -10, 0, 1, 0],
      [2, -10, 1, 1, 1],
      [3, 1, 0, -20, 0],
    ],
  );
  const file = (instance: object, definitions: object[] = [inner]) =>
    ui(
      {
        4: { type: 'CheckpointLoaderSimple', values: ['sd.safetensors'], out: ['MODEL', 'CLIP', 'VAE'] },
        5: {
          type: 'inner',
          in: [
            ['clip', 'CLIP', 1],
            ['text', 'STRING', null, true],
          ],
          out: ['CONDITIONING'],
          ...instance,
        },
        6: { type: 'KSampler', values: [], in: [['positive', 'CONDITIONING', 2]], out: [] },
      },
      [
        [1, 4, 1, 5, 0],
        [2, 5, 0, 6, 0],
      ],
      { definitions: { subgraphs: definitions } },
    );

  test('unfold with the path of ids; the host’s value wins', () => {
    const { graph } = convertUi(file({ values: ['host'] }), info);
    expect(graph['5:1']?.inputs).toEqual({ text: 'host', clip: ['4', 1] });
    expect(graph['6']?.inputs.positive).toEqual(['5:1', 0]);
    expect(inputsOf(file({}), '5:1')).toMatchObject({ text: 'inside' });
  });

  test('names win where the places can’t be right', () => {
    const more = { widgets_values_named: { text: 'named' } };
    expect(inputsOf(file({ values: ['off', 'by', 'one'], more }), '5:1')).toMatchObject({ text: 'named' });
    expect(inputsOf(file({ values: ['placed'], more }), '5:1')).toMatchObject({ text: 'placed' });
  });

  test('the older era: values belong to the entries of proxyWidgets, also as JSON text', () => {
    const bare = { ...inner, inputs: [inner.inputs[0]], links: inner.links.filter((link) => link.id !== 2) };
    bare.nodes = bare.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((one) => ({ ...one, link: one.link === 2 ? null : one.link })),
    }));
    for (const proxyWidgets of [[['1', 'text']], '[["1","text"]]']) {
      const more = { properties: { proxyWidgets } };
      expect(inputsOf(file({ values: ['proxied'], more }, [bare]), '5:1')).toMatchObject({ text: 'proxied' });
    }
  });

  test('lie inside each other, and values come down through both', () => {
    const outer = subgraph(
      'outer',
      [
        ['clip', 'CLIP', [1]],
        ['words', 'STRING', [2]],
      ],
      [['out', 'CONDITIONING', [3]]],
      {
        7: {
          type: 'inner',
          in: [
            ['clip', 'CLIP', 1],
            ['text', 'STRING', 2, true],
          ],
          out: ['CONDITIONING'],
        },
      },
      [
        [1, -10, 0, 7, 0],
        [2, -10, 1, 7, 1],
        [3, 7, 0, -20, 0],
      ],
    );
    const nested = file(
      {
        type: 'outer',
        values: ['deep'],
        in: [
          ['clip', 'CLIP', 1],
          ['words', 'STRING', null, true],
        ],
      },
      [outer, inner],
    );
    expect(inputsOf(nested, '5:7:1')).toEqual({ text: 'deep', clip: ['4', 1] });
    expect(inputsOf(nested, '6')).toMatchObject({ positive: ['5:7:1', 0] });
  });

  test('a bypassed one passes on, a muted one ends; neither is unfolded', () => {
    for (const mode of [2, 4]) expect(Object.keys(convertUi(file({ mode }), info).graph)).toEqual(['4', '6']);
  });

  test('one that contains itself is named and left out', () => {
    const self = {
      ...inner,
      nodes: [
        ...inner.nodes,
        { id: 2, type: 'inner', order: 9, mode: 0, inputs: [], outputs: [], properties: {} },
      ],
    };
    const { problems } = convertUi(file({}, [self]), info);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'subgraph_inside_itself', node: '5:2' }));
  });
});

test('a group node of old unfolds with the ids outer:index', () => {
  const groupNodes = {
    duo: {
      nodes: [
        { type: 'EmptyLatentImage', widgets_values: [1, 2, 3], outputs: [{ type: 'LATENT' }], inputs: [] },
        {
          type: 'VAEDecode',
          inputs: [
            { name: 'samples', type: 'LATENT', link: null },
            { name: 'vae', type: 'VAE', link: null },
          ],
          outputs: [{ type: 'IMAGE' }],
        },
      ],
      links: [[0, 0, 1, 0, 1, 'LATENT']],
      external: [],
    },
  };
  const file = ui(
    {
      4: { type: 'CheckpointLoaderSimple', values: [], out: ['MODEL', 'CLIP', 'VAE'] },
      5: { type: 'workflow>duo', values: [64, 32, 1], in: [['vae', 'VAE', 1]], out: ['IMAGE'] },
      6: save(2),
    },
    [
      [1, 4, 2, 5, 0],
      [2, 5, 0, 6, 0],
    ],
    { extra: { groupNodes } },
  );
  const { graph } = convertUi(file, info);
  expect(graph['5:0']?.inputs).toEqual({ width: 64, height: 32, batch_size: 1 });
  expect(graph['5:1']?.inputs).toEqual({ samples: ['5:0', 0], vae: ['4', 2] });
  expect(graph['6']?.inputs.images).toEqual(['5:1', 0]);
});

describe('bad days', () => {
  test('circles, links to nothing and ids that come twice are said in words', () => {
    const circle = ui(
      {
        1: { type: 'Reroute', in: [['', '*', 1]], out: ['*'] },
        2: { type: 'Reroute', in: [['', '*', 2]], out: ['*'] },
        3: save(3),
        4: save(99),
        5: save(4),
      },
      [
        [1, 2, 0, 1, 0],
        [2, 1, 0, 2, 0],
        [3, 1, 0, 3, 0],
        [4, 77, 0, 5, 0],
      ],
    );
    circle.nodes.push({ ...circle.nodes[2]! });
    const codes = convertUi(circle, info).problems.map(({ code }) => code);
    expect(codes.sort()).toEqual(['cycle', 'dangling_link', 'dangling_link', 'duplicate_id']);
    const loop = ui(
      {
        1: { type: 'Blend', in: [['image1', 'IMAGE', 2]], out: ['IMAGE'] },
        2: { type: 'Blend', in: [['image1', 'IMAGE', 1]], out: ['IMAGE'] },
      },
      [
        [1, 1, 0, 2, 0],
        [2, 2, 0, 1, 0],
      ],
    );
    expect(convertUi(loop, info).problems).toContainEqual(expect.objectContaining({ code: 'cycle' }));
  });

  test('a name like __proto__ stays a name', () => {
    const file = JSON.parse(
      '{"nodes":[{"id":"__proto__","type":"Odd","inputs":[],"widgets_values":{"__proto__":1,"constructor":2}}],"links":[]}',
    );
    const { graph } = convertUi(file, info);
    expect(Object.keys(graph)).toEqual(['__proto__']);
    expect(Object.prototype).not.toHaveProperty('class_type');
  });

  test('subgraphs that double with each level are stopped', () => {
    const levels = Array.from({ length: 30 }, (_, at) =>
      subgraph(`s${at}`, [], [], { 1: { type: `s${at + 1}` }, 2: { type: `s${at + 1}` } }, []),
    );
    levels.push(subgraph('s30', [], [], {}, []));
    const file = ui({ 1: { type: 's0' } }, [], { definitions: { subgraphs: levels } });
    expect(() => convertUi(file, info)).toThrow(/unfolds into more than/);
  });

  test('any damage gives a graph or the one named error', () => {
    const seeds = [textToPicture(), ui({ 1: { type: 'Resize', values: ['size'] } })].map((one) =>
      JSON.stringify(one),
    );
    let state = 7;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const junk = [null, -1, 'x', [], {}, 1e99, '__proto__', true];
    for (let round = 0; round < 400; round += 1) {
      const file = JSON.parse(seeds[round % 2]!);
      for (let hit = 0; hit < 4; hit += 1) {
        let at = file;
        for (let depth = 0; depth < 5; depth += 1) {
          const keys = Object.keys(at ?? {});
          const key = keys[Math.floor(random() * keys.length)];
          if (key === undefined || typeof at !== 'object') break;
          if (typeof at[key] !== 'object' || random() < 0.3) {
            at[key] = junk[Math.floor(random() * junk.length)];
            break;
          }
          at = at[key];
        }
      }
      try {
        convertUi(file, info);
      } catch (error) {
        expect((error as Error).name).toBe('WorkflowFileError');
      }
    }
  });

  test('a thousand nodes in a row are converted whole', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 1000 }, (_, at) => [
        at + 1,
        {
          type: 'Blend',
          values: [0.1],
          in: [['image1', 'IMAGE', at || null]] as [string, string, number | null][],
          out: ['IMAGE'],
        },
      ]),
    );
    const file = ui(
      nodes,
      Array.from({ length: 999 }, (_, at) => [at + 1, at + 1, 0, at + 2, 0]),
    );
    const { graph, problems } = convertUi(file, info);
    expect(Object.keys(graph)).toHaveLength(1000);
    expect(graph['1000']?.inputs.image1).toEqual(['999', 0]);
    expect(problems).toEqual([]);
  });
});

test('texts: dates as the frontend writes them, choices drawn with comments gone', () => {
  expect(formatDate('yyyy-MM-dd hh:mm:ss yy M', new Date(2026, 2, 4, 5, 6, 7))).toBe(
    '2026-03-04 05:06:07 26 3',
  );
  expect(drawChoices('a {b|{c|d}} e // gone', () => 0.99)).toBe('a d e ');
  expect(drawChoices('\\{kept\\}', () => 0)).toBe('{kept}');
});
