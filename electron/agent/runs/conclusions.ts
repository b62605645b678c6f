import { EngineGone, type RunEnd, RunFailure } from '../engines/engine.ts';
import type { Conclusion } from './journal.ts';

/** What the end of a run without a result means for its attempt. `untouched`: it was picked up, and had not begun. */
export function afterEnd(end: Exclude<RunEnd, { kind: 'succeeded' }>, untouched: boolean): Conclusion {
  if (end.kind === 'interrupted') return { type: 'failed', failure: stoppedElsewhere };
  // Its inputs may not be there for another engine, but its task can go on.
  if (end.kind === 'lost' && untouched) return { type: 'declined', reason: end.failure.message };
  return { type: 'failed', failure: end.failure };
}

/** What an error on the way means for the attempt. `staged`: the engine has not begun with it. */
export function afterError(error: unknown, staged: boolean): Conclusion {
  if (error instanceof RunFailure) return { type: 'failed', failure: error.failure };
  const message = error instanceof Error ? error.message : String(error);
  // Nothing has been executed, so somebody else may do it.
  if (error instanceof EngineGone || staged) return { type: 'declined', reason: message.slice(0, 2000) };
  return { type: 'failed', failure: { code: 'engine_error', message, retryable: true } };
}

/** Only its engine is gone, and the gateway knows that: the agent's other engines need no rest. */
export const givenBack = (reason: string): Conclusion => ({ type: 'declined', reason, rest: false });

/** A crash counts, and so does being given back, even if we are killed before the gateway has heard of it. */
export const counts = ({ type }: Conclusion): boolean => type === 'failed' || type === 'declined';

export const stoppedHere = 'Atelier was stopped there in the middle of it.';

const stoppedElsewhere = {
  code: 'cancelled',
  message:
    'The run was interrupted in the engine itself, not through Atelier. Run it again if that was a mistake.',
  retryable: true,
} as const;
