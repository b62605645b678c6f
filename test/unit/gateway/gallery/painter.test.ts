import { createCanvas } from '@napi-rs/canvas';
import { expect, it, onTestFinished } from 'vitest';
import { Painter } from '../../../../electron/gateway/gallery/painter.ts';
import { readImageSize } from '../../../../shared/image-size.ts';

function painter(): Painter {
  const one = new Painter();
  onTestFinished(() => one.stop());
  return one;
}

function photo(width: number, height: number) {
  const canvas = createCanvas(width, height);
  const paint = canvas.getContext('2d');
  paint.fillStyle = '#3060c0';
  paint.fillRect(0, 0, width, height);
  return canvas;
}

it.each(['png', 'jpeg', 'webp'] as const)('draws a %s small', async (format) => {
  const canvas = photo(1000, 400);
  const bytes = format === 'png' ? await canvas.encode('png') : await canvas.encode(format, 95);
  const drawn = await painter().draw(bytes);
  expect(drawn).toMatchObject({ width: 1000, height: 400 });
  expect(readImageSize(drawn?.large ?? Buffer.alloc(0))).toEqual({ width: 640, height: 256 });
  expect(readImageSize(drawn?.small ?? Buffer.alloc(0))).toEqual({ width: 320, height: 128 });
  const channels = [1, 3, 5].map((at) => Number.parseInt(drawn?.colour.slice(at, at + 2) ?? '', 16));
  for (const [index, channel] of [0x30, 0x60, 0xc0].entries())
    expect(Math.abs((channels[index] ?? Number.NaN) - channel)).toBeLessThan(10);
});

it('leaves a picture that is small already at its size', async () => {
  const drawn = await painter().draw(await photo(8, 5).encode('png'));
  expect(readImageSize(drawn?.large ?? Buffer.alloc(0))).toEqual({ width: 8, height: 5 });
});

it('draws nothing of what is no picture, is broken, or says that it is huge, and goes on afterwards', async () => {
  const good = await photo(50, 50).encode('png');
  const huge = Buffer.from(good);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  const one = painter();
  const bad = [
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    Buffer.alloc(0),
    good.subarray(0, 60),
    huge,
  ];
  const drawn = await Promise.all([...bad, good].map((bytes) => one.draw(bytes)));
  expect(drawn.map((each) => each?.width)).toEqual([undefined, undefined, undefined, undefined, 50]);
});
