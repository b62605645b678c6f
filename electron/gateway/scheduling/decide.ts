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
 * Costs grow with the number of different signatures and submitters in line, not with the number of tasks or agents.
 */
export function decide(queue: WaitingQueue, fleet: Fleet): Decision | undefined {
  if (queue.size === 0) return undefined;
  const open = new Map<string, Candidate>();
  for (const [signature, { requirements }] of queue.signatures()) {
    const candidate = fleet.best(signature, requirements);
    if (candidate) open.set(signature, candidate);
  }
  if (open.size === 0) return undefined;
  const task = queue.next(new Set(open.keys()));
  const candidate = task && open.get(task.signature);
  return task && candidate ? { task, candidate } : undefined;
}
