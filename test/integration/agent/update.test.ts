import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conflictsPath } from '../../../electron/agent/engines/install/copy.ts';
import { install } from '../../../electron/agent/engines/install/installer.ts';
import { lockEngine } from '../../../electron/agent/engines/install/lock.ts';
import { ask, findPython } from '../../../electron/agent/engines/install/machine.ts';
import { planInstall } from '../../../electron/agent/engines/install/plan.ts';
import { installRequest } from '../../../electron/agent/engines/install/request.ts';
import { comfyUiProgram } from '../../../electron/agent/engines/launch/comfyui-program.ts';
import { engineRecord, type LaunchableRecord } from '../../../electron/agent/engines/registry/record.ts';
import { ServerProcess } from '../../../electron/agent/engines/server-process.ts';
import { restore } from '../../../electron/agent/engines/snapshots/restore.ts';
import { presentState, snapshotsIn } from '../../../electron/agent/engines/snapshots/snapshots.ts';
import { runCanaries } from '../../../electron/agent/engines/update/canaries.ts';
import { planUpdate } from '../../../electron/agent/engines/update/plan.ts';
import { prepareUpdate } from '../../../electron/agent/engines/update/prepare.ts';
import { reportIn } from '../../../electron/agent/engines/update/report.ts';
import {
  discardOld,
  discardUpdate,
  previousOf,
  settle,
  switchBack,
  switchTo,
} from '../../../electron/agent/engines/update/switch.ts';
import { HttpClient } from '../../../electron/agent/http.ts';
import type { Graph } from '../../../shared/comfy/graph.ts';
import { FakeComfyUi } from './fake-comfyui.ts';
import { FakeSource, makeWheel } from './fake-source.ts';
import { probeGraph, tinyGraph } from './support.ts';

const tools = (await ask('git', ['--version'])) && (await findPython())?.venv;
const fits = process.platform === 'linux' && tools;

