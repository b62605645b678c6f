import { toTimestamp } from '#shared/wire/common.ts';
import type { TaskEvent, TaskEventData, TaskEventName, teamEvents } from '#shared/wire/events.ts';
import type { TaskEventRow, TaskRow } from '../store/schema.ts';
import type { Reader, Writer } from '../store/store.ts';

/** An event on its way to listeners. `seq` only for stored ones: they can be resumed. */
export class Told {
  readonly teamId: string;
  readonly taskId: string | null;
  readonly event: string;
  readonly seq: number | undefined;
  readonly #data: unknown;
  #frame: string | undefined;

  constructor(teamId: string, taskId: string | null, event: string, data: unknown, seq?: number) {
    this.teamId = teamId;
    this.taskId = taskId;
    this.event = event;
    this.#data = data;
    this.seq = seq;
  }

  /** May be dropped when a listener can't keep up. */
  get live(): boolean {
    return this.seq === undefined;
  }

  get terminal(): boolean {
    return this.event === 'completed' || this.event === 'failed' || this.event === 'cancelled';
  }

  /** As server-sent event; made once for all listeners. */
  get frame(): string {
    this.#frame ??= `${this.seq === undefined ? '' : `id: ${this.seq}\n`}event: ${this.event}\ndata: ${JSON.stringify(this.#data)}\n\n`;
    return this.#frame;
  }
}

export type Listener = (told: Told) => void;

/** Runs in the unit of work of an event, right after it was stored. What it throws undoes the unit. */
export type Joining = (writer: Writer, event: TaskEventRow) => void;

/** What a running task told last. */
interface Current {
  readonly fraction: number;
  readonly progress?: Told;
  readonly preview?: Told;
  /** The last lines of its log, and the number of the first of them. */
  readonly lines: readonly string[];
  readonly firstLine: number;
}

const blank: Current = { fraction: 0, lines: [], firstLine: 0 };
const keptLines = 200;

type TaskRef = Pick<TaskRow, 'id' | 'team_id'>;
type Data<Name extends TaskEventName> = Omit<TaskEventData<Name>, 'task_id' | 'timestamp'>;

/**
 * What happens to tasks, as an append-only table and a live stream. An event is appended in the unit of work that makes
 * it true, and told after the commit. Progress, previews and log lines are told only.
 */
export class TaskEvents {
  readonly #clock: () => number;
  /** Completes a stored event for its readers: addresses expire, so they are signed when told. */
  readonly #complete: (event: TaskEvent) => TaskEvent;
  readonly #joined: Joining[] = [];
  readonly #byTask = new Map<string, Set<Listener>>();
  readonly #byTeam = new Map<string, Set<Listener>>();
  readonly #current = new Map<string, Current>();

  constructor(clock: () => number, complete: (event: TaskEvent) => TaskEvent) {
    this.#clock = clock;
    this.#complete = complete;
  }

