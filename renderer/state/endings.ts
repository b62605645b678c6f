import type { TaskDetail } from '#shared/wire/tasks.ts';

/** A task that came to its end a moment ago. */
export interface Ending {
  readonly id: string;
  readonly status: 'completed' | 'failed';
}

type Listener = (ending: Ending) => void;
const listeners = new Set<Listener>();

/** Told by the event stream of every task that ends. */
export const tellEnding: Listener = (ending) => {
  for (const listener of listeners) listener(ending);
};

export function onEnding(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Waits for a burst to pass, but not for ever: a night's queue ends a task every few seconds. */
export const gather = { quietMs: 1200, mostMs: 6000 } as const;

/** Runs of this length are worth a word when they are done; shorter ones are seen to be. */
const longMs = 60_000;

export interface Wish {
  readonly me: string | undefined;
  readonly everyTask: boolean;
  /** Where the person looks now; null when the window is hidden. */
  readonly path: string | null;
}

/** Pages on which ends are seen without a notice. */
const seesAll = new Set(['/', '/tasks']);

const lasted = (task: TaskDetail): number =>
  task.started_at && task.completed_at ? Date.parse(task.completed_at) - Date.parse(task.started_at) : 0;

/** Which of the tasks that ended are worth a word to whoever sits here. */
export function worthTelling(tasks: readonly TaskDetail[], { me, everyTask, path }: Wish): TaskDetail[] {
  if (path !== null && seesAll.has(path)) return [];
  return tasks.filter(
    (task) =>
      task.submitted_by === me &&
      path !== `/tasks/${task.id}` &&
      (task.task_status === 'failed' ||
        (task.task_status === 'completed' && (everyTask || lasted(task) >= longMs))),
  );
}

export interface Told {
  readonly kind: 'done' | 'failed' | 'mixed';
  readonly done: number;
  readonly failed: number;
  /** Of the first of them; its cause if it failed. */
  readonly workflow: string;
  readonly cause: string;
  readonly href: string;
}

/** One notice for all of them, however many. */
export function oneNotice(tasks: readonly TaskDetail[]): Told | null {
  const failures = tasks.filter((task) => task.task_status === 'failed');
  const [first] = failures.length > 0 ? failures : tasks;
  if (!first) return null;
  const done = tasks.length - failures.length;
  const kind = failures.length === 0 ? 'done' : done === 0 ? 'failed' : 'mixed';
  return {
    ...{ kind, done, failed: failures.length, workflow: first.workflow_name, cause: first.task_error },
    href: tasks.length === 1 ? `/tasks/${first.id}` : '/tasks',
  };
}
