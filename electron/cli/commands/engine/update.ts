import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { convertUi } from '#shared/comfy/convert/convert.ts';
import { readGraph } from '#shared/comfy/graph.ts';
import { readWorkflowFile } from '#shared/comfy/readers/read.ts';
import { gb } from '../../../agent/engines/install/plan.ts';
import type { LaunchableRecord } from '../../../agent/engines/registry/record.ts';
import { runCanaries } from '../../../agent/engines/update/canaries.ts';
import { planUpdate, type UpdateChanges, type UpdatePlan } from '../../../agent/engines/update/plan.ts';
import { prepareUpdate } from '../../../agent/engines/update/prepare.ts';
import type { CanaryReport } from '../../../agent/engines/update/report.ts';
import {
  discardOld,
  discardUpdate,
  settle,
  switchBack,
  switchTo,
} from '../../../agent/engines/update/switch.ts';
import type { Canary } from '../../../agent/engines/update/trial.ts';
import { launchable } from './run.ts';
import { type Call, misused, say, steps } from './shared.ts';

/** An update in a copy: plan, preparation with trial, then the switch or the bin. */
export async function update(asked: Call): Promise<number> {
  const {
    registry,
    values,
    words: [id = ''],
  } = asked;
  const record = launchable(await registry.get(id));
  if (record.state !== 'ready')
    throw new Error(`"${id}" is not wholly installed: atelier engine install --name ${id}`);
  const ends = (['switch', 'discard', 'back', 'discard-old'] as const).filter((flag) => values[flag]);
  if (ends.length > 1) throw misused(`--${ends.join(' and --')} can't be said together.`);
  await settle(id, registry);
  const [end] = ends;
  switch (end) {
    case 'switch':
      return toNext(asked);
    case 'discard':
      await discardUpdate(id, registry);
      say(`The update of "${id}" is gone; "${id}" is as it was.`);
      return 0;
    case 'back':
      return said(await switchBack(id, registry));
    case 'discard-old':
      await discardOld(id, registry);
      say(`The old version of "${id}" is gone.`);
      return 0;
    case undefined:
      break;
  }
  return prepare(record, asked);
}

const said = ({ id, source }: LaunchableRecord): number => {
  say(`"${id}" is now ComfyUI ${versionWords(source)}. Back: atelier engine update ${id} --back`);
  return 0;
};

async function toNext({ registry, values, words: [id = ''] }: Call): Promise<number> {
  const candidate = await registry.candidateOf(id);
  if (!candidate) throw new Error(`There is no update of "${id}" yet: atelier engine update ${id}`);
  return said(await switchTo(candidate, registry, values.insist));
}

