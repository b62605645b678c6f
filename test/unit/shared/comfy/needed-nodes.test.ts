import { describe, expect, it } from 'vitest';
import { neededNodes } from '../../../../shared/comfy/needed-nodes.ts';

const node = (class_type: string, _meta: object = {}) => ({ class_type, inputs: {}, _meta });
const drawn = (type: string, properties: object) => ({ id: 1, type, properties });

describe('neededNodes', () => {
  it('names each node type of a graph once, with the pack that the graph’s own notes name', () => {
    const graph = { 1: node('Blur', { cnr_id: 'blur', ver: '1.2' }), 2: node('Save'), 3: node('Blur') };
    expect(neededNodes(graph as never)).toEqual([
      { type: 'Blur', nodes: ['1', '3'], cnr_id: 'blur', ver: '1.2' },
      { type: 'Save', nodes: ['2'] },
    ]);
  });

  it('takes the drawing’s word for it, inside subgraphs too, and needs nothing that is only drawn', () => {
    const drawing = {
      nodes: [drawn('Blur', {}), drawn('Blur', { aux_id: 'ann/blur' }), drawn('Off', { cnr_id: 'off' })],
      definitions: { subgraphs: [{ nodes: [drawn('Grain', { cnr_id: 'grain', ver: '2' }), null, 7] }, 'x'] },
    };
    const graph = { 1: node('Blur', { cnr_id: 'not-this' }), '5:2': node('Grain') };
    expect(neededNodes(graph as never, drawing)).toEqual([
      { type: 'Blur', nodes: ['1'], aux_id: 'ann/blur' },
      { type: 'Grain', nodes: ['5:2'], cnr_id: 'grain', ver: '2' },
    ]);
    expect(neededNodes({ 1: node('toString') } as never, 'nonsense')).toEqual([
      { type: 'toString', nodes: ['1'] },
    ]);
  });
});
