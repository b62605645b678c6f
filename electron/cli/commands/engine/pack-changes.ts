import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  disablePack,
  enablePack,
  type PackListener,
  type PackOutcome,
  type PackOwner,
  removePack,
} from '../../../agent/engines/packs/change.ts';
import { changeWords } from '../../../agent/engines/packs/guard.ts';
import { installPack, updatePack } from '../../../agent/engines/packs/install.ts';
import { findPack, packsFolder } from '../../../agent/engines/packs/installed.ts';
import {
  type PackPlan,
  type PlanTools,
  planPackInstall,
  planPackUpdate,
} from '../../../agent/engines/packs/plan.ts';
import { movedOn, planId } from '../../../agent/engines/packs/reply.ts';
import type { LaunchableRecord } from '../../../agent/engines/registry/record.ts';
import { HttpClient } from '../../../agent/http.ts';
import { engineOf } from './packs.ts';
import { type Call, quoted, say, steps } from './shared.ts';

/** Shows what installing a node pack would do; with `--yes` does it. */
export async function packInstall(asked: Call): Promise<number> {
  const record = await engineOf(asked);
  const [, said = ''] = asked.words;
  const source = existsSync(said) ? resolve(said) : said;
  const { name } = asked.values;
  return planned(asked, record, installPack, (tools) =>
    planPackInstall({ ...requestOf(asked), source, name }, record, asked.registry, tools),
  );
}

/** The same for a pack that is there, to its newest state or a named one. */
export async function packUpdate(asked: Call): Promise<number> {
  const record = await engineOf(asked);
  const [, name = ''] = asked.words;
  return planned(asked, record, updatePack, (tools) =>
    planPackUpdate({ ...requestOf(asked), name }, record, asked.registry, tools),
  );
}

const requestOf = ({
  values: { commit, insist, registry, 'run-install-script': runInstallScript },
}: Call) => ({
  ...{ commit, insist, registry, runInstallScript },
});

async function planned(
  asked: Call,
  record: LaunchableRecord,
  carryOut: typeof installPack,
  makePlan: (tools: PlanTools) => Promise<PackPlan>,
): Promise<number> {
  const http = new HttpClient();
  const stopped = new AbortController();
  const interrupt = (): void => stopped.abort();
  const listener = steps();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let plan: PackPlan | undefined;
  try {
    plan = await makePlan({ http, signal: stopped.signal, line: listener.line });
    listener.done();
    show(plan, record);
    const moved = movedOn(plan, asked.values.plan);
    if (moved) {
      process.stderr.write(`${moved}\n`);
      return 1;
    }
    if (plan.same && plan.changes.length === 0) return 0;
    if (plan.guarded.length > 0 && !plan.request.insist) {
      process.stderr.write(
        `Refused, unless you insist (--insist):\n${plan.guarded.map((one) => `  ${one}\n`).join('')}`,
      );
      return 1;
    }
    if (!asked.values.yes) {
      say(`\nNothing has been done yet. To carry out exactly this: ${repeat(asked, plan)}`);
      return 0;
    }
    tellOutcome(await carryOut(plan, owner(asked, record), listener, stopped.signal), plan.name, record);
    return 0;
  } finally {
    listener.done();
    await plan?.discard();
    http.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Whoever says `--yes` has seen whose engine it is. */
const owner = ({ registry, values }: Call, record: LaunchableRecord): PackOwner => ({
  ...{ record, registry, allowAdopted: values.yes === true },
});

function show(plan: PackPlan, record: LaunchableRecord): void {
  const { fetched, before, requirements, changes, request } = plan;
  const { pin } = fetched;
  say(`Plan for the node pack "${plan.name}" of "${record.id}":`);
  say(`  source       ${fetched.address}`);
  say(`  pinned to    ${pin ? `version ${pin.version}, sha256 ${pin.sha256}` : fetched.commit}`);
  if (fetched.about) say(`  made         ${fetched.about}`);
  if (before) say(`  now          ${before.version ?? before.commit}${plan.same ? ' (the same)' : ''}`);
  say(
    `  asks for     ${requirements.lines.join(', ') || 'no packages'}${requirements.file ? ` (${requirements.file})` : ''}`,
  );
  for (const change of changes) say(`  ${change.kind.padEnd(12)} ${changeWords(change)}`);
  if (requirements.lines.length > requirements.odd.length && changes.length === 0)
    say('  packages     all there already');
  if (plan.installScript) {
    say(
      request.runInstallScript
        ? '  runs         its install.py, with all your rights'
        : '  not run      its install.py, which ComfyUI-Manager would run (--run-install-script runs it)',
    );
  }
  for (const note of plan.notes) say(`  note         ${note}`);
  if (record.kind === 'adopt') say(`  changes      ${record.path}, which others installed`);
  if (request.insist) for (const one of plan.guarded) say(`  insisted     ${one}`);
}

/** The command for what was shown and nothing newer. */
function repeat({ words, values }: Call, plan: PackPlan): string {
  const { request, fetched, before } = plan;
  const { pin, commit } = fetched;
  const [id = '', said = ''] = words;
  const versioned = pin && !before ? `${pin.id}@${pin.version}` : said;
  return [
    `atelier engine ${before ? 'pack-update' : 'pack-install'} ${id} ${quoted(versioned)}`,
    ...(pin ? (before ? [`--commit ${pin.version}`] : []) : [`--commit ${commit}`]),
    ...(values.name ? [`--name ${quoted(values.name)}`] : []),
    ...(request.registry ? [`--registry ${quoted(request.registry)}`] : []),
    ...(request.insist ? ['--insist'] : []),
    ...(request.runInstallScript ? ['--run-install-script'] : []),
    `--plan ${planId(plan)}`,
    '--yes',
  ].join(' ');
}

function tellOutcome(
  { snapshot, restart, keptAt }: PackOutcome,
  name: string,
  { id }: LaunchableRecord,
): void {
  say(`Done: "${name}". How it was before: atelier engine restore ${id} ${snapshot.id}`);
  if (keptAt) say(`Put aside, not deleted: ${keptAt}`);
  if (restart) say(`"${id}" is running and takes notice at its next start.`);
}

type Change = (owner: PackOwner, name: string, listener: PackListener) => Promise<PackOutcome>;

const simple =
  (change: Change, what: string, after?: (record: LaunchableRecord) => string) =>
  async (asked: Call): Promise<number> => {
    const record = await engineOf(asked);
    const { name } = await findPack(record, asked.words[1] ?? '');
    if (!asked.values.yes) {
      say(
        `Would ${what} the node pack "${name}" of "${record.id}", after a snapshot. To do it, say the same with --yes.`,
      );
      return 0;
    }
    tellOutcome(await change(owner(asked, record), name, steps()), name, record);
    if (after) say(after(record));
    return 0;
  };

export const packDisable = simple(disablePack, 'disable');
export const packEnable = simple(enablePack, 'enable');
export const packRemove = simple(
  removePack,
  'take out',
  (record) =>
    `To have it back, move that folder into ${packsFolder(record)}. Packages that it brought are still there; the snapshot before its install knows how it was without them.`,
);
