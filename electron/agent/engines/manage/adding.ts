import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import type { InstallWish } from '#shared/wire/engine-adding.ts';
import { install, installStateOf } from '../install/installer.ts';
import { type InstallPlan, planInstall } from '../install/plan.ts';
import { type InstallRequest, installRequest, stepsOf, stillDone } from '../install/request.ts';
import { adoptEngine, attachEngine } from '../registry/adding.ts';
import { discover } from '../registry/discover.ts';
import { isLaunchable } from '../registry/record.ts';
import { start } from './life.ts';
import { type CommandPorts, recordOf } from './ports.ts';
import { Refusal } from './refusal.ts';

export async function discoverHere(_: object, { registry }: CommandPorts): Promise<ManageReply<'discover'>> {
  const [found, records] = await Promise.all([discover(), registry.list()]);
  const known = new Map(records.filter(isLaunchable).map(({ path, id }) => [path, id]));
  return {
    found: found.map(({ path, python, base, origin, source }) => ({
      ...{ path, origin, version: source.version, python: python ?? null, base: base ?? null },
      known_as: known.get(path) ?? null,
    })),
  };
}

export async function plan({ wish }: ManageAsk<'plan'>, ports: CommandPorts): Promise<ManageReply<'plan'>> {
  const { made, before } = await planned(wish, ports);
  const { request, python, torch, disk } = made;
  return {
    engine_id: request.id,
    folder: ports.registry.files(request.id).folder,
    source: request.source,
    source_kind: made.source,
    commit: request.commit ?? null,
    python: python ? { version: python.version, executable: python.executable } : null,
    installer: made.installer,
    torch: { ...torch, packages: request.torchPackages },
    disk_needed: disk.needed,
    disk_free: disk.free,
    minutes: minutes[torch.build],
    done_before: before,
    problems: [...made.problems],
  };
}

/** A guess for a line of 100 Mbit/s and a common disk: what PyTorch and the rest weigh, fetched and unpacked. */
const minutes = { cuda: 12, rocm: 18, xpu: 12, mps: 4, cpu: 4 } as const;

export async function add({ wish }: ManageAsk<'add'>, ports: CommandPorts): Promise<ManageReply<'add'>> {
  const { registry } = ports;
  if (wish.engine_id && (await registry.find(wish.engine_id))?.state === 'ready')
    throw new Refusal(
      'conflict',
      `There is already an engine named "${wish.engine_id}". Choose another name.`,
    );
  switch (wish.kind) {
    case 'attach':
      return { engine_id: (await attachEngine(registry, wish)).id };
    case 'adopt':
      return { engine_id: (await adoptEngine(registry, wish)).id };
    case 'install': {
      const { made } = await planned(wish, ports);
      begin(made, ports);
      return { engine_id: made.request.id };
    }
  }
}

export async function resume({ engine_id }: ManageAsk<'resume'>, ports: CommandPorts): Promise<null> {
  const record = await recordOf(ports, engine_id);
  if (record.state !== 'installing')
    throw new Refusal('conflict', `"${engine_id}" is installed; there is nothing to resume.`);
  const { folder } = ports.registry.files(engine_id);
  const earlier = await installStateOf(folder);
  if (!earlier) {
    throw new Refusal(
      'conflict',
      `What "${engine_id}" was to become is not known any more: remove it and install anew.`,
    );
  }
  begin(await planInstall(earlier.request, ports.registry.folder), ports);
  return null;
}

/** Installs, and serves it when it stands. */
function begin(made: InstallPlan, ports: CommandPorts): void {
  if (made.problems.length > 0) throw new Refusal('conflict', made.problems.join(' '));
  const { id } = made.request;
  ports.jobs.begin(id, {
    ...{ kind: 'install', title: `Installing ComfyUI as "${id}"`, steps: stepsOf(made.request) },
    run: async (listener, signal) => {
      await install(made, ports.registry, listener, signal);
    },
  });
  void ports.jobs.over(id)?.then(async () => {
    if (ports.jobs.get(id)?.state === 'done') await start({ engine_id: id }, ports);
  });
}

async function planned(
  wish: InstallWish,
  { registry }: CommandPorts,
): Promise<{ made: InstallPlan; before: string[] }> {
  const id = wish.engine_id ?? (await registry.freeName('comfyui'));
  const earlier = await installStateOf(registry.files(id).folder);
  const request = requested(id, wish);
  const made = await planInstall(request, registry.folder);
  return { made, before: earlier ? stillDone(earlier.request, earlier.done, request) : [] };
}

function requested(id: string, wish: InstallWish): InstallRequest {
  const { kind: _, engine_id: __, torch_index, torch_packages, ...same } = wish;
  return installRequest.parse({
    ...same,
    id,
    ...(torch_index !== undefined && { torchIndex: torch_index }),
    ...(torch_packages && { torchPackages: torch_packages }),
  });
}
