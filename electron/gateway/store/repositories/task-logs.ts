import type { TaskLogRow } from '../rows/tasks.ts';
import type { Reader, Writer } from '../store.ts';

export function insertTaskLog(writer: Writer, row: TaskLogRow): void {
  // A task that was deleted in the meantime has no log to write to.
  writer.hotRun(
    `INSERT INTO task_logs (task_id, first_line, line_count, attempt_id, body, created_at)
     SELECT ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM tasks WHERE id = ?)`,
    row.task_id,
    row.first_line,
    row.line_count,
    row.attempt_id,
    row.body,
    row.created_at,
    row.task_id,
  );
}

/** What a task's log has, in order. */
export function taskLogOf(reader: Reader, taskId: string): TaskLogRow[] {
  return reader.hot<TaskLogRow>('SELECT * FROM task_logs WHERE task_id = ? ORDER BY first_line', taskId);
}

export interface TaskLogSize {
  /** The number that the next line has. */
  readonly next: number;
  readonly lines: number;
  readonly bytes: number;
}

export function taskLogSize(reader: Reader, taskId: string): TaskLogSize {
  const [row] = reader.hot<Record<keyof TaskLogSize, number | null>>(
    `SELECT MAX(first_line + line_count) AS next, SUM(line_count) AS lines, SUM(LENGTH(body)) AS bytes
     FROM task_logs WHERE task_id = ?`,
    taskId,
  );
  return { next: row?.next ?? 0, lines: row?.lines ?? 0, bytes: row?.bytes ?? 0 };
}

/**
 * Drops the oldest pieces until the rest is within both bounds; the newest one stays.
 *
 * @returns what is left
 */
export function trimTaskLog(
  writer: Writer,
  taskId: string,
  most: Pick<TaskLogSize, 'lines' | 'bytes'>,
): TaskLogSize {
  const pieces = writer.hot<{ first_line: number; line_count: number; bytes: number }>(
    'SELECT first_line, line_count, LENGTH(body) AS bytes FROM task_logs WHERE task_id = ? ORDER BY first_line DESC',
    taskId,
  );
  const [newest] = pieces;
  const next = newest ? newest.first_line + newest.line_count : 0;
  let kept: TaskLogSize = { next, lines: 0, bytes: 0 };
  for (const { first_line, line_count, bytes } of pieces) {
    const grown = { next, lines: kept.lines + line_count, bytes: kept.bytes + bytes };
    if (kept.lines > 0 && (grown.lines > most.lines || grown.bytes > most.bytes)) {
      writer.hotRun('DELETE FROM task_logs WHERE task_id = ? AND first_line <= ?', taskId, first_line);
      break;
    }
    kept = grown;
  }
  return kept;
}
