import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { type RunningProgram, serveStudio } from '../../helpers/programs.ts';

/**
 * The walk of the user's seed pages, call by call as their curl lines do it: import (seed 000), discover, upload,
 * run (seed 001), poll, fetch the result. The graph is one that the starter engine can run.
 */
let folder: string;
let studio: RunningProgram;
const keys = { device: '', integration: '' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-walk-'));
  keys.device = await createKey(folder, { kind: 'device', name: 'walk' });
  keys.integration = await createKey(folder, { kind: 'integration', name: 'walk' });
  studio = await serveStudio(['--data', folder, '--port', '0']);
});

afterAll(async () => {
  await studio?.end();
  await rm(folder, { recursive: true, force: true });
});

const body = {
  workflow_slug: 'sd-portrait-v2',
  display_name: 'SD 1.5 Portrait Generator',
  description: 'A portrait, as far as an engine without models can make one.',
  workflow_json: {
    '5': { class_type: 'LoadImage', inputs: { image: 'example.png' } },
    '6': {
      class_type: 'ImageScale',
      inputs: { image: ['5', 0], upscale_method: 'bilinear', width: 512, height: 512, crop: 'disabled' },
    },
    '7': { class_type: 'PrimitiveString', inputs: { value: 'a portrait photo' } },
    '8': { class_type: 'PreviewAny', inputs: { source: ['7', 0] } },
    '9': { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'portrait' } },
  },
  parameters: [
    { key: 'prompt', label: 'Positive Prompt', type: 'string', node_id: '7', field: 'value', required: true },
    {
      key: 'width',
      label: 'Width',
      type: 'number',
      node_id: '6',
      field: 'width',
      min: 64,
      max: 2048,
      default: 512,
    },
    {
      key: 'method',
      label: 'Method',
      type: 'select',
      node_id: '6',
      field: 'upscale_method',
      options: ['bilinear', 'area'],
      default: 'bilinear',
    },
    {
      key: 'input_image',
      label: 'Input Image',
      type: 'file',
      node_id: '5',
      field: 'image',
      required: true,
      accept: ['image/*'],
    },
  ],
  tool_type: 'comfyui',
};

async function call(method: string, path: string, key: string, json?: unknown) {
  const reply = await fetch(`${studio.said}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  return {
    status: reply.status,
    body: (await reply.json()) as Record<string, never> & Record<string, unknown>,
  };
}

it('imports, discovers, uploads, runs, polls and fetches as the documentation shows', async () => {
  const imported = await call('POST', '/workflows/import', keys.device, body);
  expect(imported).toEqual({ status: 200, body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  const again = await call('POST', '/workflows/import', keys.device, body);
  expect(again.body.id).toBe(imported.body.id);

  const detail = await call('GET', '/r/workflows/slug/sd-portrait-v2', keys.integration);
  expect(detail.body).toMatchObject({ version: 2, workflow_status: 'active', parameters: body.parameters });
  expect(detail.body).not.toHaveProperty('workflow_json');

  const photo = await readFile(resolve('resources/samples/kiln.png'));
  const slot = await call('POST', '/r/files/presign', keys.integration, {
    file_name: 'photo.png',
    file_size: photo.length,
    content_type: 'image/png',
  });
  expect(slot.body.upload_headers).toMatchObject({
    'Content-Length': String(photo.length),
    'If-None-Match': '*',
  });
  const put = await fetch(String(slot.body.upload_url), {
    method: 'PUT',
    headers: slot.body.upload_headers as unknown as Record<string, string>,
    body: photo,
  });
  expect(put.status).toBe(200);

  const run = await call('POST', `/r/workflows/${String(imported.body.id)}/run`, keys.integration, {
    parameters: { prompt: 'sunset over ocean', width: 320, input_image: slot.body.file_key },
    dispatch_target: 'agent',
    target_pool: 'team',
    submitter_region: 'us-east',
    tool_type: 'comfyui',
  });
  expect(run.status).toBe(202);
  const task = `/r/tasks/${String(run.body.task_id)}`;

  await expect
    .poll(async () => (await call('GET', task, keys.integration)).body.task_status, {
      timeout: 20_000,
      interval: 100,
    })
    .toBe('completed');
  const result = await call('GET', `${task}/result`, keys.integration);
  expect(result.body).toMatchObject({
    task_status: 'completed',
    task_error: '',
    task_output: { storage_key: expect.any(String), image_count: 1 },
  });

  const picture = await fetch(String(result.body.download_url));
  const bytes = Buffer.from(await picture.arrayBuffer());
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([320, 512]);
  const outputs = result.body.outputs as unknown as { kind: string; sha256: string; size: number }[];
  expect(outputs.find(({ kind }) => kind === 'image')).toMatchObject({
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
  });
});

it('takes the documented import example word for word', async () => {
  const example = {
    workflow_slug: 'sd-portrait-example',
    display_name: 'SD 1.5 Portrait Generator',
    workflow_json: {
      '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
      '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a portrait photo', clip: ['4', 0] } },
    },
    description: '<string>',
    parameters: [
      {
        key: 'prompt',
        label: 'Positive Prompt',
        node_id: '6',
        field: 'text',
        target_path: 'train.max_num_iterations',
        description: '<string>',
        required: true,
        default: '<unknown>',
        min: 123,
        max: 123,
        options: ['<string>'],
        accept: ['<string>'],
        source_key: 'input_image',
      },
    ],
    tool_type: 'comfyui',
    required_labels: ['gpu', 'sd15'],
    task_timeout: 0,
    max_retries: 0,
    preferred_gpu: 'RTX_4090',
    default_dispatch_target: 'agent',
    min_vram_gb: 24,
    required_models: ['checkpoints/sdxl-base.safetensors', 'loras/style.safetensors'],
  };
  expect((await call('POST', '/workflows/import', keys.device, example)).status).toBe(200);
});

it('lets a task wait and says why when no agent has what the workflow needs', async () => {
  const needy = { ...body, workflow_slug: 'needs-a-gpu', required_labels: ['gpu', 'sd15'], parameters: [] };
  const { body: workflow } = await call('POST', '/workflows/import', keys.device, needy);
  const { body: run } = await call('POST', `/r/workflows/${String(workflow.id)}/run`, keys.integration, {});
  const task = () => call('GET', `/r/tasks/${String(run.task_id)}`, keys.integration);
  await expect.poll(async () => (await task()).body.task_status).toBe('waiting');
  expect((await task()).body.waiting_reason).toMatch(/sd15/);
  const cancelled = await call('POST', `/r/tasks/${String(run.task_id)}/cancel`, keys.integration);
  expect(cancelled.body).toEqual({ is_success: true });
});

it('fails a task whose workflow has a node that no engine knows, and names the node', async () => {
  const unknown = {
    ...body,
    workflow_slug: 'unknown-node',
    parameters: [],
    workflow_json: { ...body.workflow_json, '6': { class_type: 'NoSuchNode', inputs: { image: ['5', 0] } } },
  };
  const { body: workflow } = await call('POST', '/workflows/import', keys.device, unknown);
  const { body: run } = await call('POST', `/r/workflows/${String(workflow.id)}/run`, keys.integration, {});
  const task = () => call('GET', `/r/tasks/${String(run.task_id)}`, keys.integration);
  await expect.poll(async () => (await task()).body.task_status, { timeout: 10_000 }).toBe('failed');
  expect((await task()).body.task_error).toContain('NoSuchNode');
});
