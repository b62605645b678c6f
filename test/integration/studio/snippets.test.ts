import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snippet } from '../../../renderer/components/workflow/snippets.ts';
import { idReply } from '../../../shared/wire/common.ts';
import { workflowDetail } from '../../../shared/wire/workflows.ts';
import { type RunningProgram, runCli, serveStudio } from '../../helpers/programs.ts';

const run = promisify(execFile);
const photo = join(import.meta.dirname, '../../../resources/samples/kiln.png');

let folder: string;
let studio: RunningProgram;
let key = '';

const plain = {
  workflow_slug: 'its-own-name',
  display_name: 'Quotes',
  workflow_json: {
    '1': { class_type: 'EmptyImage', inputs: { width: 32, height: 16, batch_size: 1, color: 255 } },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'made' } },
  },
  parameters: [
    { key: 'width', type: 'number', node_id: '1', field: 'width', default: 32 },
    { key: 'name', type: 'string', node_id: '2', field: 'filename_prefix', default: `it's "made" $HOME` },
  ],
};

const withFile = {
  workflow_slug: 'from-a-file',
  display_name: 'From a file',
  workflow_json: {
    '1': { class_type: 'LoadImage', inputs: { image: 'x.png' } },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'again' } },
  },
  parameters: [
    { key: 'image', type: 'file', node_id: '1', field: 'image', accept: ['image/*'], required: true },
  ],
};

async function call(path: string, token: string, body?: unknown): Promise<unknown> {
  const reply = await fetch(`${studio.said}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(await reply.text());
  return reply.json();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-snippets-'));
  const data = join(folder, 'data');
  const made = await runCli(['key', 'create', '--kind', 'device', '--name', 'snippets', '--data', data], {
    cwd: folder,
  });
  key = made.stdout.match(/dk-\S+/)?.[0] ?? '';
  studio = await serveStudio(['--data', data, '--port', '0']);
}, 60_000);

afterAll(async () => {
  await studio?.end();
  await rm(folder, { recursive: true, force: true });
});

/** How a person runs each; a file with its text in an empty folder that has a photo. */
const programs = {
  curl: { file: 'run.sh', command: 'bash' },
  python: { file: 'run.py', command: 'python3' },
  typescript: { file: 'run.ts', command: process.execPath },
} as const;

describe.each(['curl', 'python', 'typescript'] as const)('the snippet in %s', (language) => {
  it.each([
    ['values with quotes', plain],
    ['a file', withFile],
  ])('runs as it stands, with %s, and fetches what was made', async (what, body) => {
    const { id } = idReply.parse(await call('/workflows/import', key, body));
    const workflow = workflowDetail.parse(await call(`/workflows/${id}`, key));
    const place = await mkdtemp(join(folder, `${language}-`));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'photo.png'), await readFile(photo));
    const { file, command } = programs[language];
    await writeFile(join(place, file), snippet(language, studio.said, workflow));
    const { stdout } = await run(command, [file], { cwd: place, env: { ...process.env, ATELIER_KEY: key } });
    if (language === 'curl') {
      expect(stdout).toContain('"task_status":"completed"');
      expect(stdout).toContain(what === 'a file' ? 'again_00001_.png' : 'made');
      return;
    }
    const names = stdout.trim().split('\n');
    expect(names).toHaveLength(1);
    const saved = (await readdir(place)).filter((name) => name === names[0]);
    expect(saved).toHaveLength(1);
    expect((await readFile(join(place, saved[0] ?? ''))).subarray(1, 4).toString()).toBe('PNG');
  });
});
