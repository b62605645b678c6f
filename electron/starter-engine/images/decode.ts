import { createCanvas, Image } from '@napi-rs/canvas';
import { exifOrientation } from './exif.ts';
import { orient, type Picture, requireReasonableSize, unreadable } from './picture.ts';
import { decodePng, pngSignature } from './png-decode.ts';
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
  const known = /^GIF8[79]a|^BM|^.{4}ftypavi[fs]/s.test(head);
  if (!known) throw unreadable('it is neither PNG, JPEG, WebP, GIF, BMP nor AVIF');
  return { bytes: file, orientation: 1 };
}

async function throughCanvas(file: Buffer): Promise<Picture> {
  const { bytes, orientation } = recognise(file);
  const image = new Image();
  image.src = bytes;
  await image.decode().catch(() => {
    throw unreadable('its data is broken');
  });
  const { width, height } = image;
  requireReasonableSize(width, height);
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const rgb = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  for (let i = 0; i < alpha.length; i++) {
    rgb.set(rgba.subarray(i * 4, i * 4 + 3), i * 3);
    alpha[i] = rgba[i * 4 + 3] as number;
  }
  const seeThrough = alpha.some((value) => value < 255);
  return orient({ width, height, rgb, ...(seeThrough && { alpha }) }, orientation);
}

/** Decodes a picture file by its content, whatever its name says; of an animation the first frame. */
export function decodePicture(file: Buffer): Promise<Picture> {
  return file.subarray(0, 8).equals(pngSignature) ? decodePng(file) : throughCanvas(file);
}
