import { createCanvas } from '@napi-rs/canvas';
import { decodePicture } from '../images/decode.ts';
import type { Picture } from '../images/picture.ts';
import { pngSignature } from '../images/png-decode.ts';
import { encodePng, type Texts } from '../images/png-encode.ts';

const noTexts: Texts = new Map();
const withoutPause = async (): Promise<void> => undefined;

function rgba({ width, height, rgb, alpha, keyedAlpha }: Picture, opaque: boolean): Uint8Array {
  const bytes = new Uint8Array(width * height * 4);
  const alphas = opaque ? undefined : (alpha ?? keyedAlpha);
  for (let i = 0; i < width * height; i++) {
    bytes.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
    bytes[i * 4 + 3] = alphas ? (alphas[i] as number) : 255;
  }
  return bytes;
}

/** `preview=webp;90` or `jpeg;80`. Another format, or a wish for the alpha channel, means WebP. */
export async function smallPreview(
  file: Buffer,
  wish: string,
  channel: string,
): Promise<{ mime: string; bytes: Buffer }> {
  const [picture] = await decodePicture(file);
  const [format = '', quality = ''] = wish.split(';');
  const jpeg = format === 'jpeg' && !channel.includes('a');
  const { width, height } = picture;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const data = context.createImageData(width, height);
  data.data.set(rgba(picture, jpeg || channel === 'rgb'));
  context.putImageData(data, 0, 0);
  const level = /^\d+$/.test(quality) ? Math.min(100, Number(quality)) : 90;
  return jpeg
    ? { mime: 'image/jpeg', bytes: await canvas.encode('jpeg', level) }
    : { mime: 'image/webp', bytes: await canvas.encode('webp', level) };
}

export async function opaquePng(file: Buffer): Promise<Buffer> {
  const [{ width, height, rgb }] = await decodePicture(file);
  return encodePng({ width, height, channels: 3, bytes: rgb }, noTexts, 4, withoutPause);
}

/** Black, with the picture's alpha. */
export async function alphaPng(file: Buffer): Promise<Buffer> {
  const [{ width, height, alpha }] = await decodePicture(file);
  const bytes = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) bytes[i * 4 + 3] = alpha ? (alpha[i] as number) : 255;
  return encodePng({ width, height, channels: 4, bytes }, noTexts, 4, withoutPause);
}

/** The original with the mask's alpha laid onto it; keeps the original's texts. Throws when the sizes differ. */
export async function withMask(original: Buffer, mask: Buffer): Promise<Buffer> {
  const [picture] = await decodePicture(original);
  const [{ width, height, alpha }] = await decodePicture(mask);
  if (width !== picture.width || height !== picture.height) {
    throw new Error(`The mask is ${width}×${height} and the picture ${picture.width}×${picture.height}.`);
  }
  const bytes = rgba({ ...picture, alpha: alpha ?? new Uint8Array(width * height).fill(255) }, false);
  return encodePng({ width, height, channels: 4, bytes }, textsOf(original), 4, withoutPause);
}

/** `tEXt` chunks of a PNG; nothing for other files. */
function textsOf(file: Buffer): Texts {
  const texts = new Map<string, string>();
  if (!file.subarray(0, 8).equals(pngSignature)) return texts;
  for (let at = 8; at + 12 <= file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) !== 'tEXt') continue;
    const body = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    const end = body.indexOf(0);
    if (end > 0) texts.set(body.toString('latin1', 0, end), body.toString('latin1', end + 1));
  }
  return texts;
}
