import { Readable } from 'node:stream';
import type { Row } from './rows.ts';
import type { World } from './world.ts';

const bytes = Buffer.from('ten bytes!');

async function announced({ gateway }: World): Promise<{ storage_key: string; file_size: number }> {
  const slot = await gateway.presign(gateway.keys.integration, 'a.png', 'image/png', bytes.length);
  return { storage_key: slot.file_key, file_size: bytes.length };
}

const anybody = (): void => undefined;

async function begun(world: World): Promise<{ uploadId: string }> {
  const { storage_key, file_size } = await announced(world);
  const { multipart } = world.gateway.gateway.rooms;
  const { upload } = await multipart.initiate(storage_key, file_size, anybody);
  return { uploadId: upload.id };
}

async function whole(world: World): Promise<{ uploadId: string }> {
  const { uploadId } = await begun(world);
  await world.gateway.gateway.rooms.multipart.receive(uploadId, 1, Readable.from([bytes]));
  return { uploadId };
}

/** Uploads in parts, and what is kept. */
export const fileRows: Readonly<Record<string, Row>> = {
  initiateMultipart: async (world) => ({ json: await announced(world), ok: 200 }),
  getMultipart: async (world) => ({ at: await begun(world), ok: 200 }),
  presignPart: async (world) => ({ at: await begun(world), json: { part_number: 1 }, ok: 200 }),
  completeMultipart: async (world) => ({ at: await whole(world), json: { parts: [] }, ok: 200 }),
  abortMultipart: async (world) => ({ at: await begun(world), ok: 204 }),
  getStorage: () => ({ ok: 200 }),
  getRetention: () => ({ ok: 200 }),
  updateRetention: () => ({ json: { output_days: -1 }, ok: 200 }),
  cleanStorage: () => ({ json: { dry_run: true }, ok: 200 }),
};
