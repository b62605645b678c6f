import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';
import { type Patch, playFrames } from './animation.ts';
import { exifOrientation } from './exif.ts';
import { orient, type Picture, requireReasonableSize, unreadable } from './picture.ts';

export const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const inflateAsync = promisify(inflate);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/** PNG's colour types: samples a pixel, and the bit depths allowed. */
const colourTypes: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

interface Chunk {
  readonly type: string;
  readonly body: Buffer;
}

/** The chunks in order. Checks lengths, and checksums of critical chunks. */
function readChunks(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = pngSignature.length; ; ) {
    if (at + 12 > file.length) throw unreadable('the PNG ends before its end mark');
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const end = at + 8 + length;
    if (end + 4 > file.length) throw unreadable(`the PNG ends inside its ${type} chunk`);
    const critical = (file[at + 4] as number) < 0x60;
    if (critical && crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) {
      throw unreadable(`the PNG's ${type} chunk has a wrong checksum`);
    }
    chunks.push({ type, body: file.subarray(at + 8, end) });
    if (type === 'IEND') return chunks;
    at = end + 4;
  }
}

/** A frame of an animation: its `fcTL` and its pixels, from IDAT or fdAT chunks. */
interface FrameChunks {
  readonly control: Buffer;
  readonly data: Buffer[];
}

/** The frames of an APNG; none in a still file. */
function frameChunks(chunks: readonly Chunk[]): FrameChunks[] {
  const frames: FrameChunks[] = [];
  if (!chunks.some(({ type }) => type === 'acTL')) return frames;
  for (const { type, body } of chunks) {
    if (type === 'fcTL' && body.length === 26) frames.push({ control: body, data: [] });
    else if (type === 'IDAT') frames.at(-1)?.data.push(body);
    else if (type === 'fdAT') frames.at(-1)?.data.push(body.subarray(4));
  }
  return frames;
}

