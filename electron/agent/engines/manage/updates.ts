import { readGraph } from '#shared/comfy/graph.ts';
import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { stepsOf } from '../install/request.ts';
import { runCanaries } from '../update/canaries.ts';
import { planUpdate } from '../update/plan.ts';
import { prepareUpdate as prepare } from '../update/prepare.ts';
import { updatePlanReply } from '../update/reply.ts';
import { discardUpdate, refuseBroken, settle, switchBack, switchTo } from '../update/switch.ts';
import type { Canary } from '../update/trial.ts';
import { leave, start } from './life.ts';
import { type CommandPorts, launchableOf } from './ports.ts';
import { Refusal } from './refusal.ts';

/** The history of the source may have to be fetched first. */
const planMs = 280_000;
const trying = 'canaries';

/** Shows what an update would change; makes it beside the engine and tries it, as a job, when it is no dry run. */
export async function prepareUpdate(
  { engine_id, commit, dry_run, canaries }: ManageAsk<'prepare_update'>,
  ports: CommandPorts,
): Promise<ManageReply<'prepare_update'>> {
  const { registry, jobs } = ports;
  const record = await launchableOf(ports, engine_id);
  jobs.checkFree(engine_id);
  await settle(engine_id, registry);
  const plan = await planUpdate(record, commit ? { commit } : {}, registry, {
    signal: AbortSignal.timeout(planMs),
    line: () => undefined,
  });
  const reply = updatePlanReply(plan);
  if (dry_run) return reply;
  if (reply.problems.length > 0) throw new Refusal('conflict', reply.problems.join(' '));
  const tried = canaries.map(canaryOf);
  jobs.begin(engine_id, {
    ...{ kind: 'update', title: `Preparing another version of "${engine_id}" beside it` },
    steps: [...stepsOf(plan.install.request), ...(tried.length > 0 ? [trying] : [])],
    run: async (listener, signal) => {
      const candidate = await prepare(plan, registry, listener, signal);
      if (tried.length === 0) return;
      listener.step(trying, 'begins');
      const begins = (side: 'now' | 'next', name: string): void =>
        listener.line(`${name}, in the ${side === 'now' ? 'present' : 'new'} version`);
      await runCanaries(candidate, record, tried, registry, { begins }, signal);
    },
  });
  return reply;
}

function canaryOf({ name, graph }: ManageAsk<'prepare_update'>['canaries'][number]): Canary {
  const read = readGraph(graph);
  if ('problem' in read) throw new Refusal('bad_request', `The workflow "${name}": ${read.problem}`);
  return { name, graph: read.graph };
}

/** Takes the new version, throws it away, or goes back. An engine that serves is away for as long as that takes. */
export async function settleUpdate(
  { engine_id, how, insist }: ManageAsk<'settle_update'>,
  ports: CommandPorts,
): Promise<null> {
  const { registry, jobs, fleet } = ports;
  await launchableOf(ports, engine_id);
  jobs.checkFree(engine_id);
  if (how === 'discard') {
    await discardUpdate(engine_id, registry);
    return null;
  }
  const candidate = await registry.candidateOf(engine_id);
  if (how === 'switch' && !candidate)
    throw new Refusal('conflict', `There is no new version of "${engine_id}" yet.`);
  // Before anything is stopped for it.
  if (how === 'switch' && candidate && !insist) await refuseBroken(candidate, registry);
  const serves = fleet.get(engine_id) !== undefined;
  if (serves) await leave(engine_id, ports);
  try {
    if (how === 'switch' && candidate) await switchTo(candidate, registry, insist);
    else await switchBack(engine_id, registry);
  } finally {
    if (serves) await start({ engine_id }, ports);
  }
  return null;
}
