import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../../../electron/starter-engine/images/decode.ts';
import { exifOfTexts } from '../../../../electron/starter-engine/images/exif.ts';
import {
  decodePng as decodeFrames,
  pngSignature,
} from '../../../../electron/starter-engine/images/png-decode.ts';
import { encodePng, pngChunk } from '../../../../electron/starter-engine/images/png-encode.ts';

const atOnce = async () => {};

async function decodePng(file: Buffer) {
  const [picture] = await decodeFrames(file);
  if (!picture) throw new Error('no picture');
  return picture;
}

interface Spec {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlace?: number;
}

/** A PNG of unfiltered rows, made by hand. */
function png(spec: Spec, rows: readonly number[][], extra: readonly Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(spec.width, 0);
  header.writeUInt32BE(spec.height, 4);
  header.set([spec.depth, spec.colour, 0, 0, spec.interlace ?? 0], 8);
  return Buffer.concat([
    pngSignature,
    pngChunk('IHDR', header),
    ...extra,
    pngChunk('IDAT', deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

const chunk = (type: string, ...bytes: number[]) => pngChunk(type, Uint8Array.from(bytes));

describe('decoding PNG', () => {
  it('keeps the colour under transparent pixels and the alpha as they are', async () => {
    const picture = await decodePng(
      png({ width: 2, height: 1, depth: 8, colour: 6 }, [[250, 3, 77, 0, 9, 8, 7, 1]]),
    );
    expect([...picture.rgb]).toEqual([250, 3, 77, 9, 8, 7]);
    expect([...(picture.alpha ?? [])]).toEqual([0, 1]);
  });

  it('reads palettes of few bits, with their alpha', async () => {
    const extra = [chunk('PLTE', 1, 2, 3, 4, 5, 6, 7, 8, 9), chunk('tRNS', 10, 20)];
    const picture = await decodePng(
      png({ width: 3, height: 1, depth: 2, colour: 3 }, [[0b00_01_10_00]], extra),
    );
    expect([...picture.rgb]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...(picture.alpha ?? [])]).toEqual([10, 20, 255]);
  });

  it('stretches grey of few bits, and takes the upper half of 16-bit colour', async () => {
    const grey = await decodePng(png({ width: 4, height: 1, depth: 2, colour: 0 }, [[0b00_01_10_11]]));
    expect([...grey.rgb].filter((_, i) => i % 3 === 0)).toEqual([0, 85, 170, 255]);
    const deep = await decodePng(
      png({ width: 1, height: 1, depth: 16, colour: 2 }, [[200, 255, 7, 0, 9, 128]]),
    );
    expect([...deep.rgb]).toEqual([200, 7, 9]);
  });

  it('clips 16-bit grey at 255 as ComfyUI does', async () => {
    const picture = await decodePng(png({ width: 2, height: 1, depth: 16, colour: 0 }, [[0, 77, 1, 0]]));
    expect([...picture.rgb]).toEqual([77, 77, 77, 255, 255, 255]);
  });

  it('keeps a single transparent colour apart from an alpha band', async () => {
    const key = chunk('tRNS', 0, 9, 0, 8, 0, 7);
    const picture = await decodePng(
      png({ width: 2, height: 1, depth: 8, colour: 2 }, [[9, 8, 7, 9, 8, 6]], [key]),
    );
    expect(picture.alpha).toBeUndefined();
    expect([...(picture.keyedAlpha ?? [])]).toEqual([0, 255]);
  });

  it('puts the passes of an interlaced picture in place', async () => {
    // 3×3 in Adam7: passes 1 (0,0), 4 (2,0), 5 (0,2 2,2), 6 (1,0 1,2), 7 (row 1).
    const rows = [[1], [3], [7, 9], [2], [8], [4, 5, 6]];
    const picture = await decodePng(png({ width: 3, height: 3, depth: 8, colour: 0, interlace: 1 }, rows));
    expect([...picture.rgb].filter((_, i) => i % 3 === 0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('turns a picture upright as its EXIF says', async () => {
    const exif = Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex');
    const spec = { width: 2, height: 1, depth: 8, colour: 0 };
    const picture = await decodePng(png(spec, [[1, 2]], [pngChunk('eXIf', exif)]));
    expect([picture.width, picture.height]).toEqual([1, 2]);
    expect([...picture.rgb]).toEqual([1, 1, 1, 2, 2, 2]);
  });

  const good = png({ width: 1, height: 1, depth: 8, colour: 0 }, [[5]]);
  const flipped = Buffer.from(good);
  flipped[20] = 0xff;
  it.each([
    ['ends early', good.subarray(0, 40), /ends/],
    ['has a wrong checksum', flipped, /checksum/],
    ['lacks pixels', png({ width: 9, height: 9, depth: 8, colour: 0 }, [[5]]), /too few pixels/],
    [
      'holds no zlib stream',
      Buffer.concat([good.subarray(0, 33), chunk('IDAT', 1, 2, 3), chunk('IEND')]),
      /broken data/,
    ],
    ['lacks its palette', png({ width: 1, height: 1, depth: 8, colour: 3 }, [[5]]), /palette/],
    [
      'has an impossible depth',
      png({ width: 1, height: 1, depth: 4, colour: 2 }, [[5]]),
      /header is not valid/,
    ],
    [
      'claims a monstrous size',
      png({ width: 60000, height: 60000, depth: 8, colour: 0 }, [[5]]),
      /60000×60000/,
    ],
    ['is no picture', Buffer.from('hello, I am a text file'), /neither PNG/],
    ['is an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /neither PNG/],
  ])('refuses a file that %s, in words', async (_, file, words) => {
    await expect(decodePicture(file)).rejects.toThrow(words);
  });

  it('does not inflate more than the header announces', async () => {
    const header = png({ width: 1, height: 1, depth: 8, colour: 0 }, []).subarray(0, 33);
    const bomb = pngChunk('IDAT', deflateSync(Buffer.alloc(50_000_000)));
    await expect(decodePng(Buffer.concat([header, bomb, chunk('IEND')]))).rejects.toThrow(/broken data/);
  });
});

describe('encoding PNG', () => {
  it.each([3, 4])('gives back the same bytes with %i channels', async (channels) => {
    const bytes = Uint8Array.from({ length: 11 * 7 * channels }, (_, i) => (i * i * 7) % 256);
    const file = await encodePng(
      { width: 11, height: 7, channels, bytes },
      new Map([['prompt', '{}']]),
      4,
      atOnce,
    );
    const picture = await decodePng(file);
    const pixels = Array.from({ length: 77 }, (_, i) => [
      ...bytes.subarray(i * channels, (i + 1) * channels),
    ]);
    expect([...picture.rgb]).toEqual(pixels.flatMap((pixel) => pixel.slice(0, 3)));
    expect(picture.alpha && [...picture.alpha]).toEqual(
      channels === 4 ? pixels.map((pixel) => pixel[3]) : undefined,
    );
    expect(file.includes('tEXtprompt\0{}')).toBe(true);
  });
});

it('EXIF texts are laid out as Pillow writes them', () => {
  const exif = exifOfTexts(
    new Map([
      [0x0110, 'prompt:{}'],
      [0x010f, 'a:1'],
    ]),
  );
  // Read from Pillow: Exif() with these two tags, tobytes() without its "Exif\0\0" head.
  expect(exif.toString('hex')).toBe(
    '4d4d002a000000080002010f000200000004613a310001100002000000' + '0a000000260000000070726f6d70743a7b7d00',
  );
});
