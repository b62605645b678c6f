import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { readImageSize } from '../../../shared/image-size.ts';

const canvas = createCanvas(37, 21);

describe('readImageSize', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('reads a %s', async (format) => {
    const bytes = format === 'png' ? await canvas.encode('png') : await canvas.encode(format, 80);
    expect(readImageSize(bytes)).toEqual({ width: 37, height: 21 });
  });

  it('finds the frame of a JPEG behind a long comment', async () => {
    const jpeg = await canvas.encode('jpeg', 80);
    const comment = Buffer.alloc(60_000);
    comment.writeUInt16BE(0xfffe, 0);
    comment.writeUInt16BE(comment.length - 2, 2);
    const long = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
    expect(readImageSize(long)).toEqual({ width: 37, height: 21 });
  });

  it('reads the extended form of WebP', () => {
    const head = Buffer.alloc(30);
    head.write('RIFF', 0);
    head.write('WEBPVP8X', 8);
    head.writeUIntLE(639, 24, 3);
    head.writeUIntLE(479, 27, 3);
    expect(readImageSize(head)).toEqual({ width: 640, height: 480 });
  });

  it('reads a GIF', async () => {
    expect(readImageSize(await canvas.encode('gif'))).toEqual({ width: 37, height: 21 });
  });

  it('says nothing of anything else, nor of a picture cut short', async () => {
    expect(readImageSize(Buffer.from('BM, and so on for a good while longer'))).toBeUndefined();
    expect(readImageSize((await canvas.encode('jpeg', 80)).subarray(0, 20))).toBeUndefined();
    expect(readImageSize(Buffer.alloc(0))).toBeUndefined();
  });
});
