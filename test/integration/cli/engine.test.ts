import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepState } from '../../../electron/agent/engines/install/installer.ts';
import { installRequest } from '../../../electron/agent/engines/install/request.ts';
import { discover } from '../../../electron/agent/engines/registry/discover.ts';
import { runCli, serveStudio } from '../../helpers/programs.ts';
import { FakeComfyUi } from '../agent/fake-comfyui.ts';
import { FakeSource } from '../agent/fake-source.ts';

// Each command is a process of its own; a dozen of them on a busy machine take a while.
describe('atelier engine', { timeout: 180_000 }, () => {
  let fake: FakeComfyUi;
  let data = '';
  const engine = (...args: string[]) => {
    const end = args.indexOf('--');
    const at = end < 0 ? args.length : end;
    return runCli(['engine', ...args.slice(0, at), '--data', data, ...args.slice(at)]);
  };
  const adopt = (...args: string[]) =>
    engine('adopt', fake.record.path, '--python', process.execPath, ...args);

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    await mkdir(join(fake.record.path, 'comfy'));
    data = join(fake.folder, 'data');
  });
  afterEach(async () => {
    await engine('stop', 'fake').catch(() => undefined);
    expect(await fake.processes()).toEqual([]);
    await fake.remove();
  });

  it('adopts, starts with its stages, tells, logs, stops and removes, and changes nothing in the folder', async () => {
    expect(await engine('list')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('engine discover'),
    });
    expect(await adopt('--name', 'fake', '--vram', 'cpu', '--idle-free', '600')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await fake.registry.get('fake')).toMatchObject({ options: { vram: 'cpu', idle_free_s: 600 } });
    const started = await engine('start', 'fake');
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toContain('torch 2.13.0+cpu');
    expect(started.stdout).toContain('node pack broken-pack: not imported');
    const url = /ready at (http:\S+)/.exec(started.stdout)?.[1] ?? '';
    expect((await fetch(`${url}/system_stats`)).status).toBe(200);
    expect(await engine('start', 'fake')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('runs already'),
    });
    expect((await engine('status', 'fake')).stdout).toContain(`running at ${url}`);
    expect((await engine('logs', 'fake', '--search', 'PYTORCH')).stdout).toBe(
      'pytorch version: 2.13.0+cpu\n',
    );
    expect(await engine('remove', 'fake')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Stop it first'),
    });
    expect(await engine('stop', 'fake')).toMatchObject({ code: 0, stdout: '"fake" is stopped.\n' });
    expect(await fake.processes()).toEqual([]);
    expect((await engine('remove', 'fake')).code).toBe(0);
    await access(join(fake.record.path, 'main.py'));
  });

  it('says why an engine does not start, and leaves nothing', async () => {
    await adopt('--name', 'fake');
    await fake.misbehave('vram');
    const started = await engine('start', 'fake');
    expect(started).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The graphics memory ran out'),
    });
    expect((await engine('status', 'fake')).stdout).toContain('stopped');
  });

  it('lets the studio take over an engine that was left running, runs it, and guards it while it does', async () => {
    await adopt('--name', 'fake');
    const url = /ready at (http:\S+)/.exec((await engine('start', 'fake')).stdout)?.[1];
    const studio = await serveStudio(['--data', data, '--port', '0', '--engine', 'fake']);
    try {
      const recordPath = fake.registry.files('fake').processRecord;
      const record = async () => JSON.parse(await readFile(recordPath, 'utf8'));
      await expect.poll(record).toMatchObject({ url, keeper: { pid: studio.child.pid } });
      const stop = await engine('stop', 'fake');
      expect(stop).toMatchObject({ code: 1, stderr: expect.stringContaining('stop the studio instead') });
    } finally {
      await studio.end();
    }
    expect(await fake.processes()).toEqual([]);
  });

  it('attaches an address, with its headers', async () => {
    const heard: unknown[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers['x-pass']);
      response.end('{"system":{"comfyui_version":"9.9","pytorch_version":"","argv":[]},"devices":[]}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const attached = await engine('attach', url, '--name', 'far', '--header', 'X-Pass: yes');
    expect(attached).toMatchObject({ code: 0, stdout: expect.stringContaining('ComfyUI 9.9') });
    expect((await engine('status')).stdout).toContain(`run by others at ${url}`);
    expect(heard).toEqual(['yes', 'yes']);
    await new Promise((done) => server.close(done));
    expect((await engine('status', 'far')).stdout).toContain('does not answer');
  });

  it.each([
    [['adopt', '/nowhere'], 'is no ComfyUI'],
    [['start', 'x'], 'There is no engine named "x"'],
    [['attach', 'ftp://x'], 'not an address'],
    [['update', 'x'], 'There is no engine named "x"'],
    [['fly'], 'no "atelier engine fly"'],
    [['list', '--yes'], '--yes is not an option of this command'],
  ])('refuses %o', async (args, words) => {
    const refused = await engine(...args);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(words);
  });

  it('goes on with a half-done install as it was asked for first, changed only by what is said anew', async () => {
    const { folder } = fake.registry.files('half');
    await mkdir(folder, { recursive: true });
    const options = { vram: 'lowvram', device: 1, hang_s: 0, extra: ['--fast'] };
    const asked = { id: 'half', source: '/nowhere', torch: 'cpu', options, env: { HF_HOME: '/models' } };
    await keepState(folder, { request: installRequest.parse(asked), done: [] });
    const launch = async (...args: string[]) =>
      /launch +(.*)/.exec((await engine('install', '--name', 'half', ...args)).stdout)?.[1];
    const first = '--lowvram --preview-method auto --cuda-device 1 --fast; a run that hangs is never ended';
    expect(await launch()).toBe(`${first}; HF_HOME set`);
    expect(await launch('--reserve-vram', '2')).toBe(
      `${first.replace('1 --fast', '1 --reserve-vram 2 --fast')}; HF_HOME set`,
    );
    expect(await launch('--vram', 'novram', '--hang', '2h', '--env', 'A=b', '--', '--cpu-vae')).toBe(
      '--novram --preview-method auto --cuda-device 1 --cpu-vae; a run that hangs is ended after 7200 s; HF_HOME set; A set',
    );
  });

  it.each([
    [['--hang', '90'], { hang_s: 90 }],
    [['--hang', '15min', '--idle-free', '2h'], { hang_s: 900, idle_free_s: 7200 }],
    [['--hang', '0'], { hang_s: 0 }],
  ])('takes times with their units: %o', async (args, options) => {
    expect(await adopt('--name', 'fake', ...args)).toMatchObject({ code: 0 });
    expect(await fake.registry.get('fake')).toMatchObject({ options });
  });

  it('refuses a time that makes no sense, or is too short or too long for a run to be taken for hung', async () => {
    for (const [time, words] of [
      ['soon', '--hang: a time such as 90s'],
      ['5s', 'from 60s to 24h, or 0 for never'],
      ['25h', 'from 60s to 24h, or 0 for never'],
    ] as const) {
      const refused = await adopt('--name', 'fake', '--hang', time);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    }
  });

  it('forgets an adopted folder and says where the packs lie that were taken out of it', async () => {
    await adopt('--name', 'fake');
    await mkdir(join(fake.record.path, 'custom_nodes', 'my-pack'), { recursive: true });
    await writeFile(join(fake.record.path, 'custom_nodes', 'my-pack', 'mine.py'), 'precious');
    await engine('pack-remove', 'fake', 'my-pack', '--yes');
    const { stdout } = await engine('remove', 'fake');
    const kept = /is kept: (.+)\n/.exec(stdout)?.[1] ?? '';
    const [pack] = await readdir(join(kept, 'removed-packs'));
    expect(await readFile(join(kept, 'removed-packs', pack ?? '', 'mine.py'), 'utf8')).toBe('precious');
  });

  it('says why an update can not be planned, switched to, discarded or taken back', async () => {
    await adopt('--name', 'fake');
    const source = await FakeSource.make(join(fake.folder, 'source'));
    const planned = await engine('update', 'fake', '--source', source.path);
    expect(planned).toMatchObject({ code: 1, stderr: expect.stringContaining("can't be read") });
    expect(planned.stdout).toContain('→ 0.3.64, commit');
    for (const [flag, words] of [
      ['--switch', 'There is no update of "fake" yet'],
      ['--discard', 'There is no update of "fake" to discard'],
      ['--back', 'there is no way back'],
      ['--discard-old', 'There is no old version of "fake"'],
    ] as const) {
      expect(await engine('update', 'fake', flag)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(words),
      });
    }
    expect((await engine('update', 'fake', '--switch', '--back')).stderr).toContain("can't be said together");
    expect((await engine('update', 'fake', '--canary', '/no.json')).stderr).toContain('no readable file');
  });

  it('refuses arguments that this ComfyUI does not know', async () => {
    expect((await adopt('--', '--nonsense')).stderr).toContain('does not know --nonsense');
    expect((await adopt('--vram', 'huge')).stderr).toContain('--vram');
    expect((await adopt('--idle-free', 'soon')).stderr).toContain('--idle-free: ');
  });

  it('discovers in the usual places, each folder once, with the Python beside it', async () => {
    const home = join(fake.folder, 'home');
    const checkout = async (path: string, python: string) => {
      await mkdir(join(path, 'comfy'), { recursive: true });
      await writeFile(join(path, 'main.py'), '');
      await writeFile(join(path, 'comfyui_version.py'), '__version__ = "0.3.64"\n');
      await mkdir(join(path, python, '..'), { recursive: true });
      await writeFile(join(path, python), '');
    };
    await checkout(join(home, 'ComfyUI'), '.venv/bin/python');
    await checkout(join(home, 'Downloads/ComfyUI_windows_portable/ComfyUI'), '../python_embeded/python.exe');
    await checkout(join(home, '.config/StabilityMatrix/Packages/My Comfy é'), 'venv/bin/python');
    await checkout(join(home, 'work space'), 'venv/bin/python');
    await mkdir(join(home, '.config/comfy-cli'), { recursive: true });
    await writeFile(
      join(home, '.config/comfy-cli/config.ini'),
      `[DEFAULT]\ndefault_workspace = ${join(home, 'work space')}\n`,
    );
    const found = await discover({ home, platform: 'linux', env: {}, roots: [] });
    expect(found.map(({ origin, source }) => [origin, source.version])).toEqual([
      ['Stability Matrix', '0.3.64'],
      ['comfy-cli', '0.3.64'],
      ['git checkout', '0.3.64'],
      ['portable build', '0.3.64'],
    ]);
    expect(found.every(({ python }) => python)).toBe(true);
  });
});
