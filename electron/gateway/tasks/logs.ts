import type { Logger } from 'pino';
import { atLeast, withLevels } from '#shared/log-levels.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { TaskLog, TaskLogLine, TaskLogQuery } from '#shared/wire/task-log.ts';
import {
  insertTaskLog,
  type TaskLogSize,
  taskLogOf,
  taskLogSize,
  trimTaskLog,
} from '../store/repositories/task-logs.ts';
import type { Store, Writer } from '../store/store.ts';

export interface TaskLogPorts {
  readonly store: Store;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What a task keeps of its log: the newest, which says how it ended. */
export const mostKept = { lines: 5000, bytes: 1_000_000 };

/** So long lines gather before they are written, and so long again they wait for somebody else's commit. */
const gatherMs = 500;
const patienceMs = 500;
/** More than this waits for no clock: an engine in a fit must not fill the memory. */
const mostGathered = 256 * 1024;

interface Piece {
  readonly taskId: string;
  readonly attemptId: string;
  readonly lines: string[];
  readonly at: number;
}

/**
 * What engines said during runs, kept with the task. Lines gather in memory and are written once or twice a second for
 * all tasks together, in a unit that shares the next commit (docs/adr/0002), so a chatty engine costs no flush of its
 * own. A gateway that is killed loses the last second of it.
 */
export class TaskLogs {
  readonly #ports: TaskLogPorts;
  #pieces: Piece[] = [];
  /** Characters that wait to be written. */
  #gathered = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Of tasks that talk, so that it is not asked of the store each time. */
  readonly #sizes = new Map<string, TaskLogSize>();

  constructor(ports: TaskLogPorts) {
    this.#ports = ports;
  }

  add(taskId: string, attemptId: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const last = this.#pieces.findLast((piece) => piece.taskId === taskId);
    // One line each: a break inside would count as two when it is read.
    const single = lines.map((line) => line.replace(/\r?\n/g, ' ↵ '));
    if (last?.attemptId === attemptId) last.lines.push(...single);
    else this.#pieces.push({ taskId, attemptId, lines: single, at: this.#ports.clock() });
    for (const line of single) this.#gathered += line.length;
    if (this.#gathered >= mostGathered) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), gatherMs);
  }

  /** A task talks no more. */
  forget(taskId: string): void {
    void this.flush().then(() => {
      if (!this.#pieces.some((piece) => piece.taskId === taskId)) this.#sizes.delete(taskId);
    });
  }

  /** The gateway ends: what has gathered is among the last that is written. */
  stop(): void {
    void this.flush(0);
  }

  /** Writes what has gathered; resolves when all that was added before is on disk. */
  flush(withinMs = patienceMs): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#gathered = 0;
    if (pieces.length === 0) return this.#writing;
    const { store, log } = this.#ports;
    const work = (writer: Writer): void => {
      for (const piece of pieces) this.#keep(writer, piece);
    };
    const written = store.write(work, withinMs > 0 ? { withinMs } : {});
    const settled = written.catch((error: unknown) => {
      // The numbers of what was undone are asked of the store again.
      this.#sizes.clear();
      log.error({ err: error }, 'lines of task logs could not be written');
    });
    this.#writing = Promise.all([this.#writing, settled]).then(() => undefined);
    return this.#writing;
  }

  #keep(writer: Writer, { taskId, attemptId, lines, at }: Piece): void {
    const size = this.#sizes.get(taskId) ?? taskLogSize(writer, taskId);
    const body = lines.join('\n');
    const piece = { task_id: taskId, attempt_id: attemptId, created_at: at, body };
    insertTaskLog(writer, { ...piece, first_line: size.next, line_count: lines.length });
    const grown = {
      next: size.next + lines.length,
      lines: size.lines + lines.length,
      bytes: size.bytes + body.length,
    };
    const tooMuch = grown.lines > mostKept.lines || grown.bytes > mostKept.bytes;
    this.#sizes.set(taskId, tooMuch ? trimTaskLog(writer, taskId, mostKept) : grown);
  }

  /** A task's log, with what has not been written yet. */
  async read(taskId: string, query: Omit<TaskLogQuery, 'format'>): Promise<TaskLog> {
    if (this.#pieces.some((piece) => piece.taskId === taskId)) await this.flush(0);
    else await this.#writing;
    const rows = taskLogOf(this.#ports.store.read, taskId);
    const attempts = this.#ordinals(taskId);
    const all = rows.flatMap((row) => {
      const said = { at: toTimestamp(row.created_at), attempt: attempts.get(row.attempt_id) ?? 1 };
      return row.body.split('\n').map((text, index) => ({ line: row.first_line + index, text, ...said }));
    });
    // Levels are read from all lines: a traceback may have begun before those that are asked for.
    const levels = withLevels(all.map(({ text }) => text));
    const wanted = query.search?.toLowerCase() ?? '';
    const lines = all
      .map((line, index): TaskLogLine => ({ ...line, level: levels[index]?.level ?? 'info' }))
      .filter(
        ({ line, level, text }) =>
          line >= (query.after ?? 0) && atLeast(level, query.level) && text.toLowerCase().includes(wanted),
      );
    const last = rows.at(-1);
    return {
      lines,
      next: last ? last.first_line + last.line_count : 0,
      dropped_lines: rows[0]?.first_line ?? 0,
    };
  }

  /** Attempts by the order in which they were made, from 1. */
  #ordinals(taskId: string): Map<string, number> {
    const attempts = this.#ports.store.read.hot<{ id: string }>(
      'SELECT id FROM attempts WHERE task_id = ? ORDER BY fence',
      taskId,
    );
    return new Map(attempts.map(({ id }, index) => [id, index + 1]));
  }
}
