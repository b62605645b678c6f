import { describe, expect, it } from 'vitest';
import type { EngineInfo } from '#shared/link/protocol.ts';
import { figuresOf, sameBarFigures } from '../../../../electron/agent/engines/figures.ts';

const device = { name: 'cpu', type: 'cpu', vram_total: 2, vram_free: 1 };
const info: EngineInfo = {
  name: 'one',
  tool: 'comfyui',
  flavour: 'comfyui',
  version: '1',
  pytorch_version: '',
  state: 'ready',
  reason: '',
  devices: [device],
  node_types: ['A'],
};

describe('figures of engines', () => {
  it('are told of those that are up, the queue as far as it is known', () => {
    const two = { ...info, name: 'two', queue_remaining: 0 };
    expect(figuresOf([info, two, { ...info, state: 'crashed', queue_remaining: 1 }])).toEqual([
      { name: 'one', devices: [device] },
      { name: 'two', devices: [device], queue_remaining: 0 },
    ]);
  });

  it.each([
    [true, { devices: [{ ...device, vram_free: 0 }], queue_remaining: 4 }],
    [false, { state: 'crashed' as const }],
    [false, { node_types: ['A', 'B'] }],
    [false, { node_info_hash: 'f'.repeat(64) }],
  ])('alone are no news: %s for %o', (same, change) => {
    expect(sameBarFigures(info, { ...info, ...change })).toBe(same);
    expect(sameBarFigures({ ...info, ...change }, info)).toBe(same);
  });
});
