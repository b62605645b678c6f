import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../../electron/starter-engine/images/png-encode.ts';
import type { ImageBatch, MaskBatch, NodeContext } from '../../../../electron/starter-engine/nodes/node.ts';
import { objectInfo } from '../../../../electron/starter-engine/nodes/object-info.ts';
import { contextOf, engineFolders, nodeOf, run } from './run-node.ts';

let folders: NodeContext['folders'];
let dispose: () => Promise<void>;
const rgba = Uint8Array.from([255, 0, 51, 255, 10, 20, 30, 0]);
const rgb = Uint8Array.from([255, 0, 51, 10, 20, 30]);
let withAlpha: Buffer;

beforeAll(async () => {
  ({ folders, dispose } = await engineFolders());
  withAlpha = await encodePng(
    { width: 2, height: 1, channels: 4, bytes: rgba },
    new Map(),
    4,
    async () => {},
  );
  const plain = await encodePng(
    { width: 2, height: 1, channels: 3, bytes: rgb },
    new Map(),
    4,
    async () => {},
  );
  await mkdir(join(folders.input, 'sub'));
  await writeFile(join(folders.input, 'b.png'), withAlpha);
  await writeFile(join(folders.input, 'a.png'), plain);
  await writeFile(join(folders.input, 'notes.txt'), 'no picture');
  await writeFile(join(folders.input, 'sub', 'c.png'), plain);
  await writeFile(join(folders.output, 'made.png'), plain);
  await writeFile(join(folders.temp, 'seen.png'), plain);
});
afterAll(() => dispose());

async function load(value: string): Promise<[ImageBatch, MaskBatch]> {
  const result = await run('LoadImage', { image: value }, contextOf(folders));
  return result.outputs as unknown as [ImageBatch, MaskBatch];
}

describe('LoadImage', () => {
  it('gives straight colour over 255 and one minus alpha as the mask', async () => {
    const [image, mask] = await load('b.png');
    expect([...image.data]).toEqual([1, 0, 51 / 255, 10 / 255, 20 / 255, 30 / 255].map(Math.fround));
    expect([...mask.data]).toEqual([0, 1]);
    expect(image).toMatchObject({ batch: 1, height: 1, width: 2, channels: 3 });
  });

  it('gives an empty 64×64 mask where there is no alpha', async () => {
    const [, mask] = await load('a.png');
    expect(mask).toMatchObject({ batch: 1, height: 64, width: 64 });
    expect(mask.data.every((value) => value === 0)).toBe(true);
  });

  it.each(['sub/c.png', 'a.png [input]', 'made.png [output]', 'seen.png [temp]'])(
    'finds %s',
    async (value) => {
      const [image] = await load(value);
      expect(image.width).toBe(2);
      expect(nodeOf('LoadImage').validate?.check({ image: value }, folders)).toBe(true);
    },
  );

  it.each([
    'missing.png',
    '../output/made.png',
    '/etc/hostname',
    'sub',
    '../input/../../x [output]',
    'a.png\0',
    7,
  ])('refuses %j when the prompt is checked', (value) => {
    const answer = nodeOf('LoadImage').validate?.check({ image: value }, folders);
    expect(answer).toBe(`Invalid image file: ${String(value)}`);
  });

  it('has the hash of the file as its fingerprint, so that a replaced picture runs again', async () => {
    const fingerprint = await nodeOf('LoadImage').fingerprint?.({ image: 'b.png' }, folders);
    expect(fingerprint).toBe(createHash('sha256').update(withAlpha).digest('hex'));
  });

  it('offers the pictures of the input folder, and the mask node every file', () => {
    const choices = (type: string) =>
      (objectInfo(nodeOf(type), folders).input as { required: { image: unknown[][] } }).required.image[0];
    expect(choices('LoadImage')).toEqual(['a.png', 'b.png']);
    expect(choices('LoadImageMask')).toEqual(['a.png', 'b.png', 'notes.txt']);
  });

  it('turns a JPEG upright by its EXIF, once', async () => {
    const canvas = createCanvas(16, 8);
    const context = canvas.getContext('2d');
    context.fillStyle = '#ff0000';
    context.fillRect(0, 0, 8, 8);
    context.fillStyle = '#0000ff';
    context.fillRect(8, 0, 8, 8);
    const jpeg = await canvas.encode('jpeg', 95);
    const exif = Buffer.from(
      'ffe1002245786966' + '00004d4d002a00000008000101120003000000010006000000000000',
      'hex',
    );
    await writeFile(
      join(folders.input, 'turned.jpg'),
      Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]),
    );
    const [image] = await load('turned.jpg');
    expect([image.width, image.height]).toEqual([8, 16]);
    expect(image.data[0]).toBeGreaterThan(0.9);
    expect(image.data[image.data.length - 1]).toBeGreaterThan(0.9);
  });
});

describe('LoadImageMask', () => {
  it.each([
    ['red', [1, Math.fround(10 / 255)]],
    ['blue', [Math.fround(51 / 255), Math.fround(30 / 255)]],
    ['alpha', [0, 1]],
  ])('takes the %s channel', async (channel, values) => {
    const result = await run('LoadImageMask', { image: 'b.png', channel }, contextOf(folders));
    expect([...(result.outputs[0] as MaskBatch).data]).toEqual(values);
  });
});
