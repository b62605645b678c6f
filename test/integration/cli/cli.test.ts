import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../helpers/processes.ts';
import {
  cliProgram,
  type RunningProgram,
  runCli,
  serveStudio,
  startProgram,
} from '../../helpers/programs.ts';

let folder: string;
const running: RunningProgram[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier cli é '));
});

afterEach(async () => {
  for (const program of running.splice(0)) await program.end();
  await rm(folder, { recursive: true, force: true });
});

const data = () => join(folder, 'data');

const atelier = (...args: string[]) => runCli(args, { cwd: folder });

async function serve(...args: string[]): Promise<RunningProgram> {
  const program = await serveStudio(['--data', data(), '--port', '0', ...args]);
  running.push(program);
  return program;
}

const graph = (nodes: object) => writeFile(join(folder, 'My Workflow.json'), JSON.stringify(nodes));
const invert = {
  '1': { class_type: 'EmptyImage', inputs: { width: 32, height: 16, batch_size: 1, color: 255 } },
  '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'made' } },
};

/** As the editor saves it. */
const drawing = {
  version: 0.4,
  last_node_id: 2,
  last_link_id: 1,
  nodes: [
    {
      id: 1,
      type: 'EmptyImage',
      order: 0,
      mode: 0,
      inputs: [],
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }],
      widgets_values: [64, 16, 1, 255],
    },
    {
      id: 2,
      type: 'SaveImage',
      order: 1,
      mode: 0,
      inputs: [{ name: 'images', type: 'IMAGE', link: 1 }],
      outputs: [],
      widgets_values: ['drawn'],
    },
  ],
  links: [[1, 1, 0, 2, 0, 'IMAGE']],
  groups: [],
};

