import { describe, expect, it } from 'vitest';
import { newImage, type Pixels, toBytes } from '../../../../electron/starter-engine/images/pixels.ts';
import { resize } from '../../../../electron/starter-engine/images/resample.ts';

const noPause = async (): Promise<void> => undefined;

function noise(width: number, height: number): Pixels {
  const pixels = newImage({ batch: 1, width, height, channels: 3 });
  let state = 7;
  for (let i = 0; i < pixels.data.length; i++) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    pixels.data[i] = ((state >> 16) % 256) / 255;
  }
  return pixels;
}

const lanczos = (pixels: Pixels, width: number, height: number) =>
  resize(pixels, width, height, 'lanczos', noPause);

describe('Lanczos, whose passes meet in bytes', () => {
  // Pillow 13: rows first when the height shrinks, and by more than twice as many pixels as the width.
  it.each([
    ['rows', 97, 61, 200, 31],
    ['rows', 97, 61, 90, 20],
    ['rows', 20, 40, 18, 35],
    ['columns', 20, 40, 18, 36],
    ['columns', 97, 61, 50, 50],
    ['columns', 97, 61, 300, 90],
    ['columns', 97, 61, 20, 90],
  ])('takes %s first from %d×%d to %d×%d', async (first, width, height, toWidth, toHeight) => {
    const source = noise(width, height);
    const between =
      first === 'rows' ? await lanczos(source, width, toHeight) : await lanczos(source, toWidth, height);
    const other =
      first === 'rows' ? await lanczos(source, toWidth, height) : await lanczos(source, width, toHeight);
    const got = toBytes((await lanczos(source, toWidth, toHeight)).data);
    expect(got).toEqual(toBytes((await lanczos(between, toWidth, toHeight)).data));
    expect(got).not.toEqual(toBytes((await lanczos(other, toWidth, toHeight)).data));
  });
});

describe('areas', () => {
  it('are added up and divided in float32, the height before the width', async () => {
    const source = noise(3, 3);
    const { data } = await resize(source, 1, 1, 'area', noPause);
    let sum = 0;
    for (let i = 0; i < 9; i++) sum = Math.fround(sum + (source.data[i * 3] as number));
    expect(data[0]).toBe(Math.fround(Math.fround(sum / 3) / 3));
  });

  it('overlap where they do not fit', async () => {
    const source = newImage({ batch: 1, width: 3, height: 1, channels: 1 });
    source.data.set([0, 0.5, 1]);
    const { data } = await resize(source, 2, 1, 'area', noPause);
    expect([...data]).toEqual([0.25, 0.75]);
  });
});
