import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonEnvironment } from '../launch/environment.ts';
import { pythonIn } from '../registry/checkout.ts';
import { runCommand, type StepContext } from './command.ts';
import { ask, pipPatienceMs } from './machine.ts';
import type { InstallPlan } from './plan.ts';

export interface InstallPlaces {
  /** What belongs to the install alone: its state, its log, what it downloads. */
  readonly folder: string;
  readonly source: string;
  readonly environment: string;
  readonly base: string;
}

export const installPlaces = (folder: string): InstallPlaces => ({
  folder,
  source: join(folder, 'source'),
  environment: join(folder, 'environment'),
  base: join(folder, 'base'),
});

export async function makeEnvironment(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const python = plan.python?.executable ?? '';
  await rm(places.environment, { recursive: true, force: true });
  if (plan.installer === 'uv') {
    const args = ['venv', '--seed', '--python', python, places.environment];
    return runCommand({ file: 'uv', args }, context);
  }
  await runCommand(
    { file: python, args: ['-m', 'venv', places.environment], env: pythonEnvironment() },
    context,
  );
  if (plan.installer === 'pip') return;
  const args = ['-m', 'pip', 'install', 'uv', ...plan.request.pipArgs];
  const environment = await environmentPython(places);
  // It only makes the next steps faster, so a registry without it is no reason to stop.
  await runCommand({ file: environment, args, env: pythonEnvironment() }, context).catch(() => undefined);
}

export async function environmentPython(places: InstallPlaces): Promise<string> {
  const python = await pythonIn(places.environment);
  if (python) return python;
  throw new Error(
    `The environment ${places.environment} has no Python. Run the install again to make it anew.`,
  );
}

export async function installTorch(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const { torchPackages } = plan.request;
  if (torchPackages.length === 0) return;
  const { index } = plan.torch;
  const where = index === null ? [] : ['--index-url', index];
  await installPackages(plan, places, [...where, ...torchPackages], context);
}

/** ComfyUI's requirements, with PyTorch held at what the step before chose. */
export async function installRequirements(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const text = await readFile(join(places.source, 'requirements.txt'), 'utf8');
  const wanted = wantedList(places);
  const held = heldVersions(places);
  await writeFile(wanted, withoutSkipped(text, plan.request.skip));
  await writeFile(held, (await frozen(places)).filter(isTorch).join('\n'));
  await installPackages(plan, places, ['-r', wanted, '-c', held, ...plan.request.with], context);
}

/** ComfyUI's requirements as they were installed; the step `requirements` wrote them. */
export const wantedList = (places: InstallPlaces): string => join(places.folder, 'requirements.txt');

/** A line of `pip freeze` about what the step `torch` chose. */
export const isTorch = (line: string): boolean => /^torch(?:vision|audio)?==/.test(line);

/** PyTorch as it stands in this environment, for `-c`; the step `requirements` wrote it. */
export const heldVersions = (places: InstallPlaces): string => join(places.folder, 'held-versions.txt');

/** Requirement lines but those of the named packages. */
export function withoutSkipped(requirements: string, skip: readonly string[]): string {
  const plain = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
  const skipped = new Set(skip.map(plain));
  const lines = requirements.split(/\r?\n/);
  return lines.filter((line) => !skipped.has(plain(/^\s*([\w.-]+)/.exec(line)?.[1] ?? ''))).join('\n');
}

/** `pip freeze`: what is installed, one package a line. */
export async function frozen(places: Pick<InstallPlaces, 'environment'>): Promise<string[]> {
  const python = await pythonIn(places.environment);
  const said = python && (await ask(python, ['-m', 'pip', 'freeze', '--all'], pipPatienceMs));
  return said ? said.split(/\r?\n/).filter(Boolean) : [];
}

export async function installPackages(
  plan: InstallPlan,
  places: InstallPlaces,
  packages: readonly string[],
  context: StepContext,
): Promise<void> {
  const python = await environmentPython(places);
  const { constraint, pipArgs } = plan.request;
  const args = [...packages, ...(constraint ? ['-c', constraint] : []), ...pipArgs];
  const uv = plan.installer === 'uv' ? 'uv' : await ownUv(plan, python);
  const command = uv
    ? { file: uv, args: ['pip', 'install', '--python', python, ...args] }
    : { file: python, args: ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', ...args] };
  await runCommand({ ...command, env: pythonEnvironment() }, context);
}

/** The uv that its wheel put beside this Python. */
async function ownUv(plan: InstallPlan, python: string): Promise<string | undefined> {
  if (plan.installer === 'pip') return undefined;
  const uv = python.replace(/python(\.exe)?$/, 'uv$1');
  return (await ask(uv, ['--version'])) === undefined ? undefined : uv;
}
