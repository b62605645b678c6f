import { execFileSync } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { install, installStateOf } from '../../../electron/agent/engines/install/installer.ts';
import { ask, findPython } from '../../../electron/agent/engines/install/machine.ts';
import { type InstallPlan, planInstall } from '../../../electron/agent/engines/install/plan.ts';
import { installRequest } from '../../../electron/agent/engines/install/request.ts';
import type { LaunchableRecord } from '../../../electron/agent/engines/registry/record.ts';
import { restore } from '../../../electron/agent/engines/snapshots/restore.ts';
import { snapshotsIn, takeSnapshot } from '../../../electron/agent/engines/snapshots/snapshots.ts';
import { FakeComfyUi } from './fake-comfyui.ts';
import { FakeSource } from './fake-source.ts';

const tools = (await ask('git', ['--version'])) && (await findPython())?.venv;

/** Real git, real Python and pip; only ComfyUI is a stand-in, and nothing is fetched from a network. */
describe.skipIf(!tools)('an install of ComfyUI', { timeout: 240_000 }, () => {
  let fake: FakeComfyUi;
  let source: FakeSource;
  let repository = '';
  const stopped = new AbortController();
  const git = (...args: string[]) => source.git(...args);

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    await mkdir(fake.registry.folder, { recursive: true });
    source = await FakeSource.make(join(fake.folder, 'source é'));
    repository = source.path;
  });
  afterEach(async () => {
    expect(await fake.processes()).toEqual([]);
    await fake.remove();
  });

  const version = (name: string): Promise<string> => source.version(name);

  const planned = (changes: object = {}): Promise<InstallPlan> =>
    planInstall(
      installRequest.parse({
        ...{ id: 'new', source: repository, torch: 'cpu', torchIndex: null, torchPackages: [] },
        ...{ installer: 'pip', skip: ['Torch'], ...changes },
      }),
      fake.registry.folder,
    );
  const carryOut = (plan: InstallPlan, steps: string[] = []): Promise<LaunchableRecord> =>
    install(
      plan,
      fake.registry,
      { step: (name, state) => steps.push(`${name}: ${state}`), line: () => undefined },
      stopped.signal,
    );

  it('makes one that starts, and brings source and settings back to a snapshot', async () => {
    const first = git('rev-parse', 'HEAD');
    const record = await carryOut(await planned());
    expect(record).toMatchObject({
      kind: 'install',
      state: 'ready',
      source: { version: '0.3.64', commit: first },
    });
    expect(record.options.vram).toBe('cpu');
    expect(await fake.registry.get('new')).toEqual(record);

    const { snapshots, folder } = fake.registry.files('new');
    const taken = await takeSnapshot(record, snapshots, 'before the update');
    expect(taken.packages.some((line) => line.startsWith('pip=='))).toBe(true);
    const second = await version('0.3.65');
    execFileSync('git', ['-C', record.path, 'fetch', '--quiet']);
    execFileSync('git', ['-C', record.path, 'checkout', '--quiet', second]);
    const changed = { ...record, options: { ...record.options, extra: ['--lowvram'] } };
    await fake.registry.save(changed);

    const context = { logPath: join(folder, 'install.log'), signal: stopped.signal, line: () => undefined };
    const plan = await restore(changed, taken, fake.registry, context);
    expect(plan).toMatchObject({ commit: { from: second, to: first }, settings: true, beyond: [] });
    expect(await readFile(join(record.path, 'comfyui_version.py'), 'utf8')).toContain('0.3.64');
    expect(await fake.registry.get('new')).toEqual(record);
    expect((await snapshotsIn(snapshots)).map(({ reason }) => reason)).toEqual([
      'before the update',
      `before going back to ${taken.id}`,
    ]);

    execFileSync('git', ['-C', record.path, 'checkout', '--quiet', second]);
    await writeFile(join(record.path, 'main.py'), '# mine');
    await expect(restore(changed, taken, fake.registry, context)).rejects.toThrow('were changed by hand');
  });

  it('says why a step broke, and goes on from there', async () => {
    await expect(carryOut(await planned({ commit: 'no-such-tag' }))).rejects.toThrow(/no such commit/i);
    expect(await fake.registry.get('new')).toMatchObject({ state: 'installing' });
    await writeFile(join(repository, 'requirements.txt'), '--no-index\nno-such-package\n');
    await version('0.3.66');
    await expect(carryOut(await planned())).rejects.toThrow('A package can not be had');
    const { folder } = fake.registry.files('new');
    expect((await installStateOf(folder))?.done).toEqual(['source', 'environment', 'torch']);
    await expect(access(join(folder, 'install.lock'))).rejects.toThrow('ENOENT');

    const steps: string[] = [];
    const record = await carryOut(await planned({ skip: ['no_such.package'] }), steps);
    expect(record).toMatchObject({ state: 'ready', source: { version: '0.3.66' } });
    expect(steps).toEqual([
      'source: was done before',
      'environment: was done before',
      'torch: was done before',
      'requirements: begins',
      'first start: begins',
    ]);
  });

  it('takes an archive, and an engine that does not start is not ready', async () => {
    const archive = join(fake.folder, 'Comfy UI.zip');
    git('archive', '--prefix', 'ComfyUI-1/', '--output', archive, 'HEAD');
    await writeFile(join(repository, 'mode'), 'vram');
    const plan = await planned({ source: archive, env: { FAKE_MODE: 'vram' } });
    expect(plan).toMatchObject({ source: 'archive', problems: [] });
    await expect(carryOut(plan)).rejects.toThrow('The graphics memory ran out');
    expect(await fake.registry.get('new')).toMatchObject({ state: 'installing' });
  });

  it('is refused while another one goes on in the same folder, and interrupted on request', async () => {
    const plan = await planned();
    const both = await Promise.allSettled([carryOut(plan), carryOut(plan)]);
    expect(both.filter(({ status }) => status === 'rejected')).toEqual([
      {
        status: 'rejected',
        reason: expect.objectContaining({ message: expect.stringContaining('installed already') }),
      },
    ]);
    await rm(fake.registry.files('new').folder, { recursive: true });
    const quit = new AbortController();
    const listener = { step: () => setTimeout(() => quit.abort(), 50), line: () => undefined };
    await expect(install(plan, fake.registry, listener, quit.signal)).rejects.toThrow();
    expect(await fake.registry.get('new')).toMatchObject({ state: 'installing' });
  });

  it.each([
    [{ python: '/no/python' }, 'no Python 3.10 or newer'],
    [{ source: '/no/where' }, 'There is nothing at'],
    [{ sha256: 'a'.repeat(64) }, 'is for archives'],
    [{ constraint: '/no/constraint.txt' }, "can't be read"],
  ])('plans %o with a problem in words', async (changes, words) => {
    expect((await planned(changes)).problems.join(' ')).toContain(words);
  });
});