describe('atelier serve', () => {
  it('says its address once, answers there, and leaves no process and no port behind', async () => {
    const studio = await serve();
    expect(studio.said).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${studio.said}/api/v1/openapi.json`)).status).toBe(200);
    const record = join(data(), 'agent', 'engines', 'starter.json');
    await expect.poll(() => readFile(record, 'utf8').catch(() => '')).not.toBe('');
    const engine = JSON.parse(await readFile(record, 'utf8')) as { pid: number };
    expect(await studio.end('SIGINT')).toBe(0);
    expect(await isRunning(engine.pid)).toBe(false);
    const refused = await new Promise((done) => {
      connect({ host: '127.0.0.1', port: Number(new URL(studio.said).port) })
        .once('error', () => done(true))
        .once('connect', () => done(false));
    });
    expect(refused).toBe(true);
  });

  it('ends also when clients left their event streams before these had begun', async () => {
    const studio = await serve('--no-agent');
    const { port } = new URL(studio.said);
    const local = await fetch(`${studio.said}/api/v1/auth/local`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const { access_token } = (await local.json()) as { access_token: string };
    const authorization = `Bearer ${access_token}`;
    const me = await fetch(`${studio.said}/api/v1/users/me`, { headers: { authorization } });
    const { team_list } = (await me.json()) as { team_list: { id: string }[] };
    const request = `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${authorization}\r\nX-Team-ID: ${team_list[0]?.id}\r\n\r\n`;
    for (let client = 0; client < 300; client += 1) {
      await new Promise<void>((left) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write(request, () => setImmediate(() => left(void socket.resetAndDestroy())));
        });
      });
    }
    expect(await studio.end()).toBe(0);
  });

  it('refuses a second studio on the same folder and names the first', async () => {
    const first = await serve('--no-agent');
    const second = await atelier('serve', '--data', data(), '--port', '0', '--no-agent');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(first.child.pid));
  });

  it('says what to do when the port is taken', async () => {
    const first = await serve('--no-agent');
    const port = new URL(first.said).port;
    const second = await atelier('serve', '--data', join(folder, 'other'), '--port', port, '--no-agent');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(port);
    expect(second.stderr).toContain('--port');
  });
});

describe('atelier join', () => {
  it('shows a code, serves the studio once it was typed there, and needs none the next time', async () => {
    const studio = await serve('--no-agent');
    const api = async (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
      (await fetch(`${studio.said}/api/v1${path}`, {
        ...init,
        headers: { 'content-type': 'application/json', ...headers },
      })) as Response;
    const signedIn = (await (await api('/auth/local', { method: 'POST', body: '{}' })).json()) as {
      access_token: string;
    };
    const jwt = { authorization: `Bearer ${signedIn.access_token}` };
    const me = (await (await api('/users/me', {}, jwt)).json()) as { team_list: [{ id: string }] };
    const team = { ...jwt, 'x-team-id': me.team_list[0].id };
    const args = [cliProgram, 'join', studio.said, '--name', 'helper', '--data', join(folder, 'helper')];
    const start = async (prefix: string) => {
      const program = await startProgram([process.execPath, ...args], prefix);
      running.push(program);
      return program;
    };
    const helper = await start('Code: ');
    const confirmed = await api(
      '/desktop/pair/confirm',
      { method: 'POST', body: JSON.stringify({ user_code: helper.said }) },
      team,
    );
    expect(confirmed.status).toBe(204);
    // Who is connected; one that was here stays known apart.
    const agents = async () => {
      const { agent_list } = (await (await api('/agents', {}, team)).json()) as { agent_list: unknown };
      return JSON.stringify(agent_list);
    };
    await expect.poll(agents, { timeout: 20_000 }).toContain('"agent_id":"helper"');
    await helper.end('SIGINT');
    await expect.poll(agents, { timeout: 20_000 }).not.toContain('helper');
    expect((await start('Serving ')).said).toContain(studio.said);
    await expect.poll(agents, { timeout: 20_000 }).toContain('"agent_id":"helper"');
  }, 90_000);

  it('says what is wrong with an address', async () => {
    expect(await atelier('join', 'studio')).toMatchObject({ code: 2 });
    const nobody = await atelier('join', 'http://127.0.0.1:9', '--data', data());
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('No studio answers') });
  });
});

describe('atelier password', () => {
  it('sets the owner’s password from standard input, beside a running studio', async () => {
    const studio = await serve('--no-agent');
    const run = (input: string, ...more: string[]) =>
      runCli(['password', '--data', data(), ...more], { cwd: folder, input });
    expect(await run('a password\n')).toMatchObject({ code: 0, stdout: '' });
    const login = await fetch(`${studio.said}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email_address: 'owner@atelier.local', user_password: 'a password' }),
    });
    expect(login.status).toBe(200);
    expect(await run('short\n')).toMatchObject({ code: 2, stderr: expect.stringContaining('8 to 128') });
    const unknown = await run('a password\n', '--email', 'nobody@example.org');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody@example.org') });
  });
});

