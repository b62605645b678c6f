import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, type StepContext } from '../install/command.ts';
import { runGit } from '../install/git.ts';
import { pythonEnvironment } from '../launch/environment.ts';
import { git } from '../registry/checkout.ts';
import { changePacks, keptPlace, type PackListener, type PackOutcome, type PackOwner } from './change.ts';
import { moveInto } from './draft.ts';
import { takeSubmodules } from './fetch.ts';
import { disabledEnding, type InstalledPack, packsFolder } from './installed.ts';
import { changedFiles, type PackPin, readPin } from './pin.ts';
import type { PackPlan } from './plan.ts';
import { constraintOf, onlyWheels, pipInstall } from './resolve.ts';

/**
 * Carries out the plan of an install. The pack comes under its name last, when all it needs is there, so that ComfyUI
 * never imports half of it.
 */
export async function installPack(
  plan: PackPlan,
  owner: PackOwner,
  listener: PackListener,
  signal: AbortSignal,
): Promise<PackOutcome> {
  const { record } = owner;
  agreed(plan);
  const target = join(packsFolder(record), plan.name);
  return changePacks(owner, `before installing ${plan.name}`, listener, async () => {
    const context = contextOf(owner, listener, signal);
    await installDependencies(plan, owner, listener, context);
    listener.step('pack', 'begins');
    signal.throwIfAborted();
    await mkdir(packsFolder(record), { recursive: true });
    if (!runsScript(plan)) await moveInto(join(plan.draft, 'pack'), target);
    else {
      const off = `${target}${disabledEnding}`;
      await moveInto(join(plan.draft, 'pack'), off);
      await runScript(off, owner, listener, context).catch(async (error: Error) => {
        await rm(off, { recursive: true, force: true });
        throw error;
      });
      await moveInto(off, target);
    }
    return undefined;
  });
}

/** Carries out the plan of an update. Meanwhile the pack is disabled, so that ComfyUI never imports a mixture. */
export async function updatePack(
  plan: PackPlan,
  owner: PackOwner,
  listener: PackListener,
  signal: AbortSignal,
): Promise<PackOutcome> {
  const { before, name } = plan;
  if (!before) throw new Error(`The plan for "${name}" is not one of an update.`);
  agreed(plan);
  return changePacks(owner, `before updating ${name}`, listener, async () => {
    const context = contextOf(owner, listener, signal);
    await installDependencies(plan, owner, listener, context);
    listener.step('pack', 'begins');
    signal.throwIfAborted();
    const on = join(packsFolder(owner.record), name);
    const off = `${on}${disabledEnding}`;
    if (before.enabled) await moveInto(on, off);
    const folder = owner.registry.files(owner.record.id).folder;
    const aside = await (plan.fetched.pin
      ? replaceFiles(plan, plan.fetched.pin, off, folder)
      : moveTo(plan, before, off, folder, context)
    ).catch(async (error: Error) => {
      throw new Error(`${error.message} ${await backAgain(before, off, on)}`);
    });
    if (runsScript(plan)) {
      await runScript(off, owner, listener, context).catch((error: Error) => {
        throw new Error(`${error.message} "${name}" is at its new state, and left disabled.`);
      });
    }
    if (before.enabled) await moveInto(off, on);
    return aside;
  });
}

function agreed({ guarded, request, same, changes, name }: PackPlan): void {
  if (same && changes.length === 0) throw new Error(`"${name}" is at this state already.`);
  if (guarded.length === 0 || request.insist) return;
  throw new Error(`Refused, unless you insist (--insist): ${guarded.join(' ')}`);
}

const runsScript = ({ installScript, request }: PackPlan): boolean =>
  installScript && request.runInstallScript === true;

const contextOf = (
  { record, registry }: PackOwner,
  listener: PackListener,
  signal: AbortSignal,
): StepContext => ({
  logPath: join(registry.files(record.id).folder, 'packs.log'),
  signal,
  line: (text) => listener.line(text),
});

/** Exactly what was shown, each package with its hash; what has none is resolved once more. */
async function installDependencies(
  plan: PackPlan,
  { record, registry }: PackOwner,
  listener: PackListener,
  context: StepContext,
): Promise<void> {
  if (plan.changes.length === 0) return;
  listener.step('dependencies', 'begins');
  const { folder } = registry.files(record.id);
  if (plan.lock) {
    const lock = join(plan.draft, 'lock.txt');
    await writeFile(lock, plan.lock.join('\n'));
    return pipInstall(record, folder, ['--no-deps', '--require-hashes', '-r', lock], context);
  }
  const own =
    plan.requirements.file === 'requirements.txt' ? join('pack', 'requirements.txt') : 'requirements.txt';
  const wheels = plan.request.insist ? [] : onlyWheels;
  const args = [...wheels, '-r', join(plan.draft, own), ...(await constraintOf(folder))];
  return pipInstall(record, folder, args, context);
}

/** Runs the pack's own install.py where it will lie, while ComfyUI still passes over it. */
async function runScript(
  pack: string,
  { record }: PackOwner,
  listener: PackListener,
  context: StepContext,
): Promise<void> {
  listener.step('install script', 'begins');
  const env = pythonEnvironment(record.env);
  await runCommand({ file: record.python, args: ['install.py'], cwd: pack, env }, context).catch(
    (error: Error) => {
      throw new Error(`Its install.py failed. ${error.message}`);
    },
  );
}

/** Moves a repository to the commit of the draft; returns where changes made by hand were put. */
async function moveTo(
  { draft, fetched, name }: PackPlan,
  before: InstalledPack,
  pack: string,
  folder: string,
  context: StepContext,
): Promise<string | undefined> {
  await runGit(['-C', pack, 'fetch', '--no-tags', join(draft, 'pack'), 'HEAD'], context);
  let aside: string | undefined;
  if (before.changed) {
    aside = `${await keptPlace(folder, name)}.diff`;
    await runGit(['-C', pack, 'diff', '--binary', `--output=${aside}`, 'HEAD'], context);
  }
  const force = before.changed ? ['--force'] : [];
  await runGit(['-C', pack, 'checkout', ...force, '--detach', fetched.commit, '--'], context);
  await takeSubmodules(pack, context);
  return aside;
}

/** Puts the files of a newer archive in place of the old ones; what else lies in the folder stays. */
async function replaceFiles(
  { draft, name }: PackPlan,
  pin: PackPin,
  pack: string,
  folder: string,
): Promise<string | undefined> {
  const old = await readPin(pack);
  const byHand = old ? await changedFiles(pack, old) : [];
  let aside: string | undefined;
  for (const file of byHand) {
    aside ??= await keptPlace(folder, name);
    await mkdir(dirname(join(aside, file)), { recursive: true });
    await rename(join(pack, file), join(aside, file)).catch(() => undefined);
  }
  for (const file of Object.keys(old?.files ?? {})) {
    if (!Object.hasOwn(pin.files, file)) await rm(join(pack, file), { force: true });
  }
  await cp(join(draft, 'pack'), pack, { recursive: true, force: true });
  return aside;
}

/** An update that broke: back under its name when it is as it was, else left disabled. */
async function backAgain(before: InstalledPack, off: string, on: string): Promise<string> {
  const [commit, changes] = await Promise.all([
    git(off, ['rev-parse', 'HEAD']),
    git(off, ['status', '--porcelain', '--untracked-files=no']),
  ]);
  if (before.commit && commit === before.commit && (changes !== '') === before.changed) {
    if (before.enabled) await moveInto(off, on);
    return `"${before.name}" is as it was.`;
  }
  return `"${before.name}" is left disabled, since its files may be a mixture of both states; update it again with --insist.`;
}
