import { sourcesOf, type TaskStatus } from '#shared/task-states.ts';
import type { AttemptRow, OutputRow, TaskRow } from '../schema.ts';
import type { Bindable, Reader, Writer } from '../store.ts';
import { readSetting } from './settings.ts';

const taskColumns = [
  'id',
  'team_id',
  'workflow_id',
  'snapshot_id',
  'status',
  'parameters_json',
  'dispatch_target',
  'target_pool',
  'tool_type',
  'submitter_region',
  'submitter_id',
  'priority',
  'retry_count',
  'retry_of',
  'created_at',
] as const satisfies readonly (keyof TaskRow)[];

export type NewTask = Pick<TaskRow, (typeof taskColumns)[number]>;

const insertText = `INSERT INTO tasks (${taskColumns.join(', ')}) VALUES (${taskColumns.map(() => '?').join(', ')})`;

export function insertTask(writer: Writer, task: NewTask): void {
  writer.hotRun(insertText, ...taskColumns.map((column) => task[column]));
}

export function findTask(reader: Reader, id: string): TaskRow | undefined {
  return reader.hot<TaskRow>('SELECT * FROM tasks WHERE id = ?', id)[0];
}

/** Everything that is not over, oldest first: what a start after a crash has to take care of. */
export function openTasks(reader: Reader): TaskRow[] {
  return reader.hot<TaskRow>(
    `SELECT * FROM tasks WHERE status NOT IN ('completed','failed','cancelled') ORDER BY id`,
  );
}

/** Ids of a team's tasks that are not over, newest first: so nothing of them starts while the others are cancelled. */
export function openTasksOf(reader: Reader, teamId: string, workflowId?: string): string[] {
  return reader
    .hot<{ id: string }>(
      `SELECT id FROM tasks WHERE status NOT IN ('completed','failed','cancelled')
       AND team_id = ? AND (? IS NULL OR workflow_id = ?) ORDER BY id DESC`,
      teamId,
      workflowId ?? null,
      workflowId ?? null,
    )
    .map(({ id }) => id);
}

export interface Move {
  readonly to: TaskStatus;
  /** Only from here, of the statuses that the table allows. */
  readonly from?: TaskStatus;
  /** Columns that change with the status. */
  readonly set?: Readonly<Partial<Record<keyof TaskRow, Bindable>>>;
  /** The task must still be at this attempt; `null` is at none and moves nothing. */
  readonly attemptId?: string | null;
}

/**
 * Moves a task if the table of legal moves and the attempt allow it.
 *
 * @returns false when it was not where the move begins: nothing changed
 */
export function moveTask(writer: Writer, id: string, { to, from: only, set = {}, attemptId }: Move): boolean {
  const columns = Object.keys(set) as (keyof TaskRow)[];
  const from = sourcesOf(to)
    .filter((status) => only === undefined || status === only)
    .map((status) => `'${status}'`)
    .join(',');
  const text =
    `UPDATE tasks SET status = ?${columns.map((column) => `, ${column} = ?`).join('')} ` +
    `WHERE id = ? AND status IN (${from})${attemptId === undefined ? '' : ' AND attempt_id = ?'}`;
  const values = columns.map((column) => set[column] ?? null);
  return writer.hotRun(text, to, ...values, id, ...(attemptId === undefined ? [] : [attemptId])) === 1;
}

/** The highest fence ever given, also to attempts that were deleted since; new ones are above it. */
export function highestFence(reader: Reader): number {
  const [row] = reader.hot<{ fence: number | null }>('SELECT MAX(fence) AS fence FROM attempts');
  return Math.max(row?.fence ?? 0, Number(readSetting(reader, 'fence') ?? 0));
}

