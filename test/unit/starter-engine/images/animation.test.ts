import { describe, expect, it } from 'vitest';
import { playFrames } from '../../../../electron/starter-engine/images/animation.ts';
import { encodeApng } from '../../../../electron/starter-engine/images/apng.ts';
import { decodePicture } from '../../../../electron/starter-engine/images/decode.ts';
import { encodeWebp } from '../../../../electron/starter-engine/images/webp.ts';

const bitmaps = [0, 90, 200].map((shift) => ({
  width: 5,
  height: 3,
  channels: 3,
  bytes: Uint8Array.from({ length: 45 }, (_, i) => (i * 31 + shift) % 256),
}));
const [one, two, three] = bitmaps as [(typeof bitmaps)[0], (typeof bitmaps)[0], (typeof bitmaps)[0]];

describe('decoding animations', () => {
  it('gives every frame of a GIF that Pillow wrote', async () => {
    // Two pixels, red and green, then red and blue; the second frame holds only what changed.
    const gif = Buffer.from(
      '4749463839610200010081000000ff00ff000000000000000021f90400050000002c0000000002000100000805000300' +
        '08080021f90401050002002c010000000100010081ff00000000ff000000000000080400030404003b',
      'hex',
    );
    const frames = await decodePicture(gif);
    expect(frames.map(({ rgb }) => [...rgb])).toEqual([
      [255, 0, 0, 0, 255, 0],
      [255, 0, 0, 0, 0, 255],
    ]);
    await expect(decodePicture(gif.subarray(0, 60))).rejects.toThrow('the GIF ends too early');
  });

  it('gives back every frame of an animated PNG', async () => {
    const file = await encodeApng([one, two, three], new Map(), 100, 4, async () => {});
    const frames = await decodePicture(file);
    expect(frames.map(({ rgb }) => [...rgb])).toEqual(bitmaps.map(({ bytes }) => [...bytes]));
  });

  it('gives back every frame of a lossless animated WebP', async () => {
    const frames = await decodePicture(await encodeWebp([one, two, three], undefined, 100, 100));
    expect(frames.map(({ rgb }) => [...rgb])).toEqual(bitmaps.map(({ bytes }) => [...bytes]));
  });
});

describe('playing frames', () => {
  const dot = (x: number, value: number, alpha: number, after: 'keep' | 'clear' | 'restore') => ({
    x,
    y: 0,
    width: 1,
    height: 1,
    rgba: Uint8Array.from([value, value, value, alpha]),
    over: true,
    after,
  });
  const alphas = (...patches: Parameters<typeof playFrames>[2]) =>
    playFrames(3, 1, patches, true).map(({ alpha }) => [...(alpha ?? [])]);

  it('keeps, clears or restores what a frame covered', () => {
    expect(alphas(dot(0, 1, 255, 'keep'), dot(1, 2, 255, 'clear'), dot(2, 3, 255, 'keep'))).toEqual([
      [255, 0, 0],
      [255, 255, 0],
      [255, 0, 255],
    ]);
    expect(alphas(dot(0, 1, 255, 'keep'), dot(0, 9, 255, 'restore'), dot(1, 3, 255, 'keep'))[2]).toEqual([
      255, 255, 0,
    ]);
  });

  it('lets the frame before show through transparent pixels', () => {
    const frames = playFrames(3, 1, [dot(0, 70, 255, 'keep'), dot(0, 9, 0, 'keep')], false);
    expect(frames[1]?.rgb[0]).toBe(70);
  });

  it('refuses more pixels than a decompression bomb may have', () => {
    expect(() => playFrames(16000, 16000, [dot(0, 1, 255, 'keep')], true)).toThrow(/16000×16000/);
  });
});
