import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineClient } from './engine-client.ts';

let client: EngineClient;
beforeAll(async () => {
  client = await EngineClient.start();
});
afterAll(() => client?.engine.stop());

/** The form by hand: a browser's own would clean the file's name. */
async function upload(filename: string, subfolder = ''): Promise<{ status: number; body: unknown }> {
  const boundary = 'one-two-three';
  const part = (head: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const body = `${part('name="subfolder"', subfolder)}${part(`name="image"; filename="${filename}"`, 'content')}--${boundary}--\r\n`;
  const reply = await client.fetch('/upload/image', {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body,
  });
  const text = await reply.text();
  return { status: reply.status, body: reply.status === 200 ? JSON.parse(text) : text };
}

it.each([
  ['../escape.png', ''],
  ['/absolute.png', ''],
  ['..', ''],
  ['x.png', '..'],
  ['x.png', '../input2'],
  ['x.png', '/etc'],
])('an upload named %j into %j is refused', async (name, subfolder) => {
  expect((await upload(name, subfolder)).status).toBe(400);
});

it('an upload whose name holds a folder keeps it', async () => {
  const answer = await upload('in/folder.png', 'deep');
  expect(answer.body).toEqual({ name: 'in/folder.png', subfolder: 'deep', type: 'input' });
  expect(existsSync(join(client.engine.folder, 'input', 'deep', 'in', 'folder.png'))).toBe(true);
});

it('a view of an absolute folder is refused', async () => {
  expect((await client.fetch('/view?filename=passwd&subfolder=/etc')).status).toBe(403);
});

it('a name beyond ASCII is sent as UTF-8', async () => {
  await upload('ünï 图.png');
  const reply = await client.fetch(`/view?type=input&filename=${encodeURIComponent('ünï 图.png')}`);
  const said = Buffer.from(reply.headers.get('content-disposition') ?? '', 'latin1').toString('utf8');
  expect(said).toBe('filename="ünï 图.png"');
});

it.each([
  ['?max_items=+2', 200],
  ['?max_items=1_0', 200],
  ['?max_items=x', 500],
  ['?offset=2.0', 500],
])('history%s is answered with %d', async (query, status) => {
  expect((await client.fetch(`/history${query}`)).status).toBe(status);
});

it('OPTIONS are answered without a word that lets a foreign page in', async () => {
  const reply = await client.fetch('/prompt', { method: 'OPTIONS' });
  expect(reply.status).toBe(200);
  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
});
