import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endEngineOf } from '../../helpers/processes.ts';
import { type RunningProgram, serveStudio } from '../../helpers/programs.ts';
import { openReceiver, signedWith, status, told } from '../../helpers/webhook-receiver.ts';

let folder: string;
let studio: RunningProgram | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-kill-'));
});

afterAll(async () => {
  await studio?.end('SIGTERM');
  await endEngineOf(folder);
  await rm(folder, { recursive: true, force: true });
});

const workflow = {
  workflow_slug: 'told',
  display_name: 'Told',
  workflow_json: {
    '1': { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'told' } },
  },
};

/** The owner at the machine itself. */
async function owner() {
  const api = `${studio?.said}/api/v1`;
  const signIn = await fetch(`${api}/auth/local`, { method: 'POST' });
  const { access_token } = (await signIn.json()) as { access_token: string };
  const headers: Record<string, string> = {
    authorization: `Bearer ${access_token}`,
    'content-type': 'application/json',
  };
  const me = await fetch(`${api}/users/me`, { headers });
  headers['x-team-id'] = ((await me.json()) as { team_list: { id: string }[] }).team_list[0]?.id ?? '';
  return async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(api + path, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Record<string, unknown>;
  };
}

const soon = { timeout: 60_000, interval: 50 };

it('delivers after a kill what it was delivering, signed as before', async () => {
  const receiver = await openReceiver();
  receiver.answer = () => undefined;
  const start = () => serveStudio(['--data', folder, '--port', '0']);
  studio = await start();
  const call = await owner();
  await call('PUT', '/features', { global: { features: { private_webhooks: true } } });
  const hook = { display_name: 'x', webhook_url: receiver.url, webhook_events: ['task.completed'] };
  const { id, webhook_secret } = await call('POST', '/webhooks', hook);
  const { id: workflowId } = await call('POST', '/workflows/import', workflow);
  const { task_id } = await call('POST', `/r/workflows/${workflowId}/run`, {});
  await expect.poll(() => receiver.received.length, soon).toBe(1);
  await studio.end('SIGKILL');

  receiver.answer = status(204);
  studio = await start();
  await expect.poll(() => receiver.received.length, soon).toBe(2);
  const [before, after] = receiver.received;
  expect(after?.body).toBe(before?.body);
  expect(told(receiver)[1]).toMatchObject({ event_type: 'task.completed', task_id });
  expect(signedWith(String(webhook_secret), after as never)).toBe(true);
  const again = await owner();
  const log = () => again('GET', `/webhooks/${String(id)}/deliveries`);
  await expect
    .poll(log, soon)
    .toMatchObject({ delivery_list: [{ delivery_status: 'delivered', attempts: [{ status_code: 204 }] }] });
  // Once answered, never again.
  await studio.end('SIGKILL');
  studio = await start();
  await owner();
  expect(receiver.received).toHaveLength(2);
}, 180_000);
