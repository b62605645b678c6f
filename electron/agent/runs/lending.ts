import type { Graph } from '#shared/comfy/graph.ts';
import { objectOf } from '#shared/comfy/json.ts';
import { type BroughtInput, lendingObjections } from '#shared/comfy/lending.ts';
import { crashReport } from '#shared/wire/crash.ts';
import { type Engine, RunFailure } from '../engines/engine.ts';
import type { LiveMessage } from '../link/link.ts';
import type { Conclusion } from './journal.ts';

/**
 * What keeps a machine that is lent to the community pool safe from the runs of people it does not know, and what it
 * has to say of itself to them: how the run goes, and no more.
 */

/** @throws RunFailure when the graph could reach what belongs to the machine's owner */
export async function refuseUnsafe(
  graph: Graph,
  brought: readonly BroughtInput[],
  engine: Engine,
  signal: AbortSignal,
): Promise<void> {
  await engine.whenReady(signal);
  const objections = lendingObjections(graph, objectOf(JSON.parse(await engine.nodeInfo())), brought);
  if (objections.length === 0) return;
  throw new RunFailure({
    code: 'engine_rejected',
    message: `The community pool does not run this workflow: ${objections.slice(0, 5).join('; ')}. Run it on an agent of your own team.`,
    retryable: false,
  });
}

/** An engine's log names its owner's folders and models. */
export const withoutLog =
  (tell: (message: LiveMessage) => void) =>
  (message: LiveMessage): void => {
    if (message.type !== 'log') tell(message);
  };

/** An absolute path of any system, as far as the next space or quote. */
const path = /(?<![\w/:.])(?:[A-Za-z]:[\\/]|\\\\|~?\/)[^\s"'<>|:;,)]+/g;
const pathless = (text: string): string => text.replace(path, '…');

/** How it ended without what lies behind it: no traceback, no crash report, no path. */
export function withoutOwner(conclusion: Conclusion): Conclusion {
  if (conclusion.type === 'declined') return { ...conclusion, reason: 'it was taken back by its owner.' };
  if (conclusion.type !== 'failed') return conclusion;
  const { details, log_tail: _log, ...failure } = conclusion.failure;
  const crash = crashReport.safeParse(details).data;
  return {
    type: 'failed',
    failure: {
      ...failure,
      message: pathless(failure.message),
      // The cause stays: what crashes its engines is not to go round the whole pool.
      ...(crash && { details: { cause: crash.cause, what: pathless(crash.what), fix: '' } }),
    },
  };
}
