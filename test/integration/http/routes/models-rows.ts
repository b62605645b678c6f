import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { samples } from '../../../unit/shared/models/samples.ts';
import type { Row } from './rows.ts';
import type { World } from './world.ts';

const bytes = Buffer.from(samples.vae);
const file_hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const path = (): string => `models/vae/${crypto.randomUUID()}.safetensors`;

/** Uploaded, not registered yet. */
async function uploaded({ gateway }: World) {
  const { uploads } = gateway.gateway.rooms.models;
  const wish = { file_name: 'a.safetensors', file_size: bytes.length, model_type: 'vae', model_path: path() };
  const { upload_url, storage_key } = await uploads.presign(gateway.owner.teamId, wish, 'http://x');
  const query = Object.fromEntries(new URL(upload_url).searchParams);
  await uploads.receive(uploads.permitted(storage_key, query), Readable.from([bytes]));
  const { model_type, model_path, file_size } = wish;
  return { display_name: 'A VAE', model_type, model_path, file_size, storage_key, file_hash };
}

async function registered(world: World): Promise<{ modelId: string }> {
  const { library } = world.gateway.gateway.rooms.models;
  return { modelId: await library.register(world.gateway.owner.teamId, await uploaded(world)) };
}

/** Nothing is there, so it has failed or is about to. */
async function fetching({ gateway }: World): Promise<{ fetchId: string }> {
  const { fetches } = gateway.gateway.rooms.models;
  const wish = { url: 'https://nowhere.invalid/a.safetensors', model_type: 'vae', model_path: path() };
  return { fetchId: await fetches.add(gateway.owner.teamId, wish) };
}

export const modelRows: Readonly<Record<string, Row>> = {
  presignModel: () => ({
    json: { file_name: 'a.safetensors', file_size: 10, model_type: 'vae', model_path: path() },
    ok: 200,
  }),
  registerModel: async (world) => ({ json: await uploaded(world), ok: 200 }),
  listModels: () => ({ ok: 200 }),
  getModel: async (world) => ({ at: await registered(world), ok: 200 }),
  updateModel: async (world) => ({
    at: await registered(world),
    json: { model_status: 'disabled' },
    ok: 200,
  }),
  deleteModel: async (world) => ({ at: await registered(world), ok: 200 }),
  listModelInventory: () => ({ ok: 200 }),
  getModelSummary: () => ({ ok: 200 }),
  fetchModel: () => ({
    json: { url: 'https://nowhere.invalid/a.safetensors', model_type: 'vae', model_path: path() },
    ok: 202,
  }),
  listModelFetches: () => ({ ok: 200 }),
  // It is still being tried.
  retryModelFetch: async (world) => ({ at: await fetching(world), ok: 409 }),
  deleteModelFetch: async (world) => ({ at: await fetching(world), ok: 200 }),
};
