import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../electron/agent/engines/install/machine.ts';
import { cliProgram, runCli } from '../../helpers/programs.ts';
import { FakeComfyUi } from '../agent/fake-comfyui.ts';
import { git, PackBench } from '../agent/pack-bench.ts';

const tools = (await findPython())?.venv;

describe.skipIf(!tools)('atelier engine pack-…', { timeout: 240_000 }, () => {
  let bench: PackBench;
  const data = () => join(bench.folder, 'data');
  const engine = (...args: string[]) => runCli(['engine', ...args, '--data', data()]);

  beforeAll(async () => {
    bench = await PackBench.make();
  }, 300_000);
  afterAll(() => bench?.remove());

  it('shows a plan with the exact command for it, and does it when told', async () => {
    const source = await bench.repository('my päck', { 'requirements.txt': 'helper', 'install.py': '' });
    const commit = git(source, 'rev-parse', 'HEAD');
    const shown = await engine('pack-install', 'bench', source);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain(`pinned to    ${commit}`);
    expect(shown.stdout).toContain('new          helper 1.0');
    expect(shown.stdout).toContain('not run      its install.py');
    const plan = / --plan (\w{16}) --yes/.exec(shown.stdout)?.[1] ?? '';
    expect(shown.stdout).toContain(
      `pack-install bench ${JSON.stringify(source)} --commit ${commit} --plan ${plan} --yes`,
    );
    expect(await bench.customNodes()).toEqual([]);
    // The same commit asks for something else in another environment: not what was shown.
    const moved = await engine('pack-install', 'bench', source, '--plan', `${plan.slice(1)}x`, '--yes');
    expect(moved).toMatchObject({ code: 1, stderr: expect.stringContaining('no longer what was shown') });
    expect(await bench.customNodes()).toEqual([]);
    const done = await engine('pack-install', 'bench', source, '--commit', commit, '--plan', plan, '--yes');
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('How it was before: atelier engine restore'),
    });
    expect(await bench.customNodes()).toEqual(['my päck']);

    const off = await engine('pack-disable', 'bench', 'my päck');
    expect(off.stdout).toContain('Would disable');
    expect((await engine('pack-disable', 'bench', 'my päck', '--yes')).code).toBe(0);
    expect((await engine('packs', 'bench')).stdout).toMatch(/my päck +disabled\n {2}\w{12} /);
    const out = await engine('pack-remove', 'bench', 'my päck', '--yes');
    expect(out.stdout).toContain('Put aside, not deleted: ');
    expect(await bench.customNodes()).toEqual([]);
  });

  it('refuses to go back behind numpy, and says so with its exit code', async () => {
    const source = await bench.repository('greedy', { 'requirements.txt': 'oldlove' });
    const refused = await engine('pack-install', 'bench', source, '--yes');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('numpy 2.4.0 → 1.26.0') });
    expect(await bench.packages()).toContain('numpy==2.4.0');
    expect((await engine('pack-install', 'bench')).code).toBe(2);
    expect((await engine('pack-remove', 'bench', 'none')).stderr).toContain('has no node pack "none"');
  });

  it('killed in the middle leaves no half pack, and the same command does it', async () => {
    const source = await bench.repository('cut', { 'requirements.txt': 'toolbox==2.0', '__init__.py': '' });
    const args = ['engine', 'pack-install', 'bench', source, '--yes', '--data', data()];
    const child = spawn(process.execPath, [cliProgram, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: child.stdout }).on(
      'line',
      (line) => line === '→ dependencies' && child.kill('SIGKILL'),
    );
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(await bench.customNodes()).toEqual([]);
    // pip, which it had just begun, goes on to its end.
    await expect.poll(() => bench.processes(), { timeout: 120_000 }).toEqual([]);
    expect(await bench.drafts()).toHaveLength(1);
    expect(await engine('pack-install', 'bench', source, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(await bench.customNodes()).toEqual(['cut']);
    expect(await bench.drafts()).toEqual([]);
  });
});

describe('atelier engine packs --missing', { timeout: 240_000 }, () => {
  it('names the packs that a workflow needs, and what to do about each', async () => {
    const fake = await FakeComfyUi.make();
    try {
      const data = join(fake.folder, 'data');
      const engine = (...args: string[]) => runCli(['engine', ...args, '--data', data]);
      const file = join(fake.folder, 'workflow.json');
      const node = (class_type: string, _meta: object = {}) => ({ class_type, inputs: {}, _meta });
      await writeFile(
        file,
        JSON.stringify({
          1: node('EmptyImage'),
          2: node('Blur', { cnr_id: 'blur-pack', ver: '1.2.0' }),
          3: node('Grain'),
          4: node('Who'),
          5: node('Evil', { aux_id: '$(id)/x' }),
          6: node('Off', { cnr_id: 'off-pack' }),
          7: node('NewCore', { cnr_id: 'comfy-core', ver: '9.9' }),
        }),
      );
      const packs = join(fake.record.path, 'custom_nodes');
      await mkdir(join(packs, 'ComfyUI-Manager'), { recursive: true });
      await mkdir(join(packs, 'off-pack.disabled'));
      await writeFile(
        join(packs, 'ComfyUI-Manager', 'extension-node-map.json'),
        JSON.stringify({ 'https://localhost/grain': [['Grain'], {}] }),
      );
      await fake.registry.add(fake.record);
      expect((await engine('packs', 'fake', '--missing', file)).stderr).toContain('Start it first');
      await engine('start', 'fake');
      const told = await engine('packs', 'fake', '--missing', file);
      expect(told).toMatchObject({ code: 1, stderr: '' });
      expect(told.stdout.split('\n')).toEqual([
        'blur-pack (named by the file, made with 1.2.0)',
        '  nodes        Blur',
        '  install      atelier engine pack-install fake blur-pack',
        'https://localhost/grain (by the index of ComfyUI-Manager)',
        '  nodes        Grain',
        '  install      atelier engine pack-install fake https://localhost/grain',
        'unknown pack',
        '  nodes        Who',
        '$(id)/x (named by the file)',
        '  nodes        Evil',
        'off-pack (named by the file)',
        '  nodes        Off',
        '  there as     off-pack, disabled',
        '  enable       atelier engine pack-enable fake off-pack',
        "ComfyUI itself 9.9: this engine's has no such nodes",
        '  nodes        NewCore',
        '',
      ]);
      await engine('stop', 'fake');
      expect(await fake.processes()).toEqual([]);
    } finally {
      await fake.remove();
    }
  });
});