async function prepare(record: LaunchableRecord, asked: Call): Promise<number> {
  const { registry, values } = asked;
  const canaries = await Promise.all((values.canary ?? []).map(readCanary));
  const stopped = new AbortController();
  const interrupt = (): void => stopped.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const context = { signal: stopped.signal, line: () => undefined };
    const plan = await planUpdate(record, changesOf(asked), registry, context);
    tellPlan(plan);
    if (plan.nothingNew && plan.done.length === 0) {
      say('Nothing to do: it is at this version.');
      return 0;
    }
    if (plan.install.problems.length > 0) {
      for (const problem of plan.install.problems) process.stderr.write(`${problem}\n`);
      return 1;
    }
    if (!values.yes) {
      say('\nNothing has been done yet. To prepare it beside the old one, say the same with --yes.');
      return 0;
    }
    return await carryOut(plan, canaries, asked, stopped.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function carryOut(
  plan: UpdatePlan,
  canaries: readonly Canary[],
  { registry }: Call,
  signal: AbortSignal,
): Promise<number> {
  const { id } = plan.engine;
  const go = `Go on with: atelier engine update ${id} --yes    or take it away: atelier engine update ${id} --discard`;
  const listener = steps();
  const candidate = await prepareUpdate(plan, registry, listener, signal).catch((error: Error) => {
    listener.done();
    throw new Error(`${error.message}\n"${id}" itself is as it was. ${go}`);
  });
  say(
    `The update of "${id}" to ComfyUI ${versionWords(candidate.source)} is prepared; "${id}" itself is as it was.`,
  );
  const tell = {
    begins: (side: string, name: string) =>
      say(`→ ${name} on ${side === 'now' ? 'the version of now' : 'the update'}`),
  };
  const report =
    canaries.length > 0
      ? await runCanaries(candidate, plan.engine, canaries, registry, tell, signal)
      : undefined;
  if (report) tellReport(report);
  else say('No workflow was tried. Try some of yours: --canary FILE');
  say(
    `Switch to it: atelier engine update ${id} --switch    or discard it: atelier engine update ${id} --discard`,
  );
  return report?.overall === 'broken' ? 1 : 0;
}

function changesOf({ values }: Call): UpdateChanges {
  const { source, commit, sha256, python, constraint, skip, with: more, installer } = values;
  if (installer !== undefined && installer !== 'auto' && installer !== 'uv' && installer !== 'pip')
    throw misused('--installer takes auto, uv or pip.');
  return {
    ...(source && { source: existsSync(source) ? resolve(source) : source }),
    ...(commit && { commit }),
    ...(sha256 && { sha256 }),
    ...(python && { python: resolve(python) }),
    ...(installer && { installer }),
    ...(constraint && { constraint: resolve(constraint) }),
    ...(skip && { skip }),
    ...(more && { with: more }),
    ...(values['pip-arg'] && { pipArgs: values['pip-arg'] }),
  };
}

/** A workflow out of a file of any kind; one that is only drawn is made ready by what the engine tells. */
async function readCanary(path: string): Promise<Canary> {
  const bytes = await readFile(path).catch(() => {
    throw new Error(`There is no readable file at ${path}.`);
  });
  const found = await readWorkflowFile(bytes).catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`);
  });
  const name = basename(path, extname(path));
  const ready: unknown = found.api ?? found.body?.workflow_json;
  const drawn = found.ui;
  if (ready === undefined && drawn) return { name, graph: (info) => convertUi(drawn, info).graph };
  const read = readGraph(ready);
  if ('problem' in read) throw new Error(`${path}: ${read.problem}`);
  return { name, graph: read.graph };
}

const versionWords = ({ version, commit }: { version: string; commit: string }): string =>
  [version, commit.slice(0, 12)].filter(Boolean).join(', commit ') || 'what the archive holds';

function tellPlan(plan: UpdatePlan): void {
  const { from, to, commits, tags, requirements, packages, packs, install, done } = plan;
  const way = commits
    ? ` (${commits.ahead} commits on${commits.behind > 0 ? `, ${commits.behind} of now left behind` : ''})`
    : '';
  say(`Update of "${plan.engine.id}" in a copy; it stays as it is until the switch:`);
  say(`  ComfyUI      ${versionWords(from)} → ${versionWords(to)}${way}`);
  if (tags.length > 0) say(`  releases     ${tags.slice(-10).join(', ')}`);
  for (const line of requirements?.removed ?? []) say(`  no longer    ${line}`);
  for (const line of requirements?.added ?? []) say(`  newly        ${line}`);
  say(`  packages     ${packages} as they are now, then the requirements; ${install.installer}`);
  say(`  PyTorch      ${install.request.torchPackages.join(' ') || 'none'}, as now`);
  say(`  node packs   ${packs.map(({ name }) => name).join(', ') || 'none'}`);
  say(`  disk         at most ${gb(install.disk.needed)} GB needed, ${gb(install.disk.free)} GB free`);
  if (done.length > 0) say(`  done before  ${done.join(', ')}`);
}

function tellReport(report: CanaryReport): void {
  for (const { name, verdict, words, now, next, duration_ratio: ratio } of report.canaries) {
    const time = ratio === undefined ? '' : ` ${now.seconds.toFixed(1)} s → ${next.seconds.toFixed(1)} s`;
    say(`  ${name.padEnd(24)} ${verdict}.${time} ${words}`);
  }
  for (const note of report.notes) say(`  note: ${note}`);
  const overall = {
    safe: 'Safe: all that was tried runs as before.',
    look: 'Look at it first: not all is as before.',
    broken: 'Broken: something that runs now does not run in the update.',
  };
  say(overall[report.overall]);
}
