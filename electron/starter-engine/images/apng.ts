import type { Pace } from './pixels.ts';
import { pngSignature } from './png-decode.ts';
import { type Bitmap, compressRows, pngChunk, pngHeader, type Texts, textChunks } from './png-encode.ts';

interface Frame {
  readonly bitmap: Bitmap;
  /** How long it is shown, in milliseconds. */
  duration: number;
}

/** Equal neighbours become one frame shown longer, as PIL writes them. */
function mergeEqual(bitmaps: readonly Bitmap[], duration: number): Frame[] {
  const frames: Frame[] = [];
  for (const bitmap of bitmaps) {
    const last = frames.at(-1);
    if (last && Buffer.compare(last.bitmap.bytes, bitmap.bytes) === 0) last.duration += duration;
    else frames.push({ bitmap, duration });
  }
  return frames;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function frameControl(sequence: number, { bitmap, duration }: Frame): Buffer {
  const divisor = greatestDivisor(duration, 1000);
  const body = Buffer.alloc(26);
  body.writeUInt32BE(sequence, 0);
  body.writeUInt32BE(bitmap.width, 4);
  body.writeUInt32BE(bitmap.height, 8);
  body.writeUInt16BE(Math.min(65535, duration / divisor), 20);
  body.writeUInt16BE(1000 / divisor, 22);
  return pngChunk('fcTL', body);
}

/** An endless animation; ComfyUI's texts come after the pixels, in private `comf` chunks. One frame is a still PNG. */
export async function encodeApng(
  bitmaps: readonly [Bitmap, ...Bitmap[]],
  texts: Texts,
  duration: number,
  level: number,
  pace: Pace,
): Promise<Buffer> {
  const frames = mergeEqual(bitmaps, duration);
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames.length, 0);
  const parts = [pngSignature, pngHeader(bitmaps[0])];
  if (frames.length > 1) parts.push(pngChunk('acTL', control));
  let sequence = 0;
  for (const [index, frame] of frames.entries()) {
    const data = await compressRows(frame.bitmap, level, pace);
    if (frames.length > 1) parts.push(frameControl(sequence++, frame));
    if (index === 0) {
      parts.push(pngChunk('IDAT', data));
      continue;
    }
    const number = Buffer.alloc(4);
    number.writeUInt32BE(sequence++, 0);
    parts.push(pngChunk('fdAT', Buffer.concat([number, data])));
  }
  return Buffer.concat([...parts, ...textChunks('comf', texts), pngChunk('IEND', Buffer.alloc(0))]);
}
