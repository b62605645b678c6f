import { type Patch, playFrames } from './animation.ts';
import { type Picture, requireReasonableSize, unreadable } from './picture.ts';

/** Reads on through a GIF; past its end is an error in words. */
class Reader {
  #at = 0;
  readonly #file: Buffer;

  constructor(file: Buffer, at: number) {
    this.#file = file;
    this.#at = at;
  }

  byte(): number {
    const value = this.#file[this.#at++];
    if (value === undefined) throw unreadable('the GIF ends too early');
    return value;
  }

  word(): number {
    return this.byte() | (this.byte() << 8);
  }

  bytes(length: number): Buffer {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#file.length) throw unreadable('the GIF ends too early');
    return this.#file.subarray(from, this.#at);
  }

  /** Sub-blocks, each with its length before it, up to an empty one. */
  blocks(): Buffer {
    const parts: Buffer[] = [];
    for (let length = this.byte(); length > 0; length = this.byte()) parts.push(this.bytes(length));
    return Buffer.concat(parts);
  }
}

/** Unpacks GIF's LZW into `count` palette indices; missing ones stay 0. */
function unpack(data: Buffer, minimum: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  const [clear, end] = [1 << minimum, (1 << minimum) + 1];
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  let [size, next, previous, first] = [minimum + 1, end + 1, -1, 0];
  let [bits, held, at, written] = [0, 0, 0, 0];
  while (written < count) {
    while (held < size && at < data.length) {
      bits |= (data[at++] as number) << held;
      held += 8;
    }
    if (held < size) break;
    const code = bits & ((1 << size) - 1);
    bits >>>= size;
    held -= size;
    if (code === end) break;
    if (code === clear) {
      [size, next, previous] = [minimum + 1, end + 1, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0)) throw unreadable('the GIF holds broken data');
    let depth = 0;
    let walk = code;
    if (code === next) {
      stack[depth++] = first;
      walk = previous;
    }
    for (; walk > end; walk = prefix[walk] as number) stack[depth++] = suffix[walk] as number;
    first = walk;
    stack[depth++] = first;
    while (depth > 0 && written < count) out[written++] = stack[--depth] as number;
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next++] = first;
      if (next === 1 << size && size < 12) size++;
    }
    previous = code;
  }
  return out;
}

/** Where each stored row belongs when the rows come in GIF's four passes. */
function interlacedRows(height: number): number[] {
  const rows = Array.from({ length: height }, (_, y) => y);
  const pass = (y: number) => (y % 8 === 0 ? 0 : y % 8 === 4 ? 1 : y % 4 === 2 ? 2 : 3);
  return rows.sort((a, b) => pass(a) - pass(b) || a - b);
}

interface Control {
  readonly disposal: number;
  readonly transparent: number;
}

function readPatch(reader: Reader, global: Buffer | undefined, control: Control): Patch {
  const [x, y, width, height, flags] = [
    reader.word(),
    reader.word(),
    reader.word(),
    reader.word(),
    reader.byte(),
  ];
  requireReasonableSize(width, height);
  const palette = flags & 0x80 ? reader.bytes(3 << ((flags & 7) + 1)) : global;
  if (!palette) throw unreadable('the GIF has no palette');
  const minimum = reader.byte();
  if (minimum < 1 || minimum > 11) throw unreadable('the GIF holds broken data');
  const indices = unpack(reader.blocks(), minimum, width * height);
  const rows = flags & 0x40 ? interlacedRows(height) : undefined;
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    const to = rows ? (rows[Math.floor(i / width)] as number) * width + (i % width) : i;
    for (let c = 0; c < 3; c++) rgba[to * 4 + c] = palette[index * 3 + c] ?? 0;
    rgba[to * 4 + 3] = index === control.transparent ? 0 : 255;
  }
  const after = control.disposal === 2 ? 'clear' : control.disposal === 3 ? 'restore' : 'keep';
  return { x, y, width, height, rgba, over: true, after };
}

/** Decodes every frame of a GIF. */
export function decodeGif(file: Buffer): Picture[] {
  const reader = new Reader(file, 6);
  const [width, height, flags] = [reader.word(), reader.word(), reader.byte()];
  requireReasonableSize(width, height);
  reader.bytes(2);
  const global = flags & 0x80 ? reader.bytes(3 << ((flags & 7) + 1)) : undefined;
  const patches: Patch[] = [];
  let control: Control = { disposal: 0, transparent: -1 };
  let hasAlpha = false;
  for (let mark = reader.byte(); mark !== 0x3b; mark = reader.byte()) {
    if (mark === 0x2c) {
      if (patches.length === 0) hasAlpha = control.transparent >= 0;
      patches.push(readPatch(reader, global, control));
      requireReasonableSize(width, height * patches.length);
      control = { disposal: 0, transparent: -1 };
    } else if (mark === 0x21) {
      const isControl = reader.byte() === 0xf9;
      const body = reader.blocks();
      if (isControl && body.length >= 4) {
        const packed = body[0] as number;
        control = { disposal: (packed >> 2) & 7, transparent: packed & 1 ? (body[3] as number) : -1 };
      }
    } else throw unreadable('the GIF holds broken data');
  }
  if (patches.length === 0) throw unreadable('the GIF holds no picture');
  return playFrames(width, height, patches, hasAlpha);
}
