import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodePicture } from '../../../../electron/starter-engine/images/decode.ts';
import { riffChunks } from '../../../../electron/starter-engine/images/webp.ts';
import type { ImageBatch, NodeContext } from '../../../../electron/starter-engine/nodes/node.ts';
import { bytesOf, contextOf, engineFolders, image, pattern, run, savedFiles } from './run-node.ts';

let folders: NodeContext['folders'];
let dispose: () => Promise<void>;
beforeEach(async () => {
  ({ folders, dispose } = await engineFolders());
});
afterEach(() => dispose());

const picture = pattern(7, 5, 37, 61, 17);
const prompt = {
  '1': { class_type: 'SolidMask', inputs: { value: 1, width: 7, height: 5 } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'Größe "1" \u007f😀' } },
};
const save = async (prefix: string, images: ImageBatch = picture) =>
  savedFiles(await run('SaveImage', { images, filename_prefix: prefix }, contextOf(folders)));

/** The chunks of a PNG as `[type, body]`. */
function chunksOf(file: Buffer): [string, Buffer][] {
  const chunks: [string, Buffer][] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    chunks.push([file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length)]);
    at += length + 12;
  }
  return chunks;
}

describe('SaveImage', () => {
  it('saves the pixels, with the prompt and the workflow as Python writes JSON', async () => {
    const context = contextOf(folders, { prompt, extraPngInfo: { workflow: { nodes: [1, 2.5, null] } } });
    const result = await run('SaveImage', { images: picture, filename_prefix: 'ComfyUI' }, context);
    expect(result.ui).toEqual({
      images: [{ filename: 'ComfyUI_00001_.png', subfolder: '', type: 'output' }],
    });
    const file = await readFile(join(folders.output, 'ComfyUI_00001_.png'));
    expect([...(await decodePicture(file))[0].rgb]).toEqual(bytesOf(picture));
    const texts = chunksOf(file).filter(([type]) => type === 'tEXt');
    expect(texts.map(([, body]) => body.toString('latin1'))).toEqual([
      'prompt\0{"1": {"class_type": "SolidMask", "inputs": {"value": 1.0, "width": 7, "height": 5}}, ' +
        '"2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], ' +
        '"filename_prefix": "Gr\\u00f6\\u00dfe \\"1\\" \\u007f\\ud83d\\ude00"}}}',
      'workflow\0{"nodes": [1, 2.5, null]}',
    ]);
  });

  it('counts on from the highest number of its own prefix', async () => {
    for (const name of ['x_00041_.png', 'x_y_00099_.png', 'xy_00077_.png', 'x_9_.txt', 'x_.png']) {
      await writeFile(join(folders.output, name), '');
    }
    expect((await save('x')).map(({ filename }) => filename)).toEqual(['x_00042_.png']);
    expect((await save('x_y')).map(({ filename }) => filename)).toEqual(['x_y_00100_.png']);
    expect((await save('new')).map(({ filename }) => filename)).toEqual(['new_00001_.png']);
  });

  it('sees what others wrote or removed since, and never writes over a file', async () => {
    await save('x');
    await writeFile(join(folders.output, 'x_00002_.png'), 'not ours');
    expect((await save('x'))[0]?.filename).toBe('x_00003_.png');
    expect(await readFile(join(folders.output, 'x_00002_.png'), 'utf8')).toBe('not ours');
    await rm(folders.output, { recursive: true });
    expect((await save('x'))[0]?.filename).toBe('x_00001_.png');
  });

  it('numbers a batch, and fills in the tokens of the prefix', async () => {
    const images = await image('RepeatImageBatch', { image: picture, amount: 2 });
    expect(await save('sub/%width%x%height%_%nope%_%batch_num%', images)).toEqual([
      { filename: '7x5_%nope%_0_00001_.png', subfolder: 'sub', type: 'output' },
      { filename: '7x5_%nope%_1_00002_.png', subfolder: 'sub', type: 'output' },
    ]);
  });

  it.each(['../out', 'sub/../../out', '/tmp/out', '..', 'a\0b'])('refuses the prefix %j', async (prefix) => {
    await expect(save(prefix)).rejects.toThrow('Saving image outside the output folder is not allowed');
    expect(await readdir(folders.output)).toEqual([]);
  });

  it('takes a deep prefix inside the folder', async () => {
    await mkdir(join(folders.output, 'a'));
    expect(await save('a/./b/../c/pic')).toEqual([
      { filename: 'pic_00001_.png', subfolder: join('a', 'c'), type: 'output' },
    ]);
  });
});

