import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { conflictsPath } from '../install/copy.ts';
import { lockEngine } from '../install/lock.ts';
import { packsFolder } from '../packs/installed.ts';
import { runningProcess } from '../process-record.ts';
import type { InstalledRecord, LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { compareRuns } from './compare.ts';
import { baseOf } from './plan.ts';
import { type CanaryReport, type CanaryResult, type CanaryRun, keepReport } from './report.ts';
import { type Canary, type Trial, tryOut } from './trial.ts';

export interface CanaryListener {
  begins(side: 'now' | 'next', canary: string): void;
}

/** A copy may be slower, but not so slow that nobody would wait. */
const patience = { least: 600_000, ratio: 10 };

/**
 * Runs the canaries on the engine as it is and on its update, one engine after the other so that one GPU is enough, and
 * compares. Both run apart from the engine's own outputs, database and process, which may go on working meanwhile.
 */
export async function runCanaries(...asked: Parameters<typeof tryBoth>): Promise<CanaryReport> {
  const [candidate, current, , registry] = asked;
  if (candidate.state !== 'ready') {
    throw new Error(`The update of "${current.id}" is not wholly prepared yet, so nothing can be tried.`);
  }
  const unlock = await lockEngine(registry.files(current.id).folder, current.id, 'updated');
  try {
    return await tryBoth(...asked);
  } finally {
    await unlock();
  }
}

async function tryBoth(
  candidate: InstalledRecord,
  current: LaunchableRecord,
  canaries: readonly Canary[],
  registry: EngineRegistry,
  listener: CanaryListener,
  signal: AbortSignal,
): Promise<CanaryReport> {
  const { folder } = registry.files(candidate.id);
  const outputs = join(folder, 'canaries');
  await rm(outputs, { recursive: true, force: true });
  const base = baseOf(current);
  // An engine that shares its folders with another one has its inputs apart.
  const own = current.apart ? registry.files(current.id).folder : base;
  const shared = {
    ...{ report: folder, sharedModels: registry.sharedModels },
    ...{ models: join(base, 'models'), input: join(own, 'input') },
  };
  const busy = await runningProcess(registry.files(current.id).processRecord);
  const now = await tryOut(
    current,
    canaries,
    { ...shared, folder: join(folder, 'now'), outputs: join(outputs, 'now'), packs: packsFolder(current) },
    { signal, begins: (name) => listener.begins('now', name), limitMs: () => undefined },
  );
  await rm(join(folder, 'now', 'base'), { recursive: true, force: true });
  const next = await tryOut(
    candidate,
    canaries,
    { ...shared, folder, outputs: join(outputs, 'next') },
    {
      ...{ signal, begins: (name) => listener.begins('next', name) },
      limitMs: (index) => Math.max(patience.least, (now.runs[index]?.seconds ?? 0) * 1000 * patience.ratio),
    },
  );
  const results = await compareAll(canaries, now, next, folder);
  const against = [...packNotes(now, next), ...(await conflictsOf(folder))];
  const notes = busy
    ? [...against, `"${current.id}" was running meanwhile, so times and graphics memory may mislead.`]
    : against;
  const report: CanaryReport = {
    ...{ engine: current.id, made: new Date().toISOString(), from: current.source, to: candidate.source },
    ...{ overall: overallOf(results, against), notes, canaries: results },
  };
  await keepReport(folder, report);
  return report;
}

const none: CanaryRun = { succeeded: false, reason: 'It was not run.', seconds: 0, outputs: [] };

async function compareAll(
  canaries: readonly Canary[],
  now: Trial,
  next: Trial,
  folder: string,
): Promise<CanaryResult[]> {
  const results: CanaryResult[] = [];
  for (const [index, { name }] of canaries.entries()) {
    results.push(await compareRuns(name, now.runs[index] ?? none, next.runs[index] ?? none, folder));
  }
  return results;
}

function overallOf(results: readonly CanaryResult[], against: readonly string[]): CanaryReport['overall'] {
  if (results.some(({ verdict }) => verdict === 'broken')) return 'broken';
  const differs = results.some(({ verdict }) => verdict === 'differs');
  // Who tried nothing knows nothing.
  return differs || against.length > 0 || results.length === 0 ? 'look' : 'safe';
}

/** Node packs that came up before and do not any more. */
function packNotes(now: Trial, next: Trial): string[] {
  const well = new Set(now.packs.filter(({ failed }) => !failed).map(({ name }) => name));
  return next.packs
    .filter(({ name, failed }) => failed && well.has(name))
    .map(
      ({ name, error }) => `The node pack "${name}" does not import any more${error ? `: ${error}` : '.'}`,
    );
}

async function conflictsOf(folder: string): Promise<string[]> {
  const text = await readFile(conflictsPath({ folder }), 'utf8').catch(() => '[]');
  return z.array(z.string()).parse(JSON.parse(text));
}
