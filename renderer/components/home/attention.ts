import type { AgentItem } from '#shared/wire/agents.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { needsCare } from '../engine/standing.ts';

/** What is known of the studio; what is not loaded yet is left out and gives no alarm. */
export interface Facts {
  readonly agents?: readonly AgentItem[] | undefined;
  readonly engines?: readonly EngineItem[] | undefined;
  readonly failed?: readonly TaskDetail[] | undefined;
  readonly disk?: { readonly free: number; readonly total: number } | null | undefined;
  readonly queue?: { readonly paused: boolean; readonly waiting_count: number } | undefined;
  /** Failures up to this moment were seen. */
  readonly seenAt: number;
  /** Whose failures count; everybody's when left out. */
  readonly me?: string | undefined;
}

export type Concern =
  | { readonly kind: 'noAgent' }
  | { readonly kind: 'sick'; readonly agent: AgentItem }
  | { readonly kind: 'engine'; readonly engine: EngineItem }
  | { readonly kind: 'disk'; readonly free: number; readonly total: number }
  | { readonly kind: 'paused'; readonly waiting: number }
  | { readonly kind: 'failed'; readonly tasks: readonly [TaskDetail, ...TaskDetail[]] };

/** Less than this and a night of pictures may not fit. */
export const lowDiskBytes = 5e9;

/** What somebody has to do something about, what stops everything first. */
export function concerns({ agents, engines, failed, disk, queue, seenAt, me }: Facts): Concern[] {
  const found: Concern[] = [];
  if (agents?.length === 0) found.push({ kind: 'noAgent' });
  if (queue?.paused) found.push({ kind: 'paused', waiting: queue.waiting_count });
  if (disk && disk.free < lowDiskBytes) found.push({ kind: 'disk', ...disk });
  for (const engine of engines ?? []) if (needsCare(engine)) found.push({ kind: 'engine', engine });
  for (const agent of agents ?? []) {
    // An engine that is down says so itself, and better.
    const told = engines?.some((engine) => engine.agent_id === agent.agent_id && needsCare(engine));
    if (agent.agent_status === 'unhealthy' && !told) found.push({ kind: 'sick', agent });
  }
  const [first, ...rest] = (failed ?? []).filter(
    (task) =>
      Date.parse(task.completed_at ?? task.created_at) > seenAt &&
      (me === undefined || task.submitted_by === me),
  );
  if (first) found.push({ kind: 'failed', tasks: [first, ...rest] });
  return found;
}
