import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../processes.ts';
import type { SourceVersion } from './record.ts';

/** A ComfyUI that lies on the disk, as far as looking tells. */
export interface Checkout {
  readonly path: string;
  /** The Python that belongs to it, when there is one beside it. */
  readonly python: string | undefined;
  readonly source: SourceVersion;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The program of a Python environment, on either kind of system. */
export async function pythonIn(environment: string): Promise<string | undefined> {
  for (const place of [join('bin', 'python'), join('Scripts', 'python.exe'), 'python.exe']) {
    const path = join(environment, place);
    if (await exists(path)) return path;
  }
  return undefined;
}

/** Looks at a folder, or at the one named ComfyUI in it, as the portable build has it. Changes nothing. */
export async function lookAt(folder: string): Promise<Checkout | undefined> {
  for (const path of [resolve(folder), resolve(folder, 'ComfyUI')]) {
    if (!(await exists(join(path, 'main.py'))) || !(await exists(join(path, 'comfy')))) continue;
    return { path, python: await pythonBeside(path), source: await versionOf(path) };
  }
  return undefined;
}

async function pythonBeside(path: string): Promise<string | undefined> {
  for (const place of ['.venv', 'venv', 'env', '../python_embeded', '../.venv', '../venv']) {
    const python = await pythonIn(resolve(path, place));
    if (python) return python;
  }
  return undefined;
}

/** Version and commit; empty where the folder doesn't tell. */
export async function versionOf(path: string): Promise<SourceVersion> {
  const text = await readFile(join(path, 'comfyui_version.py'), 'utf8').catch(() => '');
  const version = versionIn(text);
  // Without this look git would answer for a repository further up.
  const commit = (await exists(join(path, '.git'))) ? await git(path, ['rev-parse', 'HEAD']) : '';
  return { version, commit };
}

/** The version that a `comfyui_version.py` names. */
export const versionIn = (text: string): string => /__version__ = ["']([^"']+)["']/.exec(text)?.[1] ?? '';

/** What git says in a folder, trimmed; empty when it can't. */
export async function git(path: string, args: readonly string[]): Promise<string> {
  return promisify(execFile)('git', ['-C', path, ...args], { env: childEnvironment(), timeout: 30_000 }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
