import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCliProgram, type RunningProgram, serveStudio } from '../helpers/programs.ts';

/** What people run is the bundle; the other tests start the sources. */
let folder: string;
let studio: RunningProgram;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-built-'));
  studio = await serveStudio(['--data', folder, '--port', '0'], builtCliProgram);
});
afterAll(async () => {
  await studio?.end();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ['/', 'text/html', '<div id="root">'],
  ['/tasks', 'text/html', '<div id="root">'],
  ['/docs/', 'text/html', 'swagger-ui'],
  ['/docs/static/swagger-ui-bundle.js', 'javascript', 'SwaggerUI'],
  ['/api/v1/openapi.json', 'application/json', '"openapi":"3.1'],
])('the bundle serves %s', async (path, type, words) => {
  const reply = await fetch(studio.said + path, { headers: { accept: type } });
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toContain(type);
  expect(await reply.text()).toContain(words);
});

test('the bundle’s agent brings its engine up', async () => {
  const local = await fetch(`${studio.said}/api/v1/auth/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { access_token } = (await local.json()) as { access_token: string };
  const ask = async (path: string, team?: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${access_token}`, ...(team && { 'x-team-id': team }) };
    return (await fetch(`${studio.said}/api/v1${path}`, { headers })).json();
  };
  const { team_list } = (await ask('/users/me')) as { team_list: { id: string }[] };
  await expect
    .poll(() => ask('/agents', team_list[0]?.id), { timeout: 20_000 })
    .toMatchObject({ agent_list: [{ agent_status: 'idle', tool: 'comfyui' }] });
});
