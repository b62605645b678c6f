import type { Candidate } from './candidate.ts';
import type { Fleet } from './fleet.ts';
import type { WaitingQueue, WaitingTask } from './waiting-queue.ts';

export interface Decision {
  readonly task: WaitingTask;
  readonly candidate: Candidate;
}

/**
 * The next assignment: the first task in fair order that some agent can take now, and the best agent for it; a free slot
 * before a place ahead of busy slots. Changes nothing: the caller takes the task and files the agent anew.
 *
 * `held` tasks are passed over; it holds for a whole signature (a team's line is paused).
 *
 * Costs grow with the number of different signatures and submitters in line, not with the number of tasks or agents.
 */
export function decide(
  queue: WaitingQueue,
  fleet: Fleet,
  held: (task: WaitingTask) => boolean = () => false,
): Decision | undefined {
  const best = ({ signature, requirements, workflowId }: WaitingTask) =>
    fleet.best(signature, requirements, workflowId);
  const task = queue.next((first) => !held(first) && best(first) !== undefined);
  const candidate = task && best(task);
  return task && candidate ? { task, candidate } : undefined;
}