function readHeader(body: Buffer | undefined): Header {
  if (body?.length !== 13) throw unreadable('the PNG has no header');
  const [depth, colour, compression, filter, interlace] = body.subarray(8) as unknown as number[];
  const kind = colourTypes[colour ?? -1];
  if (!kind?.depths.includes(depth ?? 0) || compression !== 0 || filter !== 0 || (interlace ?? 2) > 1) {
    throw unreadable('the PNG header is not valid');
  }
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  requireReasonableSize(width, height);
  return { width, height, depth: depth ?? 8, colour: colour ?? 0, interlaced: interlace === 1 };
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

/** Adam7's seven passes, or the one of a plain file. Passes without pixels are left out. */
function passes({ width, height, interlaced }: Header): Pass[] {
  const steps = interlaced
    ? ([
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ] as const)
    : ([[0, 0, 1, 1]] as const);
  return steps
    .map(([x, y, stepX, stepY]) => ({
      x,
      y,
      stepX,
      stepY,
      width: Math.ceil((width - x) / stepX),
      height: Math.ceil((height - y) / stepY),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/** Undoes the filter of one row in place; `above` is the row before it, unfiltered. */
function unfilter(kind: number, row: Uint8Array, above: Uint8Array, pixel: number): void {
  for (let i = 0; i < row.length; i++) {
    const a = i < pixel ? 0 : (row[i - pixel] as number);
    const b = above[i] as number;
    const value = row[i] as number;
    if (kind === 1) row[i] = value + a;
    else if (kind === 2) row[i] = value + b;
    else if (kind === 3) row[i] = value + ((a + b) >> 1);
    else if (kind === 4) row[i] = value + paeth(a, b, i < pixel ? 0 : (above[i - pixel] as number));
  }
}

/**
 * One 8-bit sample each: of 16 bits the upper half, and palette indices and smaller depths as they are. 16-bit grey
 * is the exception: PIL, and so ComfyUI, clips it at 255 instead of scaling it.
 */
function samplesOfRow(row: Uint8Array, count: number, { depth, colour }: Header): Uint8Array {
  if (depth === 16 && colour === 0) {
    return Uint8Array.from({ length: count }, (_, i) => (row[i * 2] ? 255 : (row[i * 2 + 1] as number)));
  }
  if (depth === 8) return row.subarray(0, count);
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const bit = i * depth;
    const byte = row[bit >> 3] as number;
    out[i] = depth === 16 ? byte : (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
  return out;
}

async function readSamples(header: Header, data: Buffer): Promise<Uint8Array> {
  const samples = colourTypes[header.colour]?.samples ?? 1;
  const all = passes(header);
  const rowLength = (pass: Pass) => Math.ceil((pass.width * samples * header.depth) / 8);
  const expected = all.reduce((total, pass) => total + (rowLength(pass) + 1) * pass.height, 0);
  const raw = await inflateAsync(data, { maxOutputLength: expected + 65536 }).catch(() => {
    throw unreadable('the PNG holds broken data');
  });
  if (raw.length < expected) throw unreadable('the PNG holds too few pixels');
  const out = new Uint8Array(header.width * header.height * samples);
  let at = 0;
  for (const pass of all) {
    const length = rowLength(pass);
    let above: Uint8Array = new Uint8Array(length);
    for (let y = 0; y < pass.height; y++) {
      const row = raw.subarray(at + 1, at + 1 + length);
      unfilter(raw[at] as number, row, above, Math.max(1, (samples * header.depth) >> 3));
      const values = samplesOfRow(row, pass.width * samples, header);
      const line = (pass.y + y * pass.stepY) * header.width;
      if (pass.stepX === 1) out.set(values, line * samples);
      else {
        for (let i = 0; i < values.length; i++) {
          const x = pass.x + Math.floor(i / samples) * pass.stepX;
          out[(line + x) * samples + (i % samples)] = values[i] as number;
        }
      }
      above = row;
      at += length + 1;
    }
  }
  return out;
}

function fromPalette(indices: Uint8Array, palette: Buffer | undefined, alphas: Buffer | undefined) {
  if (!palette) throw unreadable('the PNG has no palette');
  const rgb = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const entry = (indices[i] as number) * 3;
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = palette[entry + c] ?? 0;
  }
  return { rgb, ...(alphas && { alpha: indices.map((index) => alphas[index] ?? 255) }) };
}

/** Splits samples into colour and alpha; grey is repeated, and stretched to 0..255 where it has fewer bits. */
function split(samples: Uint8Array, { colour, depth }: Header, key: Buffer | undefined) {
  const count = colourTypes[colour]?.samples ?? 1;
  const pixels = samples.length / count;
  const stretch = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const grey = colour === 0 || colour === 4;
  const rgb = new Uint8Array(pixels * 3);
  const hasAlpha = colour === 4 || colour === 6;
  const alpha = hasAlpha ? new Uint8Array(pixels) : undefined;
  const keyed = !hasAlpha && key ? new Uint8Array(pixels).fill(255) : undefined;
  for (let i = 0; i < pixels; i++) {
    const at = i * count;
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = (samples[grey ? at : at + c] as number) * stretch;
    if (alpha) alpha[i] = samples[at + count - 1] as number;
    if (keyed && key && [0, 1, 2].every((c) => rgb[i * 3 + c] === key[grey ? 1 : c * 2 + 1])) keyed[i] = 0;
  }
  return { rgb, ...(alpha && { alpha }), ...(keyed && { keyedAlpha: keyed }) };
}

/** Pixels of the size that `header` says. */
async function readPixels(
  header: Header,
  data: readonly Buffer[],
  chunks: readonly Chunk[],
): Promise<Picture> {
  const body = (type: string) => chunks.find((chunk) => chunk.type === type)?.body;
  const samples = await readSamples(header, Buffer.concat(data));
  const { width, height } = header;
  if (header.colour === 3) return { width, height, ...fromPalette(samples, body('PLTE'), body('tRNS')) };
  return { width, height, ...split(samples, header, body('tRNS')) };
}

async function readPatch(
  header: Header,
  { control, data }: FrameChunks,
  chunks: readonly Chunk[],
): Promise<Patch> {
  const [width, height] = [control.readUInt32BE(4), control.readUInt32BE(8)];
  requireReasonableSize(width, height);
  const { rgb, alpha } = await readPixels({ ...header, width, height }, data, chunks);
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    rgba.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
    rgba[i * 4 + 3] = alpha ? (alpha[i] as number) : 255;
  }
  const after = (['keep', 'clear', 'restore'] as const)[control[24] as number] ?? 'keep';
  return {
    x: control.readUInt32BE(12),
    y: control.readUInt32BE(16),
    width,
    height,
    rgba,
    over: control[25] === 1,
    after,
  };
}

/** Decodes a PNG of any kind exactly, alpha straight; of an animated one every frame. */
export async function decodePng(file: Buffer): Promise<Picture[]> {
  const chunks = readChunks(file);
  const header = readHeader(chunks[0]?.body);
  const still = chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body);
  const exif = chunks.find(({ type }) => type === 'eXIf')?.body;
  const first = await readPixels(header, still, chunks);
  const frames = frameChunks(chunks);
  if (frames.length < 2) return [orient(first, exif ? exifOrientation(exif) : 1)];
  requireReasonableSize(header.width, header.height * frames.length);
  const patches: Patch[] = [];
  for (const frame of frames) if (frame.data.length > 0) patches.push(await readPatch(header, frame, chunks));
  return playFrames(header.width, header.height, patches, first.alpha !== undefined);
}
