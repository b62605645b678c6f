import { describe, expect, it } from 'vitest';
import { missingPacks, readNodeIndex } from '../../../../shared/comfy/missing-packs.ts';

const index = readNodeIndex({
  'https://localhost/a': [['Blur', 'Only A'], { title_aux: 'A' }],
  'https://localhost/b': [['Blur', 'Sharpen', 'Grain'], { title_aux: 'B' }],
  'https://localhost/odd': 'nothing',
  'https://localhost/worse': [[1, null, 'Odd'], 2],
});
const node = (type: string, pack: object = {}) => ({ type, nodes: ['1'], ...pack });

describe('missingPacks', () => {
  it('takes the word of the file first, and gathers the nodes of a pack', () => {
    const needed = [
      node('Blur', { cnr_id: 'blur-pack', ver: '1.2.0' }),
      node('Crop', { aux_id: 'me/crop' }),
      node('Deblur', { cnr_id: 'blur-pack', ver: '1.2.0' }),
    ];
    expect(missingPacks(needed, [], index)).toEqual([
      { pack: 'blur-pack', version: '1.2.0', nodeTypes: ['Blur', 'Deblur'], known: 'file', others: [] },
      { pack: 'me/crop', nodeTypes: ['Crop'], known: 'file', others: [] },
    ]);
  });

  it('asks the index where the file is silent: the pack that has most of what is missing', () => {
    expect(missingPacks([node('Blur'), node('Sharpen'), node('Odd')], [], index)).toEqual([
      {
        ...{ pack: 'https://localhost/b', nodeTypes: ['Blur', 'Sharpen'], known: 'index' },
        others: ['https://localhost/a'],
      },
      { pack: 'https://localhost/worse', nodeTypes: ['Odd'], known: 'index', others: [] },
    ]);
  });

  it('says what nobody knows, and passes over what the engine has', () => {
    expect(missingPacks([node('Who'), node('There'), node('Else')], ['There'])).toEqual([
      { pack: undefined, nodeTypes: ['Who', 'Else'], known: 'unknown', others: [] },
    ]);
    expect(missingPacks([], ['There'], index)).toEqual([]);
  });

  it.each([undefined, [], 'x', { a: {} }, { __proto__: [['x']] }])(
    'reads an index that makes no sense: %o',
    (value) => {
      expect(missingPacks([node('toString')], [], readNodeIndex(value))).toMatchObject([
        { known: 'unknown' },
      ]);
    },
  );
});
