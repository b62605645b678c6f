import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import type { InstallPackRequest } from '#shared/wire/engine-changes.ts';
import {
  disablePack,
  enablePack as enable,
  type PackListener,
  type PackOwner,
  removePack as takeOut,
} from '../packs/change.ts';
import { installPack as carryOut, updatePack } from '../packs/install.ts';
import { installedPacks } from '../packs/installed.ts';
import { type PackPlan, planPackInstall, planPackUpdate } from '../packs/plan.ts';
import { movedOn, packPlanReply } from '../packs/reply.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { stagesOfLog } from './logs.ts';
import { type CommandPorts, launchableOf } from './ports.ts';
import { Refusal } from './refusal.ts';

/** Resolving may have to download and look into packages. */
const planMs = 280_000;

export async function listPacks(
  { engine_id }: ManageAsk<'list_packs'>,
  ports: CommandPorts,
): Promise<ManageReply<'list_packs'>> {
  const record = await launchableOf(ports, engine_id);
  const [packs, stages] = await Promise.all([
    installedPacks(record),
    stagesOfLog(ports.registry.files(engine_id).log),
  ]);
  const imports = new Map(stages.report.packs.map((pack) => [pack.name, pack]));
  return {
    pack_list: packs.map(({ name, enabled, commit, remote, changed, version }) => ({
      ...{ name, enabled, commit, remote, changed, version: version ?? '' },
      import: (enabled && imports.get(name)) || null,
    })),
  };
}

/** Shows what an install or update would do; carries it out as a job when it is no dry run. */
export async function installPack(
  { engine_id, wish }: ManageAsk<'install_pack'>,
  ports: CommandPorts,
): Promise<ManageReply<'install_pack'>> {
  const record = await launchableOf(ports, engine_id);
  ports.jobs.checkFree(engine_id);
  const plan = await planned(wish, record, ports);
  const reply = packPlanReply(plan);
  if (wish.dry_run) {
    await plan.discard();
    return reply;
  }
  const moved = movedOn(plan, wish.plan_id);
  if (moved) {
    await plan.discard();
    throw new Refusal('conflict', moved);
  }
  if (plan.same && plan.changes.length === 0) {
    await plan.discard();
    throw new Refusal('conflict', `"${plan.name}" is at this state already.`);
  }
  if (reply.problems.length > 0) {
    await plan.discard();
    throw new Refusal('conflict', `${reply.problems.join(' ')} Insist if it is wanted all the same.`);
  }
  const owner = ownerOf(record, ports);
  ports.jobs.begin(engine_id, {
    kind: 'pack',
    title: `${plan.before ? 'Updating' : 'Installing'} the node pack "${plan.name}"`,
    steps: [
      'snapshot',
      ...(plan.changes.length > 0 ? ['dependencies'] : []),
      'pack',
      ...(plan.installScript && wish.run_install_script ? ['install script'] : []),
    ],
    run: async (listener, signal) => {
      try {
        await (plan.before ? updatePack : carryOut)(plan, owner, listener, signal);
      } finally {
        await plan.discard();
      }
    },
  });
  return reply;
}

async function planned(
  wish: InstallPackRequest,
  record: LaunchableRecord,
  { registry, http }: CommandPorts,
): Promise<PackPlan> {
  const tools = { http, signal: AbortSignal.timeout(planMs), line: () => undefined };
  const { source, commit, name, insist, run_install_script: runInstallScript } = wish;
  const known = (await installedPacks(record)).find((pack) => pack.name === name);
  return known
    ? planPackUpdate({ name: known.name, commit, insist, runInstallScript }, record, registry, tools)
    : planPackInstall({ source, commit, name, insist, runInstallScript }, record, registry, tools);
}

/** Whoever calls has the owner's right and was shown the plan, so an adopted engine may be changed too. */
const ownerOf = (record: LaunchableRecord, { registry }: CommandPorts): PackOwner => ({
  record,
  registry,
  allowAdopted: true,
});

const silent: PackListener = { step: () => undefined, line: () => undefined };

async function packOf(
  { engine_id, name }: { engine_id: string; name: string },
  ports: CommandPorts,
): Promise<PackOwner> {
  const record = await launchableOf(ports, engine_id);
  ports.jobs.checkFree(engine_id);
  if ((await installedPacks(record)).some((pack) => pack.name === name)) return ownerOf(record, ports);
  throw new Refusal('not_found', `"${engine_id}" has no node pack "${name}".`);
}

export async function enablePack(ask: ManageAsk<'enable_pack'>, ports: CommandPorts): Promise<null> {
  const owner = await packOf(ask, ports);
  await (ask.enabled ? enable : disablePack)(owner, ask.name, silent);
  return null;
}

export async function removePack(
  ask: ManageAsk<'remove_pack'>,
  ports: CommandPorts,
): Promise<ManageReply<'remove_pack'>> {
  const { keptAt } = await takeOut(await packOf(ask, ports), ask.name, silent);
  return { moved_to: keptAt ?? '' };
}
