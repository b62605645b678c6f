import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launchOptions } from '#shared/wire/engines.ts';
import { ask } from '../../../electron/agent/engines/install/machine.ts';
import { installRequest } from '../../../electron/agent/engines/install/request.ts';
import type { PackOwner, PackStep } from '../../../electron/agent/engines/packs/change.ts';
import type { LaunchableRecord } from '../../../electron/agent/engines/registry/record.ts';
import { EngineRegistry } from '../../../electron/agent/engines/registry/registry.ts';
import { HttpClient } from '../../../electron/agent/http.ts';

/** Writes wheels that hold nothing, from lines `name version requirement …`. */
const wheelsProgram = `
import sys, zipfile
folder, lines = sys.argv[1], sys.argv[2:]
for line in lines:
    name, version, *wants = line.split(" ")
    info = f"{name}-{version}.dist-info"
    meta = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + "".join(f"Requires-Dist: {w}\\n" for w in wants)
    with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}_module.py", f"version = '{version}'\\n")
        wheel.writestr(f"{info}/METADATA", meta)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
`;

/** Writes a zip from pairs of name and text. */
const zipProgram = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as out:
    for name, text in zip(sys.argv[2::2], sys.argv[3::2]):
        out.writestr(name, text)
`;

/** Our own index: what is there at first, and what else can be had. */
const installed = [
  'numpy 2.4.0',
  'torch 2.13.0+cpu',
  'frontish 2.0',
  'pillowish 2.0',
  'steady 1.0 pillowish>=2',
];
const more = [
  ...['numpy 1.26.0', 'torch 2.13.0+cu128', 'frontish 3.0', 'pillowish 1.0'],
  ...['toolbox 1.0 helper>=1', 'helper 1.0', 'toolbox 2.0 helper>=1', 'oldlove 1.0 numpy<2'],
];

/**
 * An engine with a real Python environment and a small package index of its own, in a folder with blanks and accents;
 * repositories and archives of packs are made beside it. Nothing is fetched from a network.
 */
export class PackBench {
  readonly folder: string;
  readonly registry: EngineRegistry;
  readonly record: LaunchableRecord;
  readonly http = new HttpClient();
  readonly steps: PackStep[] = [];
  readonly #before = { ...process.env };

  private constructor(folder: string) {
    this.folder = folder;
    this.registry = new EngineRegistry(join(folder, 'data'));
    this.record = {
      ...{ id: 'bench', kind: 'install', state: 'ready', created: new Date().toISOString() },
      ...{ path: join(folder, 'source'), python: join(folder, 'environment é', 'bin', 'python') },
      ...{ base: join(folder, 'base'), options: launchOptions.parse({}), env: {} },
      ...{ serves: false, apart: false, source: { version: '', commit: '' } },
    };
  }

  static async make(): Promise<PackBench> {
    const bench = new PackBench(await mkdtemp(join(tmpdir(), 'atelier packs ü ')));
    try {
      await bench.#fill();
    } catch (error) {
      await bench.remove();
      throw error;
    }
    return bench;
  }

  async #fill(): Promise<void> {
    const { folder, record, registry } = this;
    // Nothing of this machine's own settings of pip.
    for (const name of Object.keys(process.env)) if (name.startsWith('PIP_')) delete process.env[name];
    process.env.PIP_CONFIG_FILE = '/dev/null';
    const wheels = join(folder, 'wheels');
    for (const path of [wheels, record.path, join(folder, 'base'), registry.files('bench').folder])
      await mkdir(path, { recursive: true });
    await writeFile(join(record.path, 'requirements.txt'), 'numpy>=2.0\ntorch\nfrontish==2.0\n');
    const run = promisify(execFile);
    await run('python3', ['-m', 'venv', join(folder, 'environment é')]);
    await run(record.python, ['-c', wheelsProgram, wheels, ...installed, ...more]);
    const request = installRequest.parse({ id: 'bench', pipArgs: ['--no-index', '--find-links', wheels] });
    await writeFile(
      join(registry.files('bench').folder, 'install.json'),
      JSON.stringify({ request, done: [] }),
    );
    const versions = installed.map((line) => line.split(' ').slice(0, 2).join('=='));
    await run(record.python, ['-m', 'pip', 'install', ...request.pipArgs, ...versions]);
    await registry.add(record);
  }

  get owner(): PackOwner {
    return { record: this.record, registry: this.registry, allowAdopted: false };
  }

  get tools() {
    return { http: this.http, signal: new AbortController().signal, line: () => undefined };
  }

  readonly listener = {
    step: (name: PackStep): void => void this.steps.push(name),
    line: (): void => undefined,
  };

  /** A repository with these files, or a further commit in it; returns its path. */
  async repository(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const path = join(this.folder, 'repositories', name);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(join(path, file, '..'), { recursive: true });
      await writeFile(join(path, file), text);
    }
    git(path, 'init', '--quiet');
    git(path, 'add', '.');
    git(path, 'commit', '--quiet', '-m', 'one more');
    return path;
  }

  /** A source distribution that leaves a mark when anybody builds it. */
  async sourceOnly(name: string, mark: string): Promise<void> {
    const folder = join(this.folder, `${name}-1.0`);
    await mkdir(folder);
    const backend = `open(${JSON.stringify(mark)}, "w").close()\n`;
    await writeFile(join(folder, 'backend.py'), backend);
    const system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
    await writeFile(join(folder, 'pyproject.toml'), system);
    await writeFile(join(folder, 'PKG-INFO'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`);
    execFileSync('tar', ['-czf', join(this.folder, 'wheels', `${name}-1.0.tar.gz`), `${name}-1.0`], {
      cwd: this.folder,
    });
  }

  async zip(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const path = join(this.folder, name);
    await promisify(execFile)(this.record.python, ['-c', zipProgram, path, ...Object.entries(files).flat()]);
    return path;
  }

  /** What the environment holds of our own packages, as `name version`. */
  async packages(): Promise<string[]> {
    const said = (await ask(this.record.python, ['-m', 'pip', 'freeze'])) ?? '';
    return said.split('\n').filter(Boolean).sort();
  }

  /** What ComfyUI would look at. */
  async customNodes(): Promise<string[]> {
    return (await readdir(join(this.folder, 'base', 'custom_nodes')).catch(() => [])).sort();
  }

  async drafts(): Promise<string[]> {
    return readdir(join(this.registry.files('bench').folder, 'pack-drafts'));
  }

  /** Living processes that name this folder in their arguments, counted from /proc. */
  async processes(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const commands = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    return commands.filter((command) => command.includes(this.folder));
  }

  async remove(): Promise<void> {
    this.http.close();
    for (const name of Object.keys(process.env)) if (!(name in this.#before)) delete process.env[name];
    Object.assign(process.env, this.#before);
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function git(path: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@localhost'];
  return execFileSync('git', ['-C', path, ...who, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
