import { createCanvas, Image } from '@napi-rs/canvas';
import { type Patch, pictureOf, playFrames } from './animation.ts';
import { exifOrientation } from './exif.ts';
import { decodeGif } from './gif.ts';
import { orient, type Picture, requireReasonableSize, unreadable } from './picture.ts';
import { decodePng, pngSignature } from './png-decode.ts';
import type { Bitmap } from './png-encode.ts';
import { riffChunks, riffFile } from './webp.ts';

/**
 * JPEG's segments without EXIF and colour profile: the decoder would turn the picture and convert its colours, and
 * ComfyUI does the one itself and the other not at all.
 */
function plainJpeg(file: Buffer): { bytes: Buffer; orientation: number } {
  const kept = [file.subarray(0, 2)];
  let orientation = 1;
  let at = 2;
  while (at + 4 <= file.length && file[at] === 0xff) {
    const marker = file[at + 1] as number;
    if (marker === 0xda) break;
    const end = at + 2 + file.readUInt16BE(at + 2);
    const body = file.subarray(at + 4, end);
    const isExif = marker === 0xe1 && body.toString('latin1', 0, 6) === 'Exif\0\0';
    if (isExif) orientation = exifOrientation(body);
    if (marker !== 0xe1 && marker !== 0xe2) kept.push(file.subarray(at, end));
    at = end;
  }
  return { bytes: Buffer.concat([...kept, file.subarray(at)]), orientation };
}

function plainWebp(file: Buffer): { bytes: Buffer; orientation: number } {
  const chunks = riffChunks(file);
  const exif = chunks.find(({ name }) => name === 'EXIF');
  const kept = chunks
    .filter(({ name }) => name !== 'EXIF' && name !== 'ICCP')
    .map(({ name, body }) => {
      if (name !== 'VP8X' || body.length === 0) return { name, body };
      const plain = Buffer.from(body);
      plain[0] = (plain[0] as number) & ~0x28;
      return { name, body: plain };
    });
  return { bytes: riffFile(kept), orientation: exif ? exifOrientation(exif.body) : 1 };
}

/** The formats handed to the canvas, by how their files begin. SVG and the like are never opened. */
function recognise(file: Buffer): { bytes: Buffer; orientation: number } {
  const head = file.toString('latin1', 0, 12);
  if (head.startsWith('\xff\xd8\xff')) return plainJpeg(file);
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return plainWebp(file);
  const known = /^BM|^.{4}ftypavi[fs]/s.test(head);
  if (!known) throw unreadable('it is neither PNG, JPEG, WebP, GIF, BMP nor AVIF');
  return { bytes: file, orientation: 1 };
}

async function throughCanvas(bytes: Buffer): Promise<Bitmap> {
  const image = new Image();
  image.src = bytes;
  await image.decode().catch(() => {
    throw unreadable('its data is broken');
  });
  const { width, height } = image;
  requireReasonableSize(width, height);
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

async function decodeStill(file: Buffer): Promise<Picture> {
  const { bytes, orientation } = recognise(file);
  const { width, height, bytes: rgba } = await throughCanvas(bytes);
  const seeThrough = rgba.some((value, i) => i % 4 === 3 && value < 255);
  return orient(pictureOf(rgba, width, height, seeThrough), orientation);
}

/** The frames of an animated WebP, each decoded as a still of its own; undefined for a still file. */
async function webpFrames(file: Buffer): Promise<Picture[] | undefined> {
  const chunks = riffChunks(file);
  const header = chunks.find(({ name }) => name === 'VP8X')?.body;
  const frames = chunks.filter(({ name, body }) => name === 'ANMF' && body.length > 16);
  if (!header || header.length < 10 || frames.length === 0) return undefined;
  const [width, height] = [header.readUIntLE(4, 3) + 1, header.readUIntLE(7, 3) + 1];
  requireReasonableSize(width, height * frames.length);
  const patches: Patch[] = [];
  for (const { body } of frames) {
    const marks = body[15] as number;
    const [x, y] = [body.readUIntLE(0, 3) * 2, body.readUIntLE(3, 3) * 2];
    const size = body.subarray(6, 12);
    const still = riffFile([
      { name: 'VP8X', body: Uint8Array.from([0x10, 0, 0, 0, ...size]) },
      // A frame's chunks lie behind its place as they would behind a file's head.
      ...riffChunks(Buffer.concat([Buffer.alloc(12), body.subarray(16)])),
    ]);
    const { width: w, height: h, bytes: rgba } = await throughCanvas(still);
    patches.push({
      x,
      y,
      width: w,
      height: h,
      rgba,
      over: (marks & 2) === 0,
      after: marks & 1 ? 'clear' : 'keep',
    });
  }
  return playFrames(width, height, patches, ((header[0] as number) & 0x10) !== 0);
}

/** Decodes a picture file by its content, whatever its name says: its frames, one for a still picture. */
export async function decodePicture(file: Buffer): Promise<[Picture, ...Picture[]]> {
  const head = file.toString('latin1', 0, 6);
  if (file.subarray(0, 8).equals(pngSignature)) return atLeastOne(await decodePng(file));
  if (head === 'GIF89a' || head === 'GIF87a') return atLeastOne(decodeGif(file));
  const animated = head.startsWith('RIFF') ? await webpFrames(file) : undefined;
  return atLeastOne(animated ?? [await decodeStill(file)]);
}

function atLeastOne(pictures: readonly Picture[]): [Picture, ...Picture[]] {
  const [first, ...rest] = pictures;
  if (!first) throw unreadable('it holds no picture');
  return [first, ...rest];
}