describe('atelier key create', () => {
  it('prints the raw key alone, before a gateway ever ran on the folder', async () => {
    const { code, stdout } = await atelier(
      'key',
      'create',
      '--kind',
      'integration',
      '--name',
      'ci',
      '--data',
      data(),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sk-[\w-]{43}\n$/);
  });

  it('makes a key that a running gateway accepts at once, acting for the owner', async () => {
    const studio = await serve('--no-agent');
    const { stdout } = await atelier(
      'key',
      'create',
      '--kind',
      'device',
      '--name',
      'laptop',
      '--data',
      data(),
    );
    const reply = await fetch(`${studio.said}/api/v1/users/me`, {
      headers: { authorization: `Bearer ${stdout.trim()}` },
    });
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ email_address: 'owner@atelier.local' });
  });

  it.each([
    [['--kind', 'admin', '--name', 'x'], '--kind takes'],
    [['--kind', 'device'], '--name takes'],
    [['--kind', 'device', '--name', 'x', '--expires-in-days', '0'], '--expires-in-days takes'],
  ])('refuses %j in words', async (args, words) => {
    const { code, stdout, stderr } = await atelier('key', 'create', '--data', data(), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});

describe('atelier import', () => {
  it('reads the workflow out of a picture that the studio made, and says who will run it', async () => {
    await serve();
    await graph(invert);
    const made = await atelier('run', 'My Workflow.json', '--data', data());
    const { code, stdout } = await atelier('import', made.stdout.trim(), '--name', 'Again', '--data', data());
    expect(code).toBe(0);
    expect(stdout).toMatch(/will run it/);
    expect(stdout).toMatch(/Imported as "again"/);
  });

  it('says in words what carries none', async () => {
    await graph({});
    const { code, stderr } = await atelier('import', 'My Workflow.json', '--data', data());
    expect(code).toBe(1);
    expect(stderr).toContain('holds no workflow');
  });
});

describe('atelier run', () => {
  it('runs a bare graph on a studio of its own and writes the picture', async () => {
    await graph(invert);
    const { code, stdout, stderr } = await atelier(
      'run',
      'My Workflow.json',
      '--data',
      data(),
      '--out',
      'pictures',
    );
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const picture = await readFile(stdout.trim());
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([32, 16]);
  });

  it('uses the studio that already runs on the folder, and sets inputs by node', async () => {
    await serve();
    await graph(invert);
    const { code, stdout } = await atelier(
      'run',
      'My Workflow.json',
      '--data',
      data(),
      '--set',
      '1.width=48',
    );
    expect(code).toBe(0);
    expect((await readFile(stdout.trim())).readUInt32BE(16)).toBe(48);
  });

  it('runs a picture with its workflow inside, with values by the names of its form', async () => {
    await serve();
    await graph(invert);
    const made = await atelier('run', 'My Workflow.json', '--data', data());
    const again = await atelier(
      'run',
      made.stdout.trim(),
      '--data',
      data(),
      '--set',
      'width=40',
      '--out',
      'a',
    );
    expect(again).toMatchObject({ code: 0 });
    expect((await readFile(again.stdout.trim())).readUInt32BE(16)).toBe(40);
  }, 120_000);

  it('runs a drawing of the editor, and says which values it knows', async () => {
    await serve();
    await writeFile(join(folder, 'drawn.json'), JSON.stringify(drawing));
    const drawn = await atelier('run', 'drawn.json', '--data', data(), '--set', '1.height=24', '--out', 'b');
    expect(drawn).toMatchObject({ code: 0 });
    const picture = await readFile(drawn.stdout.trim());
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([64, 24]);
    const wrong = await atelier('run', 'drawn.json', '--data', data(), '--set', 'hue=1');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('width') });
  }, 120_000);

  it('runs on another gateway with a key', async () => {
    const studio = await serve();
    const { stdout: key } = await atelier(
      'key',
      'create',
      '--kind',
      'device',
      '--name',
      'x',
      '--data',
      data(),
    );
    await graph(invert);
    const done = await atelier('run', 'My Workflow.json', '--gateway', studio.said, '--key', key.trim());
    expect(done.code).toBe(0);
  });

  it('ends with 1 and the cause when the task fails', async () => {
    await graph({ ...invert, '2': { class_type: 'NoSuchNode', inputs: { image: ['1', 0] } } });
    await serve('--engine', 'starter');
    const { code, stderr } = await atelier('run', 'My Workflow.json', '--data', data());
    expect(code).toBe(1);
    expect(stderr).toContain('NoSuchNode');
  });

  it.each([
    ['{"nodes":[],"links":[]}', 'no nodes'],
    ['[1,2]', 'is not a workflow'],
    ['{"1":', 'not valid JSON'],
    ['{}', 'holds no workflow'],
  ])('says what is wrong with %s', async (text, words) => {
    await writeFile(join(folder, 'bad.json'), text);
    const { code, stderr } = await atelier('run', 'bad.json', '--data', data());
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});

describe('atelier', () => {
  it('shows how it is used, and refuses what it does not know', async () => {
    expect((await atelier('--help')).stdout).toContain('atelier serve');
    const unknown = await atelier('dance');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Unknown command "dance"');
  });

  it('doctor tells what is there and what is missing', async () => {
    const { stdout } = await atelier('doctor', '--data', data());
    for (const word of ['Node 24', 'SQLite', 'data folder', 'Python', 'git']) expect(stdout).toContain(word);
  });
});
