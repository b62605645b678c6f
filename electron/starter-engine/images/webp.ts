import { createCanvas } from '@napi-rs/canvas';
import { NodeError } from '../nodes/node.ts';
import type { Bitmap } from './png-encode.ts';

/** WebP is a RIFF file: chunks of a four-letter name, a little-endian length and a body padded to even. */
export function riffChunks(file: Buffer): { name: string; body: Buffer }[] {
  const chunks: { name: string; body: Buffer }[] = [];
  for (let at = 12; at + 8 <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    chunks.push({ name: file.toString('latin1', at, at + 4), body: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function riffChunk(name: string, body: Uint8Array): Buffer {
  const chunk = Buffer.alloc(8 + body.length + (body.length % 2));
  chunk.write(name, 'latin1');
  chunk.writeUInt32LE(body.length, 4);
  chunk.set(body, 8);
  return chunk;
}

/** A whole WebP file of these chunks. */
export function riffFile(chunks: readonly { name: string; body: Uint8Array }[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks.map(({ name, body }) => riffChunk(name, body))]);
  return riffChunk('RIFF', body);
}

/** WebP's side limit, in pixels. */
const maxSide = 16383;

/** The bare pictures (`VP8 ` or `VP8L`, with `ALPH` before it) of one frame. `quality` 100 is lossless. */
async function encodeFrame({ width, height, channels, bytes }: Bitmap, quality: number) {
  if (width > maxSide || height > maxSide) {
    throw new NodeError(
      `WebP holds pictures of up to ${maxSide} pixels a side; this one is ${width}×${height}.`,
    );
  }
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 4; c++)
      image.data[i * 4 + c] = c < channels ? (bytes[i * channels + c] as number) : 255;
  }
  context.putImageData(image, 0, 0);
  const file = await canvas.encode('webp', quality);
  return riffChunks(file).filter(({ name }) => ['ALPH', 'VP8 ', 'VP8L'].includes(name));
}

function u24(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
}

const flags = { alpha: 0x10, exif: 0x08, animation: 0x02 };

/** An endless animation, or a still picture of one frame; `duration` of a frame in milliseconds. */
export async function encodeWebp(
  bitmaps: readonly [Bitmap, ...Bitmap[]],
  exif: Buffer | undefined,
  duration: number,
  quality: number,
): Promise<Buffer> {
  const [{ width, height, channels }] = bitmaps;
  const animated = bitmaps.length > 1;
  const size = [...u24(width - 1), ...u24(height - 1)];
  const marks =
    (channels === 4 ? flags.alpha : 0) | (exif ? flags.exif : 0) | (animated ? flags.animation : 0);
  const chunks: { name: string; body: Uint8Array }[] = [
    { name: 'VP8X', body: Uint8Array.from([marks, 0, 0, 0, ...size]) },
  ];
  if (animated) chunks.push({ name: 'ANIM', body: new Uint8Array(6) });
  for (const bitmap of bitmaps) {
    const picture = await encodeFrame(bitmap, quality);
    if (!animated) {
      chunks.push(...picture);
      continue;
    }
    // Placed at the origin, shown for `duration`, overwriting the frame before instead of blending with it.
    const place = Uint8Array.from([
      ...u24(0),
      ...u24(0),
      ...size,
      ...u24(Math.min(duration, 0xffffff)),
      0x02,
    ]);
    chunks.push({
      name: 'ANMF',
      body: Buffer.concat([place, ...picture.map(({ name, body }) => riffChunk(name, body))]),
    });
  }
  // PIL heads the block with "Exif" in animations and not in stills; readers know both.
  const head = Buffer.from(animated ? 'Exif\0\0' : '');
  if (exif) chunks.push({ name: 'EXIF', body: Buffer.concat([head, exif]) });
  return riffFile(chunks);
}
