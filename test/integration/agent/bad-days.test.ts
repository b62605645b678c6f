import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComfyUiEngine } from '../../../electron/agent/engines/comfyui/comfyui-engine.ts';
import { runCommand } from '../../../electron/agent/engines/install/command.ts';
import { install } from '../../../electron/agent/engines/install/installer.ts';
import { ask, findPython } from '../../../electron/agent/engines/install/machine.ts';
import { type InstallPlan, planInstall } from '../../../electron/agent/engines/install/plan.ts';
import { installRequest } from '../../../electron/agent/engines/install/request.ts';
import { GivenServer } from '../../../electron/agent/engines/server-source.ts';
import { HttpClient } from '../../../electron/agent/http.ts';
import { runCli, serveStudio } from '../../helpers/programs.ts';
import { FakeComfyUi } from './fake-comfyui.ts';

const tools = (await ask('git', ['--version'])) && (await findPython())?.venv;

/** What a user meets on a bad day; `docs/bad-days.md` lists them all, with the test of each. */
describe('a bad day', { timeout: 120_000 }, () => {
  let fake: FakeComfyUi;
  const planned = (changes: object): Promise<InstallPlan> =>
    planInstall(
      installRequest.parse({
        ...{ id: 'new', torch: 'cpu', torchIndex: null, torchPackages: [], installer: 'pip' },
        ...changes,
      }),
      fake.registry.folder,
    );

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    await mkdir(fake.registry.folder, { recursive: true });
  });
  afterEach(async () => {
    expect(await fake.processes()).toEqual([]);
    await fake.remove();
  });

  it('no git and no Python: the plan says so before anything is made', async () => {
    const before = process.env.PATH;
    process.env.PATH = fake.folder;
    try {
      const { problems } = await planned({ source: 'https://localhost/ComfyUI.git' });
      expect(problems.join(' ')).toContain('git is not installed. Install it, or name an archive');
      expect(problems.join(' ')).toContain('No Python 3.10 or newer was found. Install one');
    } finally {
      process.env.PATH = before;
    }
    expect(await readdir(fake.registry.folder)).toEqual([]);
  });

  it.skipIf(!tools)(
    'the network goes in the middle of a download: words, and nothing half-made',
    async () => {
      const server: Server = createServer((_request, response) => {
        response.writeHead(200, {
          'content-type': 'application/x-git-upload-pack-advertisement',
          'content-length': 1_000_000,
        });
        response.write('001e# service=git-upload-pack\n', () => response.destroy());
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      try {
        const plan = await planned({ source: `http://127.0.0.1:${port}/ComfyUI.git` });
        const listener = { step: () => undefined, line: () => undefined };
        await expect(install(plan, fake.registry, listener, new AbortController().signal)).rejects.toThrow(
          'The network or the server did not answer. Try again later with the same command',
        );
      } finally {
        server.close();
      }
      const { folder } = fake.registry.files('new');
      expect(await fake.registry.get('new')).toMatchObject({ state: 'installing' });
      const left = await readdir(folder);
      expect(left).not.toContain('source');
      expect(left).not.toContain('install.lock');
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'the disk is full: a step fails by its own words only',
    async () => {
      const context = { logPath: '/dev/full', signal: new AbortController().signal, line: () => undefined };
      const say = (words: string, code: number) => ({
        file: process.execPath,
        args: ['-e', `console.log(${JSON.stringify(words)}); process.exit(${code})`],
      });
      await runCommand(say('all is well', 0), context);
      await expect(
        runCommand(say('OSError: [Errno 28] No space left on device', 1), context),
      ).rejects.toThrow(
        'The disk is full. Free some space, then run the same command again: it goes on from here.',
      );
    },
  );

  it('two Ateliers on one folder: the second says who has it and ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier two é '));
    const first = await serveStudio(['--data', folder, '--port', '0', '--engine', 'starter']);
    try {
      const second = await runCli(['serve', '--data', folder, '--port', '0']);
      expect(second.code).toBe(1);
      expect(second.stderr).toContain(
        `Another Atelier (process ${first.child.pid}) is using ${folder}. Stop it, or choose another folder with --data.`,
      );
      expect((await fetch(`${first.said}/api/v1/openapi.json`)).ok).toBe(true);
    } finally {
      await first.end();
    }
    await expect(access(join(folder, 'gateway.lock'))).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true, force: true });
  });

  it('another program answers where a ComfyUI is wanted: the engine says so and stays untouched', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const http = new HttpClient();
    const engine = new ComfyUiEngine({
      ...{ name: 'other', flavour: 'comfyui', clientId: 'c', http, log: pino({ level: 'silent' }) },
      source: new GivenServer(`http://127.0.0.1:${port}`),
      socketTimings: { refusedMs: 200, silentMs: 200, pingMs: 1000 },
    });
    try {
      await engine.start();
      await expect
        .poll(() => engine.info)
        .toMatchObject({
          state: 'crashed',
          cause: 'unreachable',
          what: expect.stringContaining('"other": The engine does not answer'),
          fix: 'Check that ComfyUI runs there and that this machine can reach it.',
        });
      expect(server.listening).toBe(true);
    } finally {
      await engine.stop();
      http.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
