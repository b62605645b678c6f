import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../electron/agent/engines/install/machine.ts';
import { Jobs } from '../../../electron/agent/engines/manage/jobs.ts';
import { installPack as managedInstall } from '../../../electron/agent/engines/manage/packs.ts';
import type { CommandPorts } from '../../../electron/agent/engines/manage/ports.ts';
import { disablePack, enablePack, removePack } from '../../../electron/agent/engines/packs/change.ts';
import { installPack, updatePack } from '../../../electron/agent/engines/packs/install.ts';
import { installedPacks } from '../../../electron/agent/engines/packs/installed.ts';
import {
  type PackPlan,
  type PackRequest,
  planPackInstall,
  planPackUpdate,
} from '../../../electron/agent/engines/packs/plan.ts';
import { ourselves } from '../../../electron/agent/engines/process-record.ts';
import { restore } from '../../../electron/agent/engines/snapshots/restore.ts';
import { type InstallPackRequest, installPackRequest } from '../../../shared/wire/engine-changes.ts';
import { git, PackBench } from './pack-bench.ts';

const tools = (await findPython())?.venv;

/** Real git, real Python and pip, packages out of an index of our own. */
describe.skipIf(!tools)('node packs of an engine', { timeout: 240_000 }, () => {
  let bench: PackBench;
  const first = ['frontish==2.0', 'numpy==2.4.0', 'pillowish==2.0', 'steady==1.0', 'torch==2.13.0+cpu'];

  beforeAll(async () => {
    bench = await PackBench.make();
  }, 300_000);
  afterEach(async () => {
    const drafts = await bench.drafts().catch(() => []);
    bench.steps.length = 0;
    // One test that fails must not make the others fail.
    for (const place of ['base/custom_nodes', 'repositories', 'data/engines/bench/pack-drafts'])
      await rm(join(bench.folder, place), { recursive: true, force: true });
    expect(drafts).toEqual([]);
  });
  afterAll(() => bench?.remove());

  const signal = new AbortController().signal;
  const plan = (request: PackRequest): Promise<PackPlan> =>
    planPackInstall(request, bench.record, bench.registry, bench.tools);
  const update = (request: Omit<PackRequest, 'source' | 'name'> & { name: string }): Promise<PackPlan> =>
    planPackUpdate(request, bench.record, bench.registry, bench.tools);

  /** Carries a plan out, or sees it refused, and forgets it. */
  async function carryOut(made: PackPlan) {
    try {
      return await (made.before ? updatePack : installPack)(made, bench.owner, bench.listener, signal);
    } finally {
      await made.discard();
    }
  }

  function tidyUp(...packages: string[]): void {
    const pip = ['-m', 'pip', 'uninstall', '-y', ...packages];
    execFileSync(bench.record.python, pip);
  }

  it('are planned without changing anything, then installed as it was shown', async () => {
    const source = await bench.repository('Päck one', {
      '__init__.py': 'NODE_CLASS_MAPPINGS = {}\n',
      'requirements.txt': 'toolbox==1.0 # a comment\nnumpy\n',
    });
    const made = await plan({ source, name: 'pack one' });
    expect(made).toMatchObject({
      name: 'pack one',
      fetched: { address: source, commit: git(source, 'rev-parse', 'HEAD') },
      requirements: { file: 'requirements.txt', lines: ['toolbox==1.0', 'numpy'], odd: [] },
      guarded: [],
      installScript: false,
    });
    expect(made.fetched.about).toContain('by Ann: one more');
    expect(made.changes.map(({ name, from, to, kind }) => [name, from, to, kind])).toEqual([
      ['toolbox', null, '1.0', 'new'],
      ['helper', null, '1.0', 'new'],
    ]);
    expect(await bench.packages()).toEqual(first);
    expect(await bench.customNodes()).toEqual([]);

    const { snapshot, restart } = await carryOut(made);
    expect(bench.steps).toEqual(['snapshot', 'dependencies', 'pack']);
    expect(restart).toBe(false);
    expect(snapshot).toMatchObject({ reason: 'before installing pack one', packs: [] });
    expect(await bench.customNodes()).toEqual(['pack one']);
    expect(await installedPacks(bench.record)).toEqual([
      {
        ...{ name: 'pack one', enabled: true, changed: false },
        ...{ commit: made.fetched.commit, remote: source },
      },
    ]);
    expect(await bench.packages()).toEqual(expect.arrayContaining(['toolbox==1.0', 'helper==1.0']));
    tidyUp('toolbox', 'helper');
    await expect(plan({ source })).rejects.toThrow('is there already as "pack one"');
  });

  it('are installed as they were shown, or not at all, when their source moves on meanwhile', async () => {
    const source = await bench.repository('moving', { 'requirements.txt': 'toolbox==1.0\n' });
    const jobs = new Jobs(() => undefined);
    const ports = { registry: bench.registry, http: bench.http, jobs } as CommandPorts;
    const say = (wish: Partial<InstallPackRequest>) =>
      managedInstall({ engine_id: 'bench', wish: installPackRequest.parse({ source, ...wish }) }, ports);
    const shown = await say({});
    expect(shown).toMatchObject({ commit: git(source, 'rev-parse', 'HEAD'), plan_id: expect.any(String) });
    expect((await say({})).plan_id).toBe(shown.plan_id);
    await bench.repository('moving', { 'requirements.txt': 'toolbox==2.0\n' });
    const { plan_id, commit } = shown;
    const refused = say({ dry_run: false, plan_id });
    await expect(refused).rejects.toThrow('no longer what was shown');
    expect([jobs.get('bench'), await bench.customNodes()]).toEqual([null, []]);
    expect(await say({ dry_run: false, plan_id, commit })).toEqual(shown);
    await jobs.over('bench');
    expect(jobs.get('bench')).toMatchObject({ state: 'done' });
    expect(await installedPacks(bench.record)).toMatchObject([{ name: 'moving', commit }]);
    expect(await bench.packages()).toContain('toolbox==1.0');
    tidyUp('toolbox', 'helper');
  });

  it('are refused when they would break what runs, or ask for more than packages of the index', async () => {
    const source = await bench.repository('greedy', {
      'requirements.txt': [
        ...['oldlove', 'torch==2.13.0+cu128', 'frontish>2', 'pillowish<2', './wheels'],
        ...['git+https://localhost/x.git', '--extra-index-url https://localhost/simple'],
      ].join('\n'),
    });
    const made = await plan({ source });
    const told = made.guarded.map((line) => line.replace(/^It asks .*?: /, 'odd: '));
    // pip tells packages in an order of its own.
    expect(new Set(told)).toEqual(
      new Set([
        'odd: ./wheels',
        'odd: git+https://localhost/x.git',
        'odd: --extra-index-url https://localhost/simple',
        'numpy 2.4.0 → 1.26.0 goes back behind what the engine runs with.',
        'numpy 2.4.0 → 1.26.0, but ComfyUI wants numpy >=2.0.',
        'torch 2.13.0+cpu → 2.13.0+cu128 is another build of PyTorch; the engine may lose its GPU.',
        'frontish 2.0 → 3.0, but ComfyUI wants frontish ==2.0.',
        'pillowish 2.0 → 1.0, but steady wants pillowish >=2.',
      ]),
    );
    await expect(carryOut(made)).rejects.toThrow(/unless you insist \(--insist\): .*numpy/);
    expect(await bench.packages()).toEqual(first);
    expect(await bench.customNodes()).toEqual([]);
  });

  it('go back behind numpy when insisted on, and a snapshot undoes it', async () => {
    const source = await bench.repository('greedy', { 'requirements.txt': 'oldlove\n' });
    const { snapshot } = await carryOut(await plan({ source, insist: true }));
    expect(await bench.packages()).toEqual(expect.arrayContaining(['numpy==1.26.0', 'oldlove==1.0']));
    const context = { logPath: join(bench.folder, 'log'), signal, line: () => undefined };
    await restore(bench.record, snapshot, bench.registry, context);
    expect(await bench.packages()).toEqual(first);
    expect(await bench.customNodes()).toEqual(['greedy.disabled']);
  });

  it('are not built before anybody has agreed', async () => {
    const mark = join(bench.folder, 'built');
    await bench.sourceOnly('rawone', mark);
    const source = await bench.repository('raw', { 'requirements.txt': 'rawone\n' });
    await expect(plan({ source })).rejects.toThrow(/ready-made.*--insist/s);
    await expect(readFile(mark)).rejects.toThrow('ENOENT');
    await expect(plan({ source, insist: true })).rejects.toThrow();
    await readFile(mark);
  });

  it.each([
    ['a package that nobody has', { 'requirements.txt': 'no-such-thing\n' }, /not to be had/],
    ['a conflict', { 'requirements.txt': 'oldlove\nnumpy>=2\n' }, /not to be had/],
  ])('with %s are told so, and nothing is left', async (_what, files, words) => {
    await expect(plan({ source: await bench.repository('broken', files) })).rejects.toThrow(words);
    expect(await bench.packages()).toEqual(first);
  });

  it('are read from pyproject.toml where there is no requirements.txt; a broken one is passed over', async () => {
    const project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["helper>=1"]\n';
    const made = await plan({ source: await bench.repository('modern', { 'pyproject.toml': project }) });
    expect(made).toMatchObject({ requirements: { file: 'pyproject.toml', lines: ['helper>=1'] } });
    await made.discard();
    const odd = await plan({ source: await bench.repository('odd', { 'pyproject.toml': '[project\n' }) });
    expect(odd.notes.join(' ')).toContain('makes no sense');
    await odd.discard();
  });

  it('leave no half when it breaks, and what has changed in the environment is told', async () => {
    const source = await bench.repository('late', { 'requirements.txt': 'helper\n', 'a.py': '' });
    const made = await plan({ source });
    // Somebody else puts something there meanwhile.
    await mkdir(join(bench.folder, 'base', 'custom_nodes', 'late'), { recursive: true });
    const words = await carryOut(made).catch((error: Error) => error.message);
    expect(words).toMatch(/already something at .*New or moved: helper\..*engine restore bench \S+ --yes/s);
    expect(await readdir(join(bench.folder, 'base', 'custom_nodes', 'late'))).toEqual([]);
    tidyUp('helper');
  });

  it('stop between two steps when asked to', async () => {
    const source = await bench.repository('stopped', { 'requirements.txt': 'helper\n' });
    const made = await plan({ source });
    const quit = new AbortController();
    const listener = { ...bench.listener, step: (name: string) => name === 'dependencies' && quit.abort() };
    await expect(installPack(made, bench.owner, listener, quit.signal)).rejects.toThrow(
      'The packages of the engine are as they were.',
    );
    await made.discard();
    expect(await bench.customNodes()).toEqual([]);
  });

  it('have an install.py that is not run unless that is asked for', async () => {
    const script = 'import os\nopen("ran", "w").write(os.getcwd())\n';
    const source = await bench.repository('scripted', { 'install.py': script });
    const pack = join(bench.folder, 'base', 'custom_nodes', 'scripted');
    const made = await plan({ source });
    expect(made.installScript).toBe(true);
    await carryOut(made);
    expect(await readdir(pack)).not.toContain('ran');
    await rm(pack, { recursive: true });
    await carryOut(await plan({ source, runInstallScript: true }));
    // It ran where ComfyUI passes over it.
    expect(await readFile(join(pack, 'ran'), 'utf8')).toBe(`${pack}.disabled`);
    await rm(pack, { recursive: true });
    await bench.repository('scripted', { 'install.py': 'raise SystemExit("no luck")\n' });
    const bad = plan({ source, runInstallScript: true }).then(carryOut);
    await expect(bad).rejects.toThrow(/install\.py failed.*no luck/s);
    expect(await bench.customNodes()).toEqual([]);
  });

  it.each([
    ['http://127.0.0.1:1/x.git', 'The network or the server did not answer'],
    ['/no/where', 'no git repository at that address'],
    ['--upload-pack=x', 'is no source of a node pack'],
    ['https://localhost/.disabled', "can't be the name"],
  ])('can not come from %s', async (source, words) => {
    await expect(plan({ source })).rejects.toThrow(words);
  });

  it('need git where they are repositories', async () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      await expect(plan({ source: '/x/y' })).rejects.toThrow('git is not installed');
    } finally {
      process.env.PATH = PATH;
    }
  });

  describe('that are there', () => {
    let source = '';
    let old = '';
    let newer = '';
    const pack = (): string => join(bench.folder, 'base', 'custom_nodes', 'moving');

    const installed = async (): Promise<void> => {
      source = await bench.repository('moving', { 'a.py': 'one\n', 'b.py': '' });
      await carryOut(await plan({ source }));
      old = git(source, 'rev-parse', 'HEAD');
      await bench.repository('moving', { 'a.py': 'two\n', 'new.py': '' });
      newer = git(source, 'rev-parse', 'HEAD');
      bench.steps.length = 0;
    };

    it('are updated to the newest, keeping what lies in them, and back to a commit', async () => {
      await installed();
      await writeFile(join(pack(), 'my settings.json'), '{}');
      const made = await update({ name: 'moving' });
      expect(made).toMatchObject({ same: false, guarded: [], fetched: { commit: newer, address: source } });
      expect(git(pack(), 'rev-parse', 'HEAD')).toBe(old);
      await carryOut(made);
      expect(git(pack(), 'rev-parse', 'HEAD')).toBe(newer);
      expect(await readFile(join(pack(), 'a.py'), 'utf8')).toBe('two\n');
      await readFile(join(pack(), 'my settings.json'));

      const again = await update({ name: 'moving' });
      expect(again.same).toBe(true);
      await expect(carryOut(again)).rejects.toThrow('at this state already');
      await carryOut(await update({ name: 'moving', commit: old.slice(0, 10) }));
      expect(git(pack(), 'rev-parse', 'HEAD')).toBe(old);
      await expect(update({ name: 'moving', commit: 'never' })).rejects.toThrow(/no such commit/i);
      await expect(update({ name: 'other' })).rejects.toThrow('It has: moving.');
    });

    it('are not updated over work by hand, and with insistence it is put aside', async () => {
      await installed();
      await writeFile(join(pack(), 'a.py'), 'mine\n');
      await expect(carryOut(await update({ name: 'moving' }))).rejects.toThrow('changed by hand');
      const { keptAt } = await carryOut(await update({ name: 'moving', insist: true }));
      expect(await readFile(join(pack(), 'a.py'), 'utf8')).toBe('two\n');
      expect(await readFile(keptAt ?? '', 'utf8')).toContain('+mine');
    });

    it('stay as they were when an update can not be put in place', async () => {
      await installed();
      await writeFile(join(pack(), 'new.py'), 'in the way');
      await expect(carryOut(await update({ name: 'moving' }))).rejects.toThrow('"moving" is as it was.');
      expect(await bench.customNodes()).toEqual(['moving']);
      expect(git(pack(), 'rev-parse', 'HEAD')).toBe(old);
    });

    it('are disabled, enabled and taken out, each after a snapshot, and nothing is lost', async () => {
      await installed();
      const { owner, listener } = bench;
      const off = await disablePack(owner, 'moving', listener);
      expect(off.snapshot.packs).toMatchObject([{ name: 'moving', enabled: true }]);
      expect(await bench.customNodes()).toEqual(['moving.disabled']);
      await expect(disablePack(owner, 'moving', listener)).rejects.toThrow('disabled already');
      await carryOut(await update({ name: 'moving' }));
      expect(await bench.customNodes()).toEqual(['moving.disabled']);
      await enablePack(owner, 'moving', listener);
      await expect(enablePack(owner, 'moving', listener)).rejects.toThrow('enabled already');
      const { keptAt = '' } = await removePack(owner, 'moving', listener);
      expect(await bench.customNodes()).toEqual([]);
      expect(keptAt).toContain(join('engines', 'bench', 'removed-packs', 'moving-'));
      expect(git(keptAt, 'rev-parse', 'HEAD')).toBe(newer);
    });

    it('are only read where the engine was installed by others, until that is agreed to', async () => {
      await installed();
      const owner = {
        ...bench.owner,
        record: { ...bench.record, kind: 'adopt' as const, state: 'ready' as const },
      };
      await expect(removePack(owner, 'moving', bench.listener)).rejects.toThrow('installed by others');
      expect(await bench.customNodes()).toEqual(['moving']);
      await removePack({ ...owner, allowAdopted: true }, 'moving', bench.listener);
    });

    it('are changed while the engine runs, which takes notice later', async () => {
      await installed();
      const { processRecord } = bench.registry.files('bench');
      const keeper = await ourselves();
      await writeFile(processRecord, JSON.stringify({ ...keeper, token: 't', url: null, keeper: null }));
      expect((await disablePack(bench.owner, 'moving', bench.listener)).restart).toBe(true);
      await rm(processRecord);
    });

    it('are changed by one at a time', async () => {
      await installed();
      const both = await Promise.allSettled([
        disablePack(bench.owner, 'moving', bench.listener),
        removePack(bench.owner, 'moving', bench.listener),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });
  });
});
