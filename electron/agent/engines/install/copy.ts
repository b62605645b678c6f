import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, copyFile, cp, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../launch/environment.ts';
import { childEnvironment } from '../processes.ts';
import type { StepContext } from './command.ts';
import { pipPatienceMs } from './machine.ts';
import type { InstallPlan } from './plan.ts';
import type { CopyOf } from './request.ts';
import {
  environmentPython,
  heldVersions,
  type InstallPlaces,
  installPackages,
  wantedList,
  withoutSkipped,
} from './steps.ts';

/** Packages that an environment brings by itself, or that lie in a folder of this machine only. */
const notCarried = /^(?:pip|setuptools|wheel|uv)==|^-e |@ file:/;

/**
 * The packages of the copied engine in their very versions, so that the requirements, which come next, change no more
 * than they must. What can no longer be had is left to the requirements.
 */
export async function installPresent(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const packages = (plan.request.copyOf?.packages ?? []).filter((line) => !notCarried.test(line));
  if (packages.length === 0) return;
  const list = join(places.folder, 'present-packages.txt');
  await writeFile(list, withoutSkipped(packages.join('\n'), plan.request.skip));
  await installPackages(plan, places, ['--no-deps', '-r', list], context).catch((error: Error) => {
    context.signal.throwIfAborted();
    if (!/can not be had/.test(error.message)) throw error;
    context.line('Some packages can no longer be had in the versions of now; the requirements decide.');
  });
}

/** What the copy's node packs ask for and do not get: lines for people. */
export const conflictsPath = (places: Pick<InstallPlaces, 'folder'>): string =>
  join(places.folder, 'conflicts.json');

/**
 * The node packs as they lie there, with what they need. They are for the trial alone: after the switch the engine
 * goes on with its own folder.
 */
export async function copyPacks(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const copy = plan.request.copyOf;
  if (!copy) return;
  await trialBase(places.base, { models: join(copy.base, 'models') });
  const folder = join(places.base, 'custom_nodes');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const conflicts: string[] = [];
  for (const name of copy.packs.filter(({ enabled }) => enabled).map((pack) => pack.name)) {
    context.signal.throwIfAborted();
    context.line(name);
    const target = join(folder, name);
    // Where the disk can share blocks between files, the copy takes no room.
    const options = { recursive: true, mode: constants.COPYFILE_FICLONE, preserveTimestamps: true };
    await cp(join(copy.base, 'custom_nodes', name), target, options);
    const wanted = join(target, 'requirements.txt');
    if (!(await isFile(wanted))) continue;
    // What ComfyUI asks for stands above what a pack asks for.
    const args = ['-r', wanted, '-c', heldVersions(places), '-c', wantedList(places)];
    await installPackages(plan, places, args, context).catch((error: Error) => {
      context.signal.throwIfAborted();
      conflicts.push(`The node pack "${name}" does not get what it needs: ${error.message}`);
    });
  }
  conflicts.push(...(await newConflicts(copy, places)));
  await writeFile(conflictsPath(places), `${JSON.stringify(conflicts, null, 2)}\n`);
  await carryModelPaths(copy, places);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** A base of its own for trials: outputs and the database apart from the engine's, the named folders shared. */
export async function trialBase(trial: string, shared: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(trial, { recursive: true, mode: 0o700 });
  for (const [name, from] of Object.entries(shared)) {
    const there = await access(from).then(
      () => true,
      () => false,
    );
    if (!there) continue;
    await rm(join(trial, name), { recursive: true, force: true });
    await symlink(from, join(trial, name), 'junction');
  }
}

/** ComfyUI reads this file beside its main.py; the user's own stands beside the old one. */
async function carryModelPaths(copy: CopyOf, places: InstallPlaces): Promise<void> {
  const name = 'extra_model_paths.yaml';
  const from = join(copy.path, name);
  if (await isFile(from)) await copyFile(from, join(places.source, name));
}

/** What pip finds unmet in the copy and did not before, as it says it. */
async function newConflicts(copy: CopyOf, places: InstallPlaces): Promise<string[]> {
  const before = new Set(copy.unmet);
  return (await unmetIn(await environmentPython(places))).filter((line) => !before.has(line));
}

/** The lines of `pip check`; it ends with 1 when it has something to say. */
export async function unmetIn(python: string): Promise<string[]> {
  const args = ['-m', 'pip', 'check', '--disable-pip-version-check'];
  const options = { env: childEnvironment(pythonEnvironment()), timeout: pipPatienceMs };
  const said = await promisify(execFile)(python, args, options).then(
    () => '',
    (error: { stdout?: string }) => error.stdout ?? '',
  );
  return said.split(/\r?\n/).filter(Boolean);
}
