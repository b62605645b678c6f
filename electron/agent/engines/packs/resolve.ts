import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand, type StepContext } from '../install/command.ts';
import { installStateOf } from '../install/installer.ts';
import { pythonEnvironment } from '../launch/environment.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { differenceProgram } from './python-programs.ts';
import { requirementLines } from './requirements.ts';

/** What an install does to one package of the engine's environment. */
const packageChange = z.object({
  name: z.string(),
  /** `null` when it is not there yet. */
  from: z.string().nullable(),
  to: z.string(),
  kind: z.enum(['new', 'upgraded', 'downgraded', 'same', 'changed']),
  /** Another build, such as +cpu in place of +cu128. */
  rebuilt: z.boolean(),
  /** Who wants another version and had it so far. */
  breaks: z.array(z.object({ by: z.string(), wants: z.string() })),
});
export type PackageChange = z.infer<typeof packageChange>;

export interface Resolution {
  readonly changes: readonly PackageChange[];
  /** Exact versions with their hashes, a line each; `undefined` where something has no hash, such as a repository. */
  readonly lock: readonly string[] | undefined;
}

const report = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      is_direct: z.boolean().default(false),
      download_info: z.object({
        archive_info: z.object({ hashes: z.record(z.string(), z.string()).optional() }).optional(),
      }),
    }),
  ),
});

/** Runs a small program in the engine's own Python, isolated, and reads the JSON that it leaves. */
export async function askPython(
  python: string,
  program: string,
  args: readonly string[],
  answer: string,
  context: StepContext,
): Promise<unknown> {
  await runCommand({ file: python, args: ['-I', '-c', program, ...args], env: pythonEnvironment() }, context);
  return JSON.parse(await readFile(answer, 'utf8'));
}

/** `pip install` of this engine, with where its packages come from and the versions that must be kept to. */
export async function pipInstall(
  record: LaunchableRecord,
  folder: string,
  args: readonly string[],
  context: StepContext,
): Promise<void> {
  const request = (await installStateOf(folder))?.request;
  const index = request?.torchIndex ? ['--extra-index-url', request.torchIndex] : [];
  const own = ['-I', '-m', 'pip', '--disable-pip-version-check', '--no-input', 'install'];
  const all = [...own, ...index, ...(request?.pipArgs ?? []), ...args];
  await runCommand({ file: record.python, args: all, env: pythonEnvironment() }, context);
}

/** Nothing is built: a build runs the package's own code. */
export const onlyWheels = ['--only-binary', ':all:'];

export async function constraintOf(folder: string): Promise<string[]> {
  const constraint = (await installStateOf(folder))?.request.constraint;
  return constraint ? ['-c', constraint] : [];
}

/**
 * Asks pip what an install of these requirements would do, and changes nothing. Without `builds` no package is built,
 * since a build runs the package's own code before anybody has agreed to anything.
 */
export async function resolveRequirements(
  requirements: string,
  builds: boolean,
  record: LaunchableRecord,
  folder: string,
  context: StepContext,
): Promise<Resolution> {
  const scratch = join(folder, `resolve-${randomUUID()}`);
  const [reportPath, asked, answer] = [`${scratch}.report.json`, `${scratch}.json`, `${scratch}.answer.json`];
  try {
    const how = ['--dry-run', '--report', reportPath, ...(builds ? [] : onlyWheels)];
    await pipInstall(
      record,
      folder,
      [...how, '-r', requirements, ...(await constraintOf(folder))],
      context,
    ).catch((error: Error) => {
      throw new Error(resolveWords(error.message, builds));
    });
    const { install } = report.parse(JSON.parse(await readFile(reportPath, 'utf8')));
    const comfyui = await readFile(join(record.path, 'requirements.txt'), 'utf8').catch(() => '');
    const question = { install: install.map(({ metadata }) => metadata), comfyui: requirementLines(comfyui) };
    await writeFile(asked, JSON.stringify(question));
    const said = await askPython(record.python, differenceProgram, [asked, answer], answer, context);
    return { changes: z.array(packageChange).parse(said), lock: lockOf(install) };
  } finally {
    await Promise.all([reportPath, asked, answer].map((path) => rm(path, { force: true })));
  }
}

function lockOf(install: z.infer<typeof report>['install']): string[] | undefined {
  const lines = install.map(({ metadata: { name, version }, is_direct, download_info }) => {
    const hash = download_info.archive_info?.hashes?.sha256;
    return hash && !is_direct ? `${name}==${version} --hash=sha256:${hash}` : undefined;
  });
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

function resolveWords(message: string, builds: boolean): string {
  if (!/can not be had/.test(message)) return `What the pack needs could not be found out. ${message}`;
  const said = /It said: .*/s.exec(message)?.[0] ?? message;
  const hint = builds
    ? 'An older commit of the pack (--commit) may want other versions.'
    : 'If it is to be had as source only: --insist lets it be built, which runs its code on this machine.';
  return `A package that the pack needs is not to be had in that version, ready-made for this Python. ${hint} ${said}`;
}
