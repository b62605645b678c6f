import { join } from 'node:path';
import { comparePixels, readPixels } from './pixels.ts';
import type { CanaryOutput, CanaryResult, CanaryRun, CanaryVerdict, Difference } from './report.ts';

/** Steps of 255 that other kernels round to; nobody sees them. */
const unseen = 2;

/** Puts what a canary did on both sides next to each other. `folder` is where the report lies. */
export async function compareRuns(
  name: string,
  now: CanaryRun,
  next: CanaryRun,
  folder: string,
): Promise<CanaryResult> {
  const both = now.succeeded && next.succeeded;
  const differences = both ? await compareOutputs(now.outputs, next.outputs, folder) : [];
  const verdict = verdictOf(now, next, differences);
  return {
    ...{ name, verdict, words: wordsOf(verdict, next, differences), differences, now, next },
    ...(both && now.seconds > 0 && { duration_ratio: next.seconds / now.seconds }),
  };
}

function verdictOf(now: CanaryRun, next: CanaryRun, differences: readonly Difference[]): CanaryVerdict {
  if (!next.succeeded) return now.succeeded ? 'broken' : 'was broken before too';
  if (!now.succeeded) return 'mended';
  return differences.length > 0 ? 'differs' : 'same';
}

function wordsOf(verdict: CanaryVerdict, next: CanaryRun, differences: readonly Difference[]): string {
  switch (verdict) {
    case 'same':
      return 'Its outputs are the same.';
    case 'mended':
      return 'It failed before and runs now.';
    case 'differs':
      return differences.map(({ words }) => words).join(' ');
    case 'broken':
    case 'was broken before too':
      return next.reason;
  }
}

/** Differences that a person should see; empty when there is none. */
async function compareOutputs(
  now: readonly CanaryOutput[],
  next: readonly CanaryOutput[],
  folder: string,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const nodes = new Set([...now, ...next].map(({ node_id: node }) => node));
  for (const node of nodes) {
    const [before, after] = [now, next].map((all) => all.filter((one) => one.node_id === node));
    if (!before || !after) continue;
    if (kinds(before) !== kinds(after)) {
      const words = `Node ${node} gave ${kinds(before) || 'nothing'} before and ${kinds(after) || 'nothing'} now.`;
      differences.push({ node_id: node, words });
      continue;
    }
    for (const [index, one] of before.entries()) {
      const other = after[index];
      const found = other && one.sha256 !== other.sha256 && (await compareTwo(one, other, folder));
      if (found) differences.push(found);
    }
  }
  return differences;
}

/** `2 image, 1 text` */
function kinds(outputs: readonly CanaryOutput[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of outputs) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

async function compareTwo(
  one: CanaryOutput,
  other: CanaryOutput,
  folder: string,
): Promise<Difference | undefined> {
  const { node_id, name } = one;
  const [before, after] =
    one.kind === 'image' && one.file && other.file
      ? await Promise.all([readPixels(join(folder, one.file)), readPixels(join(folder, other.file))])
      : [];
  if (!before || !after)
    return { node_id, words: `${name || `The ${one.kind} of node ${node_id}`} differs.` };
  if (before.width !== after.width || before.height !== after.height) {
    const words = `${name} was ${before.width}×${before.height} and is ${after.width}×${after.height}.`;
    return { node_id, words };
  }
  const pixels = comparePixels(before, after);
  if (pixels.largest <= unseen) return undefined;
  const share = (pixels.share * 100).toFixed(pixels.share < 0.1 ? 2 : 0);
  return {
    node_id,
    words: `${name}: ${share} % of the pixels differ, by ${pixels.largest} of 255 at most.`,
    pixels,
  };
}