it('PreviewImage saves into the temp folder under a name of its own', async () => {
  const result = await run('PreviewImage', { images: picture }, contextOf(folders));
  const [saved] = savedFiles(result);
  expect(saved).toMatchObject({ subfolder: '', type: 'temp' });
  expect(saved?.filename).toMatch(/^ComfyUI_temp_[a-z]{5}_00001_\.png$/);
  expect(await readdir(folders.temp)).toEqual([saved?.filename]);
});

const settings = { filename_prefix: 'anim', fps: 8 };
const two = () => image('ImageBatch', { image1: picture, image2: pattern(7, 5, 3, 5, 90) });

describe('SaveAnimatedPNG', () => {
  it('writes every frame, its time, and the texts after the pixels', async () => {
    const inputs = { images: await two(), ...settings, compress_level: 4 };
    const result = await run('SaveAnimatedPNG', inputs, contextOf(folders, { prompt }));
    expect(result.ui?.animated).toEqual([true]);
    const file = await readFile(join(folders.output, 'anim_00001_.png'));
    const chunks = chunksOf(file);
    expect(chunks.map(([type]) => type)).toEqual([
      'IHDR',
      'acTL',
      'fcTL',
      'IDAT',
      'fcTL',
      'fdAT',
      'comf',
      'IEND',
    ]);
    const controls = chunks.filter(([type]) => type === 'fcTL').map(([, body]) => body);
    expect(
      controls.map((body) => [body.readUInt32BE(0), body.readUInt16BE(20), body.readUInt16BE(22)]),
    ).toEqual([
      [0, 1, 8],
      [1, 1, 8],
    ]);
    expect([...(await decodePicture(file))[0].rgb]).toEqual(bytesOf(picture));
  });

  it('writes equal frames once', async () => {
    const images = await image('RepeatImageBatch', { image: picture, amount: 3 });
    await run('SaveAnimatedPNG', { images, ...settings, compress_level: 4 }, contextOf(folders));
    const chunks = chunksOf(await readFile(join(folders.output, 'anim_00001_.png')));
    expect(chunks.map(([type]) => type)).toEqual(['IHDR', 'IDAT', 'comf', 'IEND']);
  });
});

describe('SaveAnimatedWEBP', () => {
  const webp = { ...settings, lossless: true, quality: 80, method: 'default' };

  it('writes lossless frames with their time, and the prompt as EXIF', async () => {
    const inputs = { images: await two(), ...webp };
    const result = await run('SaveAnimatedWEBP', inputs, contextOf(folders, { prompt: {} }));
    expect(result.ui?.animated).toEqual([true]);
    const file = await readFile(join(folders.output, 'anim_00001_.webp'));
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    const chunks = riffChunks(file);
    expect(chunks.map(({ name }) => name)).toEqual(['VP8X', 'ANIM', 'ANMF', 'ANMF', 'EXIF']);
    expect(chunks[2]?.body.readUIntLE(12, 3)).toBe(125);
    expect(chunks[4]?.body.toString('latin1')).toContain('prompt:{}\0');
    expect([...(await decodePicture(file))[0].rgb]).toEqual(bytesOf(picture));
  });

  it('writes one frame as a still picture', async () => {
    const result = await run(
      'SaveAnimatedWEBP',
      { images: picture, ...webp },
      contextOf(folders, { prompt: {} }),
    );
    expect(result.ui?.animated).toEqual([false]);
    const file = await readFile(join(folders.output, 'anim_00001_.webp'));
    expect(riffChunks(file).map(({ name }) => name)).toEqual(['VP8X', 'VP8L', 'EXIF']);
    expect([...(await decodePicture(file))[0].rgb]).toEqual(bytesOf(picture));
  });
});
