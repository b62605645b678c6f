import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { Pace } from './pixels.ts';
import { pngSignature } from './png-decode.ts';

const deflateAsync = promisify(deflate);

/** RGB or RGBA bytes, row by row. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bytes: Uint8Array;
}

export function pngChunk(type: string, body: Uint8Array): Buffer {
  const chunk = Buffer.alloc(body.length + 12);
  chunk.writeUInt32BE(body.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(body, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, body.length + 8)), body.length + 8);
  return chunk;
}

/** Tries "none", "sub" and "up" on each row and keeps what has the smallest sum of differences. */
async function filterRows({ width, height, channels, bytes }: Bitmap, pace: Pace): Promise<Buffer> {
  const length = width * channels;
  const out = Buffer.alloc((length + 1) * height);
  const tries = [new Uint8Array(length), new Uint8Array(length), new Uint8Array(length)] as const;
  for (let y = 0; y < height; y++) {
    const at = y * length;
    const sums = [0, 0, 0];
    for (let i = 0; i < length; i++) {
      const value = bytes[at + i] as number;
      const left = i < channels ? 0 : (bytes[at + i - channels] as number);
      const above = y === 0 ? 0 : (bytes[at + i - length] as number);
      const options = [value, value - left, value - above] as const;
      for (let k = 0; k < 3; k++) {
        const byte = (options[k] as number) & 255;
        (tries[k] as Uint8Array)[i] = byte;
        sums[k] = (sums[k] as number) + (byte < 128 ? byte : 256 - byte);
      }
    }
    const best = sums.indexOf(Math.min(...sums));
    out[y * (length + 1)] = best;
    out.set(tries[best] as Uint8Array, y * (length + 1) + 1);
    await pace();
  }
  return out;
}

export async function compressRows(bitmap: Bitmap, level: number, pace: Pace): Promise<Buffer> {
  return deflateAsync(await filterRows(bitmap, pace), { level });
}

export function pngHeader({ width, height, channels }: Bitmap): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([8, channels === 4 ? 6 : 2], 8);
  return pngChunk('IHDR', body);
}

/** Named texts, as PNG's `tEXt` and ComfyUI's `comf` chunks hold them. */
export type Texts = ReadonlyMap<string, string>;

export function textChunks(type: 'tEXt' | 'comf', texts: Texts): Buffer[] {
  return [...texts].map(([key, text]) => pngChunk(type, Buffer.from(`${key}\0${text}`, 'latin1')));
}

/** A still PNG with its texts before the pixels. `level` is zlib's, 0–9. */
export async function encodePng(bitmap: Bitmap, texts: Texts, level: number, pace: Pace): Promise<Buffer> {
  const data = await compressRows(bitmap, level, pace);
  return Buffer.concat([
    pngSignature,
    pngHeader(bitmap),
    ...textChunks('tEXt', texts),
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
