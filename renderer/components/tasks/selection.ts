import { useMemo, useState } from 'react';
import type { TaskDetail } from '#shared/wire/tasks.ts';

/** As much can be done at one stroke, which is also what the API takes. */
export const mostSelected = 1000;

export interface Selection {
  readonly tasks: ReadonlyMap<string, TaskDetail>;
  has(id: string): boolean;
  toggle(task: TaskDetail, on: boolean): void;
  add(tasks: readonly TaskDetail[]): void;
  clear(): void;
}

/** Which rows are ticked, whether they are in sight or not. */
export function useSelection(): Selection {
  const [tasks, setTasks] = useState<ReadonlyMap<string, TaskDetail>>(new Map());
  return useMemo(
    () => ({
      tasks,
      has: (id) => tasks.has(id),
      toggle: (task, on) =>
        setTasks((before) => {
          const after = new Map(before);
          if (on && after.size < mostSelected) after.set(task.id, task);
          else after.delete(task.id);
          return after;
        }),
      add: (more) =>
        setTasks((before) => {
          const all = [...before.values(), ...more];
          return new Map(all.map((task) => [task.id, task] as const).slice(0, mostSelected));
        }),
      clear: () => setTasks(new Map()),
    }),
    [tasks],
  );
}
