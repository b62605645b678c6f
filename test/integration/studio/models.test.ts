import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, createAgent } from '../../../electron/agent/agent.ts';
import { samples } from '../../unit/shared/models/samples.ts';
import { FakeComfyUi } from '../agent/fake-comfyui.ts';
import { send, soon, text, withGateway } from '../http/support.ts';

/** A real gateway and a real agent with a ComfyUI on its disk, over HTTP and the link. */
const gateway = withGateway();
let fake: FakeComfyUi;
let agent: Agent;

const call = (method: string, path: string, json?: unknown) =>
  gateway.call(method, path, gateway.keys.jwt, json === undefined ? {} : { json });

async function startAgent(): Promise<void> {
  agent = createAgent({
    ...{
      gatewayUrl: gateway.url,
      key: gateway.keys.agent,
      agentId: 'studio-pc',
      version: '0.0.0',
      engines: [],
    },
    dataDir: join(fake.folder, 'agent'),
    manage: { registry: fake.registry, starter: { kind: 'starter', command: [] } },
    log: pino({ level: 'silent' }),
    timings: { link: { firstRetryMs: 20, mostRetryMs: 100 } },
  });
  await agent.start();
}

beforeAll(async () => {
  fake = await FakeComfyUi.make();
  await fake.registry.add(fake.record);
  const own = join(fake.record.path, 'models', 'checkpoints', 'own.safetensors');
  await mkdir(dirname(own), { recursive: true });
  await writeFile(own, samples.sdxl);
  await startAgent();
});
afterAll(async () => {
  await agent.stop();
  await fake.remove();
});

const inventory = async () => (await call('GET', '/models/inventory')).body;

async function upload(model_path: string, bytes: Uint8Array): Promise<string> {
  const wish = { file_name: 'x', file_size: bytes.length, model_type: 'loras', model_path };
  const slot = (await call('POST', '/models/presign', wish)).body as {
    storage_key: string;
    upload_url: string;
    upload_headers: Record<string, string>;
  };
  await send(slot.upload_url, { method: 'PUT', headers: slot.upload_headers, body: bytes });
  const file_hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const { storage_key } = slot;
  const model = { display_name: 'Clay', model_type: 'loras', model_path, storage_key, file_hash };
  return text(await call('POST', '/models', { ...model, file_size: bytes.length }), 'id');
}

it('what lies on the machine is listed with its hash and what it is', async () => {
  await expect.poll(inventory, soon).toMatchObject({
    model_list: [
      {
        model_path: 'checkpoints/own.safetensors',
        kind: 'checkpoint',
        base: 'SDXL',
        sha256: createHash('sha256').update(samples.sdxl).digest('hex'),
        agents: [{ agent_id: 'studio-pc', engines: ['fake'] }],
      },
    ],
  });
});

it('a model of the library comes to the machine by itself, and is not fetched twice', async () => {
  const id = await upload('loras/clay.safetensors', samples.loraXl);
  const lies = join(fake.registry.sharedModels, 'loras', 'clay.safetensors');
  await expect.poll(() => readFile(lies).catch(() => null), soon).toEqual(Buffer.from(samples.loraXl));
  await expect.poll(inventory, soon).toMatchObject({
    model_list: [
      { model_path: 'checkpoints/own.safetensors' },
      { model_path: 'loras/clay.safetensors', model_id: id, agents: [{ engines: ['fake'] }], kind: 'lora' },
    ],
  });
  await expect
    .poll(async () => (await call('GET', '/agents')).body, soon)
    .toMatchObject({ agent_list: [{ sync_phase: '', sync_percent: 0 }] });
});

it('one that was disabled while the machine was away does not come, another does', async () => {
  await agent.stop();
  const off = await upload('loras/off.safetensors', samples.loraFlux);
  await call('PUT', `/models/${off}`, { model_status: 'disabled' });
  await upload('vae/on.safetensors', samples.vae);
  await startAgent();
  const vae = join(fake.registry.sharedModels, 'vae', 'on.safetensors');
  await expect.poll(() => readFile(vae).catch(() => null), soon).toEqual(Buffer.from(samples.vae));
  await expect(readFile(join(fake.registry.sharedModels, 'loras', 'off.safetensors'))).rejects.toThrow(
    'ENOENT',
  );
});

it('a model that a workflow names and nobody has is told as missing', async () => {
  await gateway.import({
    workflow_slug: 'needs-a-model',
    required_models: ['checkpoints/none.safetensors'],
  });
  const { missing } = (await call('GET', '/models/summary')).body as { missing: unknown[] };
  expect(missing).toMatchObject([
    { model_path: 'checkpoints/none.safetensors', workflows: [{ workflow_slug: 'needs-a-model' }] },
  ]);
});
