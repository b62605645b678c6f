/**
 * The life of a task (Cyberun spec 5.1) as one table of legal moves. The store's UPDATEs check the same table in
 * their WHERE clause, so an illegal move changes no row.
 *
 *   pending       accepted and on disk; the scheduler has not looked at it yet
 *   waiting       no eligible agent is free; the task carries the reason in words
 *   provisioning  an agent is being prepared for it (models synced, engine started)
 *   queued        an attempt is open on an agent; it is not running there yet
 *   running       the agent executes it; the timeout clock runs
 *   completed | failed | cancelled   terminal
 *
 * queued/running → waiting is the lost lease: the task goes back in line for a new attempt.
 */
export const taskStatuses = [
  'pending',
  'waiting',
  'provisioning',
  'queued',
  'running',
  'completed',
  'failed',
  'cancelled',
] as const;

export type TaskStatus = (typeof taskStatuses)[number];

export const legalMoves: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ['waiting', 'provisioning', 'queued', 'failed', 'cancelled'],
  waiting: ['provisioning', 'queued', 'failed', 'cancelled'],
  provisioning: ['queued', 'waiting', 'failed', 'cancelled'],
  queued: ['running', 'waiting', 'completed', 'failed', 'cancelled'],
  running: ['completed', 'waiting', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

export const terminalStatuses = ['completed', 'failed', 'cancelled'] as const satisfies readonly TaskStatus[];
export type TerminalStatus = (typeof terminalStatuses)[number];

export const isTerminal = (status: TaskStatus): status is TerminalStatus => legalMoves[status].length === 0;

export const canMove = (from: TaskStatus, to: TaskStatus): boolean => legalMoves[from].includes(to);

/** The statuses from which `to` may be entered; what a guarded UPDATE lists. */
export const sourcesOf = (to: TaskStatus): readonly TaskStatus[] =>
  taskStatuses.filter((from) => canMove(from, to));
