import { describe, expect, it } from 'vitest';
import { readOutputs } from '../../../../shared/comfy/outputs.ts';
import { outputKind } from '../../../../shared/output-kinds.ts';

describe('readOutputs', () => {
  it('finds files under every key, and words', () => {
    const outputs = readOutputs('7', {
      images: [{ filename: 'a.png', subfolder: 'x', type: 'output' }],
      animated: [true],
      gifs: [{ filename: 'b.mp4', subfolder: '', type: 'temp', format: 'video/h264-mp4' }],
      '3d': [{ filename: 'c.glb', type: 'output' }],
      text: ['hello'],
    });
    expect(outputs).toEqual([
      { kind: 'file', node_id: '7', filename: 'a.png', subfolder: 'x', type: 'output' },
      { kind: 'file', node_id: '7', filename: 'b.mp4', subfolder: '', type: 'temp' },
      { kind: 'file', node_id: '7', filename: 'c.glb', subfolder: '', type: 'output' },
      { kind: 'text', node_id: '7', text: 'hello' },
    ]);
  });

  it('leaves out what the run did not make', () => {
    expect(readOutputs('1', { images: [{ filename: 'in.png', subfolder: '', type: 'input' }] })).toEqual([]);
    expect(readOutputs('1', null)).toEqual([]);
  });
});

describe('outputKind', () => {
  it.each([
    ['a.PNG', 'image', 'image/png'],
    ['a.mp4', 'video', 'video/mp4'],
    ['a.flac', 'audio', 'audio/flac'],
    ['a.glb', 'file', 'model/gltf-binary'],
    ['a.latent', 'file', 'application/x-latent'],
  ])('knows %s', (name, kind, contentType) => {
    expect(outputKind(name, 'application/x-latent')).toEqual({ kind, contentType });
  });

  it('believes the engine where the ending tells nothing', () => {
    expect(outputKind('a.xyz', 'audio/x-new').kind).toBe('audio');
  });
});
