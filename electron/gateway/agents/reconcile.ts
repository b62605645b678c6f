import { openAttemptsOf } from '../store/repositories/tasks.ts';
import type { Store } from '../store/store.ts';
import type { Attempts } from '../tasks/attempts.ts';
import type { AgentSession, Hello } from './session.ts';

/**
 * Compares what an agent says it holds with what is open here. Attempts that nobody holds are lost, the others take
 * their places in the session again.
 *
 * @returns attempts that the agent holds but we have given up: it drops them
 */
export async function reconcile(
  session: AgentSession,
  hello: Hello,
  { store, attempts }: { readonly store: Store; readonly attempts: Attempts },
): Promise<string[]> {
  const open = openAttemptsOf(store.read, session.key);
  const held = new Set(hello.attempts.map(({ attempt_id }) => attempt_id));
  const underWay = session.underWay(hello.resume?.last_received ?? 0);
  const lost = open.filter(({ id }) => !held.has(id) && !underWay.has(id));
  const kept = open.filter((attempt) => !lost.includes(attempt));
  session.attempts.clear();
  for (const { id, fence, task_id, team_id, state } of kept) {
    const running = state === 'running';
    session.attempts.set(id, { fence, taskId: task_id, teamId: team_id, running, over: false });
  }
  const reason = (agent: string) => `The agent ${agent} came back without it.`;
  await Promise.all(lost.map((attempt) => attempts.lost(attempt, reason)));
  const fences = new Map(kept.map(({ id, fence }) => [id, fence]));
  return hello.attempts
    .filter(({ attempt_id, fence }) => fences.get(attempt_id) !== fence)
    .map(({ attempt_id }) => attempt_id);
}