/** Real git, real environments and pip with packages made here; only ComfyUI is a stand-in. */
describe.skipIf(!fits)('an update in a copy', { timeout: 600_000 }, () => {
  let fake: FakeComfyUi;
  let source: FakeSource;
  let wheels = '';
  const never = new AbortController().signal;
  const quiet = { signal: never, line: () => undefined };
  const steps: string[] = [];
  const listener = {
    step: (name: string, state: string) => steps.push(`${name}: ${state}`),
    line: () => undefined,
  };
  const frozen = async (python: string): Promise<string[]> =>
    ((await ask(python, ['-m', 'pip', 'freeze'])) ?? '').split('\n').sort();
  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    await mkdir(fake.registry.folder, { recursive: true });
    wheels = join(fake.folder, 'wheels');
    for (const [name, version] of [
      ['torch', '1.0.0'],
      ['tidy', '1.0'],
      ['extra', '1.0'],
    ] as const) {
      await makeWheel(wheels, name, version);
    }
    source = await FakeSource.make(join(fake.folder, 'source é'), '0.3.64', 'torch\ntidy\n');
    steps.length = 0;
  });
  afterEach(async () => {
    expect(await fake.processes()).toEqual([]);
    await fake.remove();
  });

  const pipArgs = () => ['--no-index', '--find-links', wheels];

  async function installed(): Promise<LaunchableRecord> {
    const request = installRequest.parse({
      ...{ id: 'mine', source: source.path, torch: 'cpu', torchIndex: null, torchPackages: ['torch'] },
      ...{ installer: 'pip', with: ['extra'], pipArgs: pipArgs() },
    });
    return install(await planInstall(request, fake.registry.folder), fake.registry, listener, never);
  }

  /** A newer ComfyUI with other requirements, and packages that are newer than what is installed. */
  async function release(): Promise<string> {
    await makeWheel(wheels, 'torch', '2.0.0');
    await makeWheel(wheels, 'tidy', '2.0');
    await makeWheel(wheels, 'extra', '2.0');
    await makeWheel(wheels, 'grown', '1.0');
    return source.version('0.3.65', {
      'requirements.txt': 'torch\ntidy>=2\ngrown\n',
      'changes.json': JSON.stringify({ tint: 0x40, without: ['ImageBlur'] }),
    });
  }

  const prepared = async (record: LaunchableRecord) =>
    prepareUpdate(await planUpdate(record, {}, fake.registry, quiet), fake.registry, listener, never);

  const still = {
    '1': { class_type: 'LoadImage', inputs: { image: 'mine.png' } },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'still' } },
  };
  const blurred = {
    '1': { class_type: 'EmptyImage', inputs: { width: 32, height: 24, batch_size: 1, color: 7 } },
    '2': { class_type: 'ImageBlur', inputs: { image: ['1', 0], blur_radius: 1, sigma: 1 } },
    '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'blurred' } },
  };
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );

  it('is planned, prepared, tried, switched to, taken back and cleared away', async () => {
    const record: LaunchableRecord = { ...(await installed()), serves: true };
    await fake.registry.save(record);
    const base = record.base ?? '';
    const { folder, snapshots } = fake.registry.files('mine');
    await mkdir(join(base, 'input'), { recursive: true });
    await writeFile(join(base, 'input/mine.png'), png);
    await mkdir(join(base, 'output'), { recursive: true });
    await writeFile(join(base, 'output/old.txt'), 'precious');
    const pack = join(base, 'custom_nodes/pack é');
    await mkdir(pack, { recursive: true });
    await writeFile(join(pack, 'requirements.txt'), 'tidy<2\n');
    const newest = await release();

    const plan = await planUpdate(record, {}, fake.registry, quiet);
    expect(plan).toMatchObject({
      from: { version: '0.3.64' },
      to: { version: '0.3.65', commit: newest },
      commits: { ahead: 1, behind: 0 },
      tags: ['v0.3.65'],
      requirements: { added: ['tidy>=2', 'grown'], removed: ['tidy'] },
      nothingNew: false,
    });
    expect(plan.install.problems).toEqual([]);
    expect(plan.install.request.torchPackages).toEqual(['torch==1.0.0']);
    expect(plan.install.disk.needed).toBeGreaterThan(50e6);
    expect(plan.packs.map(({ name }) => name)).toEqual(['pack é']);

    const candidate = await prepareUpdate(plan, fake.registry, listener, never);
    expect(candidate).toMatchObject({ state: 'ready', candidateOf: 'mine', source: { commit: newest } });
    // What the requirements do not ask for stays as it is.
    expect(await frozen(candidate.python)).toEqual(['extra==1.0', 'grown==1.0', 'tidy==2.0', 'torch==1.0.0']);
    expect(await frozen(record.python)).toEqual(['extra==1.0', 'tidy==1.0', 'torch==1.0.0']);
    expect((await fake.registry.list()).map(({ id }) => id)).toEqual(['mine']);
    expect(await fake.registry.get('mine')).toEqual(record);
    const trial = fake.registry.files('mine-next').folder;
    expect(await readFile(conflictsPath({ folder: trial }), 'utf8')).toContain('"pack é\\" does not get');
    expect(await exists(join(trial, 'base/custom_nodes/pack é/requirements.txt'))).toBe(true);

    const canaries = Object.entries({ still, blurred, tinted: tinyGraph(7), bad: probeGraph('raise') });
    const report = await runCanaries(
      candidate,
      record,
      canaries.map(([name, graph]) => ({ name, graph: graph as Graph })),
      fake.registry,
      { begins: () => undefined },
      never,
    );
    expect(report.canaries.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['still', 'same'],
      ['blurred', 'broken'],
      ['tinted', 'differs'],
      ['bad', 'was broken before too'],
    ]);
    expect(report.canaries[1]?.words).toContain('no node type "ImageBlur"');
    // Inverted as 32-bit floats and cut off, as ComfyUI does: 7 gives 248, 7 + 0x40 gives 183.
    expect(report.canaries[2]?.differences[0]?.pixels).toEqual({ share: 1, largest: 248 - 183 });
    expect(report.overall).toBe('broken');
    expect(report.notes).toEqual([expect.stringContaining('pack é')]);
    expect(await reportIn(trial)).toEqual(report);
    for (const file of report.canaries[2]?.next.outputs ?? []) await access(join(trial, file.file ?? '-'));
    // Nothing of the trial lies among the user's own.
    expect(await readdir(join(base, 'output'))).toEqual(['old.txt']);

    await expect(switchTo(candidate, fake.registry)).rejects.toThrow('do not run in the update');
    const next = await switchTo(candidate, fake.registry, true);
    expect(next).toMatchObject({ id: 'mine', kind: 'install', base, source: { version: '0.3.65' } });
    // What it is for stays: it takes tasks and starts with Atelier, as before.
    expect(next).toMatchObject({ serves: true });
    expect(next).not.toHaveProperty('candidateOf');
    expect(await exists(trial)).toBe(false);
    expect((await snapshotsIn(snapshots)).map(({ reason }) => reason)).toEqual([
      'before the update to 0.3.65',
    ]);
    expect((await presentState(next, '')).packs.map(({ name }) => name)).toEqual(['pack é']);
    expect(await readFile(join(base, 'output/old.txt'), 'utf8')).toBe('precious');
    await startsAndEnds(next);
    const again = await planUpdate(next, {}, fake.registry, quiet);
    expect(again).toMatchObject({ nothingNew: true, install: { request: { copyOf: { version: '3' } } } });

    expect(await switchBack('mine', fake.registry)).toEqual(record);
    await startsAndEnds(record);
    expect((await switchBack('mine', fake.registry)).path).toBe(next.path);
    await discardOld('mine', fake.registry);
    expect(await previousOf('mine', fake.registry)).toBeUndefined();
    await expect(switchBack('mine', fake.registry)).rejects.toThrow('no way back');
    expect(
      (await readdir(folder)).filter((name) => /^(source|environment|versions|base)$/.test(name)),
    ).toEqual(['base', 'versions']);
    await startsAndEnds(next);
  });

  /** It comes up from where its record says, and ends. */
  async function startsAndEnds(record: LaunchableRecord): Promise<void> {
    const http = new HttpClient();
    const server = await ServerProcess.launch(comfyUiProgram(record, fake.registry, http), () => undefined);
    try {
      expect(await server.address({ readyMs: 30_000, silentMs: 30_000 }, never)).toBeDefined();
      await expect(switchBack(record.id, fake.registry)).rejects.toThrow('is running');
    } finally {
      await server.end(5000);
      http.close();
    }
  }

  it('leaves an adopted folder as it is, goes on after a break, and is discarded or switched to', async () => {
    const folder = join(fake.folder, 'adopted ü');
    source.git('clone', '--quiet', source.path, folder);
    const python = (await findPython())?.executable ?? '';
    await ask(python, ['-m', 'venv', join(folder, 'venv')]);
    const own = join(folder, 'venv/bin/python');
    await ask(own, ['-m', 'pip', 'install', ...pipArgs(), 'torch', 'tidy']);
    await writeFile(join(folder, 'extra_model_paths.yaml'), '# mine\n');
    const record = engineRecord.parse({
      ...{ id: 'theirs', kind: 'adopt', created: new Date().toISOString(), path: folder, python: own },
      ...{ options: { vram: 'cpu' } },
    }) as LaunchableRecord;
    await fake.registry.add(record);
    await release();
    const before = await listed(folder);

    const changes = { installer: 'pip' as const, pipArgs: pipArgs() };
    const plan = await planUpdate(record, changes, fake.registry, quiet);
    expect(plan).toMatchObject({ commits: { ahead: 1, behind: 0 }, install: { problems: [] } });
    const quit = new AbortController();
    const breaking = {
      step: (name: string) => name === 'requirements' && quit.abort(),
      line: () => undefined,
    };
    await expect(prepareUpdate(plan, fake.registry, breaking, quit.signal)).rejects.toThrow();
    expect(await fake.registry.candidateOf('theirs')).toMatchObject({ state: 'installing' });
    // Said without the changes: they hold on.
    const resumed = await planUpdate(record, {}, fake.registry, quiet);
    expect(resumed.done).toEqual(['source', 'environment', 'torch', 'present packages']);
    const candidate = await prepareUpdate(resumed, fake.registry, listener, never);
    expect(steps.filter((step) => step.endsWith('before'))).toHaveLength(4);
    expect(await readFile(join(candidate.path, 'extra_model_paths.yaml'), 'utf8')).toBe('# mine\n');

    const next = await switchTo(candidate, fake.registry);
    expect(next).toMatchObject({ id: 'theirs', kind: 'install', base: folder });
    // A crash right after the switch: the trial's record is still there, and may not take the version with it.
    await fake.registry.add({ ...candidate });
    await settle('theirs', fake.registry);
    expect(await fake.registry.candidateOf('theirs')).toBeUndefined();
    expect(await listed(folder)).toEqual(before);
    await startsAndEnds(next);
    expect(await switchBack('theirs', fake.registry)).toEqual(record);
    // The start made the folders that any start in it makes; the update itself made nothing.
    const started = [...before, 'input', 'output', 'temp'].sort();
    expect(await listed(folder)).toEqual(started);
    await fake.registry.remove('theirs');
    expect(await listed(folder)).toEqual(started);
    expect(await readdir(fake.registry.folder)).toEqual([]);
  });

  const listed = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => !/__pycache__/.test(name)).sort();

  it('is refused while the engine is changed by somebody else, and discarded without a trace', async () => {
    const record = await installed();
    await release();
    const { folder, snapshots } = fake.registry.files('mine');
    const before = await readdir(folder);
    const candidate = await prepared(record);
    const unlock = await lockEngine(folder, 'mine', 'brought back to a snapshot');
    const words = '"mine" is being brought back to a snapshot already';
    await expect(switchTo(candidate, fake.registry)).rejects.toThrow(words);
    await expect(prepared(record)).rejects.toThrow(words);
    await expect(discardUpdate('mine', fake.registry)).rejects.toThrow(words);
    const now = await presentState(record, '');
    const context = { ...quiet, logPath: join(folder, 'restore.log') };
    await expect(restore(record, now, fake.registry, context)).rejects.toThrow(words);
    await unlock();

    await discardUpdate('mine', fake.registry);
    expect(await fake.registry.get('mine')).toEqual(record);
    expect(await readdir(join(folder, 'versions'))).toEqual([]);
    expect((await readdir(folder)).filter((name) => !before.includes(name)).sort()).toEqual([
      'history.git',
      'update.log',
      'versions',
    ]);
    expect((await readdir(fake.registry.folder)).sort()).toEqual(['mine', 'mine.json']);
    expect(await snapshotsIn(snapshots)).toEqual([]);
    await expect(discardUpdate('mine', fake.registry)).rejects.toThrow('no update of "mine"');
  });
});
