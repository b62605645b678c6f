import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const fakeProgram = resolve(import.meta.dirname, 'programs/fake-comfyui.mjs');

/** A git repository that looks like ComfyUI's; its main.py starts the stand-in. */
export class FakeSource {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(
    path: string,
    version = '0.3.64',
    requirements = '# nothing\ntorch\n',
  ): Promise<FakeSource> {
    const source = new FakeSource(path);
    const main = `import os, sys\nos.execv(${JSON.stringify(process.execPath)}, ["node", ${JSON.stringify(fakeProgram)}] + sys.argv[1:])\n`;
    await source.write({ 'main.py': main, 'comfy/nothing.py': '', 'requirements.txt': requirements });
    source.git('init', '--quiet');
    await source.version(version);
    return source;
  }

  git(...args: string[]): string {
    return execFileSync(
      'git',
      ['-C', this.path, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).trim();
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, name)), { recursive: true });
      await writeFile(join(this.path, name), text);
    }
  }

  /** Commits what was written as a version; returns the commit. */
  async version(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.write({ ...files, 'comfyui_version.py': `__version__ = "${name}"\n` });
    this.git('add', '.');
    this.git('commit', '--quiet', '-m', name);
    this.git('tag', `v${name}`);
    return this.git('rev-parse', 'HEAD');
  }
}

const wheelProgram = `
import sys, zipfile
folder, name, version, *needs = sys.argv[1:]
info = f"{name}-{version}.dist-info"
lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in needs)]
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", f"version = '{version}'\\n")
    wheel.writestr(f"{info}/METADATA", "\\n".join(lines) + "\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

/** A package that pip can install from a folder. */
export async function makeWheel(
  folder: string,
  name: string,
  version: string,
  ...needs: string[]
): Promise<void> {
  await mkdir(folder, { recursive: true });
  execFileSync('python3', ['-c', wheelProgram, folder, name, version, ...needs]);
}
