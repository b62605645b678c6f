import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { Studio, sha256 } from '../studio.ts';

const bytes = randomBytes(2500)
  .toString('latin1')
  .replaceAll(/[^ -~]/g, 'x');
const part = (number: number) =>
  Readable.from([Buffer.from(bytes.slice((number - 1) * 1000, number * 1000))]);
const anybody = (): void => undefined;

/** A studio, and an upload in it whose parts are all here but the last. */
async function begun() {
  const studio = await Studio.open({ limits: { partBytes: 1000 } });
  const { files, multipart } = studio.rooms;
  const announced = { file_name: 'a.png', file_size: bytes.length, content_type: 'image/png' };
  const { file_key } = await files.presign(studio.teamId, announced, '');
  const { upload } = await multipart.initiate(file_key, bytes.length, anybody);
  for (const number of [1, 2]) await multipart.receive(upload.id, number, part(number));
  return { studio, file_key, id: upload.id };
}

async function again(studio: Studio): Promise<Studio> {
  await studio.stop();
  return Studio.open({ limits: { partBytes: 1000 } }, studio.folder);
}

it('goes on after a restart of the gateway with the parts that came before', async () => {
  const { studio, id, file_key } = await begun();
  const { rooms } = await again(studio);
  expect(rooms.multipart.get(id, anybody).parts.map(({ number }) => number)).toEqual([1, 2]);
  await rooms.multipart.receive(id, 3, part(3));
  expect(await rooms.multipart.complete(id, [], anybody)).toMatchObject({ sha256: sha256(bytes) });
  expect(rooms.files.find(file_key)).toMatchObject({ sha256: sha256(bytes) });
});

it.each(['before', 'after'])(
  'is completed again when the gateway died %s the bytes got their name',
  async (when) => {
    const { studio, id, file_key } = await begun();
    const { multipart, objects } = studio.rooms;
    await multipart.receive(id, 3, part(3));
    const adopt = objects.adopt.bind(objects);
    objects.adopt = async (...args) => {
      if (when === 'after') await adopt(...args);
      throw new Error('died');
    };
    await expect(multipart.complete(id, [], anybody)).rejects.toThrow('died');
    const { rooms } = await again(studio);
    expect(rooms.files.find(file_key)).toMatchObject({ sha256: null });
    await expect(rooms.multipart.receive(id, 1, part(1))).rejects.toThrow('takes no more parts');
    expect(await rooms.multipart.complete(id, [], anybody)).toMatchObject({ sha256: sha256(bytes) });
    expect(rooms.files.find(file_key)).toMatchObject({ sha256: sha256(bytes) });
    expect(await rooms.objects.has(sha256(bytes))).toBe(true);
  },
);

it('removes bytes that no upload owns', async () => {
  const { studio, id } = await begun();
  await writeFile(join(studio.folder, 'objects/multipart/stray'), 'x');
  await studio.rooms.multipart.sweepStrays();
  expect(await studio.rooms.objects.parts.list()).toEqual([id]);
});