  /** Stores an event in a unit of work; give the result to `tell` once it is committed. */
  append<Name extends TaskEventName>(
    writer: Writer,
    task: TaskRef,
    event: Name,
    data: Data<Name>,
  ): TaskEventRow {
    const now = this.#clock();
    const data_json = JSON.stringify({ task_id: task.id, timestamp: toTimestamp(now), ...data });
    const [row] = writer.hot<{ seq: number }>(
      'INSERT INTO task_events (task_id, team_id, event, data_json, created_at) VALUES (?, ?, ?, ?, ?) RETURNING seq',
      task.id,
      task.team_id,
      event,
      data_json,
      now,
    );
    const stored: TaskEventRow = {
      seq: row?.seq ?? 0,
      task_id: task.id,
      team_id: task.team_id,
      event,
      data_json,
      created_at: now,
    };
    for (const join of this.#joined) join(writer, stored);
    return stored;
  }

  /** What has to be true together with an event joins its unit of work. */
  onAppend(join: Joining): void {
    this.#joined.push(join);
  }

  tell(rows: readonly TaskEventRow[]): void {
    for (const row of rows) {
      if (row.event !== 'status') this.#forget(row.task_id);
      if (this.#byTask.has(row.task_id) || this.#byTeam.has(row.team_id)) this.#publish(this.read(row));
    }
  }

  /** Tells what is not stored. */
  live<Name extends 'progress' | 'preview'>(task: TaskRef, event: Name, data: Data<Name>): void {
    const told = this.#told(task, event, data);
    const before = this.#current.get(task.id) ?? blank;
    const fraction = event === 'progress' ? (data as Data<'progress'>).progress : before.fraction;
    this.#current.set(task.id, { ...before, fraction, [event]: told });
    this.#publish(told);
  }

  /** Tells lines of the engine's log. */
  log(task: TaskRef, lines: readonly string[]): void {
    const before = this.#current.get(task.id) ?? blank;
    const first_line = before.firstLine + before.lines.length;
    const all = [...before.lines, ...lines];
    const dropped = Math.max(0, all.length - keptLines);
    const firstLine = before.firstLine + dropped;
    this.#current.set(task.id, { ...before, lines: all.slice(dropped), firstLine });
    this.#publish(this.#told(task, 'log', { lines: [...lines], first_line }));
  }

  #told<Name extends TaskEventName>(task: TaskRef, event: Name, data: Data<Name>): Told {
    const common = { task_id: task.id, timestamp: toTimestamp(this.#clock()) };
    return new Told(task.team_id, task.id, event, { ...common, ...data });
  }

  /** Tells a team that a list it may show has changed. */
  changed(teamId: string, event: keyof typeof teamEvents): void {
    if (!this.#byTeam.has(teamId)) return;
    this.#publish(new Told(teamId, null, event, { timestamp: toTimestamp(this.#clock()) }));
  }

  /** A task begins anew: how far its lost attempt came says nothing any more. */
  restarted(taskId: string): void {
    const { lines, firstLine } = this.#current.get(taskId) ?? blank;
    this.#current.set(taskId, { fraction: 0, lines, firstLine });
  }

  /** The last progress, preview and log lines of a task that runs, for whoever begins to listen in the middle. */
  current(task: TaskRef): Told[] {
    const { progress, preview, lines, firstLine } = this.#current.get(task.id) ?? blank;
    const log =
      lines.length > 0 ? this.#told(task, 'log', { lines: [...lines], first_line: firstLine }) : undefined;
    return [progress, preview, log].filter((told) => told !== undefined);
  }

  /** The last progress and preview of every task of a team that runs. */
  currentOf(teamId: string): Told[] {
    return [...this.#current.values()]
      .flatMap(({ progress, preview }) => [progress, preview])
      .filter((told): told is Told => told?.teamId === teamId);
  }

  /** 0..1. */
  fraction(taskId: string): number {
    return this.#current.get(taskId)?.fraction ?? 0;
  }

  /** Stored events of a task after `seq`, oldest first. */
  since(reader: Reader, taskId: string, seq: number): Told[] {
    return reader
      .hot<TaskEventRow>('SELECT * FROM task_events WHERE task_id = ? AND seq > ? ORDER BY seq', taskId, seq)
      .map((row) => this.read(row));
  }

  read(row: TaskEventRow): Told {
    const event = this.#complete({ event: row.event, data: JSON.parse(row.data_json) } as TaskEvent);
    return new Told(row.team_id, row.task_id, event.event, event.data, row.seq);
  }

  /** Listens to one task; the result ends it. */
  onTask(taskId: string, listener: Listener): () => void {
    return listen(this.#byTask, taskId, listener);
  }

  /** Listens to everything of a team; the result ends it. */
  onTeam(teamId: string, listener: Listener): () => void {
    return listen(this.#byTeam, teamId, listener);
  }

  #forget(taskId: string): void {
    this.#current.delete(taskId);
  }

  #publish(told: Told): void {
    if (told.taskId !== null) for (const listener of this.#byTask.get(told.taskId) ?? []) listener(told);
    for (const listener of this.#byTeam.get(told.teamId) ?? []) listener(told);
  }
}

function listen(listeners: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
  const set = listeners.get(key) ?? new Set();
  listeners.set(key, set.add(listener));
  return () => {
    set.delete(listener);
    if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
  };
}