export function insertAttempt(writer: Writer, attempt: AttemptRow): void {
  writer.hotRun(
    `INSERT INTO attempts (id, task_id, agent_id, fence, state, outcome, lease_expires_at, created_at, accepted_at, ended_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    attempt.id,
    attempt.task_id,
    attempt.agent_id,
    attempt.fence,
    attempt.state,
    attempt.outcome,
    attempt.lease_expires_at,
    attempt.created_at,
    attempt.accepted_at,
    attempt.ended_at,
  );
}

/** An attempt that is still open and has this fence; stale messages find none. */
export function openAttempt(reader: Reader, id: string, fence: number): AttemptRow | undefined {
  return reader.hot<AttemptRow>(
    `SELECT * FROM attempts WHERE id = ? AND fence = ? AND state <> 'ended'`,
    id,
    fence,
  )[0];
}

/** How many attempts of a task were lost or failed, and of those, in a crash; those that never began don't count. */
export function lossesOf(reader: Reader, taskId: string): { losses: number; crashes: number } {
  const [row] = reader.hot<{ losses: number; crashes: number }>(
    `SELECT COUNT(*) AS losses, COUNT(CASE WHEN outcome = 'crashed' THEN 1 END) AS crashes
     FROM attempts WHERE task_id = ? AND outcome NOT IN ('declined','unsent')`,
    taskId,
  );
  return row ?? { losses: 0, crashes: 0 };
}

/** Which agents hold open attempts: their keys. What is at ComfyUI Cloud has no agent that could come back. */
export function agentsWithAttempts(reader: Reader): string[] {
  return reader
    .hot<{ agent_id: string }>(
      `SELECT DISTINCT agent_id FROM attempts WHERE state <> 'ended' AND agent_id NOT LIKE 'cloud/%'`,
    )
    .map(({ agent_id }) => agent_id);
}

/** The open attempts of one agent, each with the team of its task. */
export function openAttemptsOf(reader: Reader, agentKey: string): (AttemptRow & { team_id: string })[] {
  return reader.hot<AttemptRow & { team_id: string }>(
    `SELECT attempts.*, tasks.team_id FROM attempts JOIN tasks ON tasks.id = attempts.task_id
     WHERE attempts.agent_id = ? AND attempts.state <> 'ended' ORDER BY attempts.fence`,
    agentKey,
  );
}

export function setAttemptState(
  writer: Writer,
  id: string,
  state: 'staged' | 'running',
  acceptedAt: number | null,
): void {
  writer.hotRun(
    `UPDATE attempts SET state = ?, accepted_at = COALESCE(accepted_at, ?) WHERE id = ? AND state <> 'ended'`,
    state,
    acceptedAt,
    id,
  );
}

export function endAttempt(writer: Writer, id: string, outcome: string, now: number): void {
  writer.hotRun(
    `UPDATE attempts SET state = 'ended', outcome = ?, ended_at = ? WHERE id = ? AND state <> 'ended'`,
    outcome,
    now,
    id,
  );
}

const outputColumns = [
  'storage_key',
  'task_id',
  'team_id',
  'position',
  'node_id',
  'name',
  'kind',
  'content_type',
  'size',
  'sha256',
  'temporary',
  'width',
  'height',
  'created_at',
  'id',
  'workflow_id',
  'submitter_id',
  'listed',
] as const satisfies readonly (keyof OutputRow)[];

export type NewOutput = Pick<OutputRow, (typeof outputColumns)[number]>;

export function insertOutput(writer: Writer, output: NewOutput): void {
  writer.hotRun(
    `INSERT INTO outputs (${outputColumns.join(', ')}) VALUES (${outputColumns.map(() => '?').join(', ')})`,
    ...outputColumns.map((column) => output[column]),
  );
}

/** Outputs of a task in the order in which the engine made them, without those that were deleted. */
export function outputsOf(reader: Reader, taskId: string): OutputRow[] {
  return reader.hot<OutputRow>(
    'SELECT * FROM outputs WHERE task_id = ? AND deleted_at IS NULL ORDER BY position',
    taskId,
  );
}
