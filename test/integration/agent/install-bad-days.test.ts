import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { install, installStateOf } from '../../../electron/agent/engines/install/installer.ts';
import { lockEngine } from '../../../electron/agent/engines/install/lock.ts';
import { ask, findPython } from '../../../electron/agent/engines/install/machine.ts';
import { planInstall } from '../../../electron/agent/engines/install/plan.ts';
import { installRequest } from '../../../electron/agent/engines/install/request.ts';
import { startProgram } from '../../helpers/programs.ts';
import { FakeComfyUi } from './fake-comfyui.ts';
import { FakeSource, makeWheel } from './fake-source.ts';

const installProgram = resolve(import.meta.dirname, 'programs/install.ts');
const tools = (await ask('git', ['--version'])) && (await findPython())?.venv;
const fits = process.platform === 'linux' && tools;
/** A file system of our own size, without being asked who we are. */
const smallDisk = (await ask('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])) !== undefined;

/** A package index that behaves or not. */
class Index {
  mode: 'well' | 'breaks' | 'hangs' = 'well';
  asked = 0;
  readonly #wheel: Buffer;
  readonly #server: Server;

  constructor(wheel: Buffer) {
    this.#wheel = wheel;
    this.#server = createServer((request, response) => {
      if (request.url?.startsWith('/simple/')) {
        response.setHeader('content-type', 'text/html');
        return response.end('<a href="/tidy-1.0-py3-none-any.whl">tidy-1.0-py3-none-any.whl</a>');
      }
      this.asked += 1;
      if (this.mode === 'well') return response.end(this.#wheel);
      response.writeHead(200, { 'content-length': this.#wheel.length });
      const half = this.#wheel.subarray(0, this.#wheel.length / 2);
      response.write(half, () => this.mode === 'breaks' && response.destroy());
    });
  }

  start = (): Promise<void> => new Promise((done) => this.#server.listen(0, '127.0.0.1', () => done()));
  url = (path: string): string => `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${path}`;
  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => {
      this.#server.close(() => done());
    });
  }
}

describe.skipIf(!fits)('a bad day of an install', { timeout: 600_000 }, () => {
  let fake: FakeComfyUi;
  let source: FakeSource;
  const never = new AbortController().signal;
  const quiet = { step: () => undefined, line: () => undefined };

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    await mkdir(fake.registry.folder, { recursive: true });
    source = await FakeSource.make(join(fake.folder, 'source é'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    expect(await fake.processes()).toEqual([]);
    await fake.remove();
  });

  const request = (changes: object = {}): object => ({
    ...{ id: 'new', source: source.path, torch: 'cpu', torchIndex: null, torchPackages: [] },
    ...{ installer: 'pip', skip: ['torch'], ...changes },
  });
  const plan = (changes: object = {}) =>
    planInstall(installRequest.parse(request(changes)), fake.registry.folder);

  it('with neither Python nor git says so before it begins', async () => {
    vi.stubEnv('PATH', fake.folder);
    const { problems } = await plan();
    expect(problems.join(' ')).toContain('git is not installed');
    expect(problems.join(' ')).toContain('No Python 3.10 or newer was found');
  });

  it('with a checkout that is not whole says so and goes on the next time', async () => {
    const hooks = join(fake.folder, 'hooks');
    await mkdir(hooks);
    await writeFile(join(hooks, 'post-checkout'), '#!/bin/sh\n: > requirements.txt\n');
    await chmod(join(hooks, 'post-checkout'), 0o755);
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'core.hooksPath');
    vi.stubEnv('GIT_CONFIG_VALUE_0', hooks);
    const broken = install(await plan(), fake.registry, quiet, never);
    await expect(broken).rejects.toThrow('The source did not come whole');
    const { folder } = fake.registry.files('new');
    expect((await installStateOf(folder))?.done).toEqual([]);
    await expect(access(join(folder, 'source'))).rejects.toThrow('ENOENT');
  });

  it('with a network that breaks off, and a kill in the middle, goes on from there', async () => {
    await makeWheel(fake.folder, 'tidy', '1.0');
    const index = new Index(await readFile(join(fake.folder, 'tidy-1.0-py3-none-any.whl')));
    await index.start();
    try {
      const asked = {
        with: ['tidy'],
        pipArgs: ['--index-url', index.url('simple'), '--retries', '0', '--no-cache-dir'],
      };
      index.mode = 'breaks';
      const broken = install(await plan(asked), fake.registry, quiet, never);
      await expect(broken).rejects.toThrow('A download did not come whole');
      const { folder } = fake.registry.files('new');
      expect((await installStateOf(folder))?.done).toEqual(['source', 'environment', 'torch']);

      index.mode = 'hangs';
      const command = [
        process.execPath,
        installProgram,
        join(fake.folder, 'data'),
        JSON.stringify(request(asked)),
      ];
      const before = index.asked;
      const killed = await startProgram(command, 'step requirements');
      await expect.poll(() => index.asked, { timeout: 60_000 }).toBeGreaterThan(before);
      await killed.end('SIGKILL');
      // The tool goes on by itself; whoever goes on ends it before anything else.
      expect(await fake.processes()).not.toEqual([]);
      index.mode = 'well';
      const record = await install(await plan(asked), fake.registry, quiet, never);
      expect(record).toMatchObject({ state: 'ready', source: { version: '0.3.64' } });
      expect((await readdir(folder)).filter((name) => /lock|step|draft/.test(name))).toEqual([]);
    } finally {
      await index.stop();
    }
  });

  it('takes an archive by its address, also when the connection breaks in between', async () => {
    const archive = join(fake.folder, 'ComfyUI.tar.gz');
    await source.version('0.3.65', { 'noise.txt': randomBytes(1_500_000).toString('base64') });
    source.git('archive', '--prefix', 'ComfyUI-1/', '--output', archive, 'HEAD');
    const bytes = await readFile(archive);
    const asked: (string | undefined)[] = [];
    const server = createServer((incoming, response) => {
      const { range } = incoming.headers;
      asked.push(range);
      const from = Number(/\d+/.exec(range ?? '')?.[0] ?? 0);
      response.writeHead(range ? 206 : 200, { etag: '"a"', 'content-length': bytes.length - from });
      if (asked.length > 1) return response.end(bytes.subarray(from));
      response.write(bytes.subarray(0, 1_200_000), () => response.destroy());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const { port } = server.address() as AddressInfo;
      const wanted = { source: `http://127.0.0.1:${port}/ComfyUI.tar.gz?token=1` };
      const planned = await plan(wanted);
      expect(planned).toMatchObject({ source: 'archive', problems: [] });
      await expect(install(planned, fake.registry, quiet, never)).rejects.toThrow('The connection broke');
      const quit = new AbortController();
      const untilSource = { ...quiet, step: (name: string) => name === 'environment' && quit.abort() };
      await expect(install(planned, fake.registry, untilSource, quit.signal)).rejects.toThrow();
      expect(asked).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
      const { folder } = fake.registry.files('new');
      expect(await readFile(join(folder, 'source/comfyui_version.py'), 'utf8')).toContain('0.3.65');
      expect(await readdir(folder)).not.toContain('download');
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  describe.skipIf(!smallDisk)('on a disk that fills up', () => {
    /** The install in a mount of its own, which is gone with it. */
    async function onSmallDisk(megabytes: number): Promise<string> {
      const data = join(fake.folder, 'small');
      await mkdir(data, { recursive: true });
      const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
      const program = [process.execPath, installProgram, data, JSON.stringify(request())];
      const args = ['-rm', 'sh', '-c', script, 'sh', `${megabytes}m`, data, ...program];
      const { stdout } = await promisify(execFile)('unshare', args);
      return stdout;
    }

    it('says so in the checkout', async () => {
      // Small in the history, large when it is checked out.
      await source.version('0.3.65', { 'large.txt': 'large '.repeat(1_000_000) });
      const said = await onSmallDisk(3);
      expect(said).toContain('step source');
      expect(said).not.toContain('step environment');
      expect(said).toContain('The disk is full. Free some space');
    });

    it('says so in the environment', async () => {
      const said = await onSmallDisk(4);
      expect(said).toContain('step environment');
      expect(said).toContain('The disk is full. Free some space');
    });
  });

  it('lets one of many have a lock whose holder is dead', async () => {
    const { folder } = fake.registry.files('new');
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    for (let round = 0; round < 50; round += 1) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'install.lock'), `${dead} ${randomBytes(4).toString('hex')}`);
      const tries = Array.from({ length: 8 }, () => lockEngine(folder, 'new', 'installed'));
      const settled = await Promise.allSettled(tries);
      const won = settled.filter((one) => one.status === 'fulfilled');
      expect(won).toHaveLength(1);
      await won[0]?.value();
      expect(await readdir(folder)).toEqual([]);
    }
  });
});
