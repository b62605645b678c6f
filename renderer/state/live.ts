import { create } from 'zustand';
import type { TaskEventData } from '#shared/wire/events.ts';

/** What only the stream knows of a running task: never stored, rebuilt from the next event after a reload. */
export interface LiveRun {
  readonly progress: number;
  readonly node: string;
  readonly nodeTitle: string;
  readonly step: number;
  readonly steps: number;
  readonly message: string;
  readonly preview: string | null;
  readonly log: readonly string[];
  /** The number of the first of them. */
  readonly logStart: number;
}

const blank: LiveRun = {
  progress: 0,
  node: '',
  nodeTitle: '',
  step: 0,
  steps: 0,
  message: '',
  preview: null,
  log: [],
  logStart: 0,
};

const logLimit = 500;

export const useLive = create<Readonly<Record<string, LiveRun>>>(() => ({}));

function patch(taskId: string, change: (run: LiveRun) => Partial<LiveRun>): void {
  useLive.setState((all) => {
    const run = all[taskId] ?? blank;
    return { [taskId]: { ...run, ...change(run) } };
  });
}

export const live = {
  progress: (data: TaskEventData<'progress'>) =>
    patch(data.task_id, () => ({
      progress: data.progress,
      node: data.current_node,
      nodeTitle: data.current_node_title ?? '',
      step: data.step_current,
      steps: data.step_total,
      message: data.message ?? '',
    })),
  preview: (data: TaskEventData<'preview'>) =>
    patch(data.task_id, () => ({ preview: `data:${data.content_type};base64,${data.data_base64}` })),
  log: (data: TaskEventData<'log'>) =>
    patch(data.task_id, (run) => {
      const known = run.logStart + run.log.length;
      // Lines that were missed leave a gap: begin anew after it.
      const log =
        data.first_line > known ? data.lines : [...run.log, ...data.lines.slice(known - data.first_line)];
      const logEnd = Math.max(known, data.first_line + data.lines.length);
      const kept = log.slice(-logLimit);
      return { log: kept, logStart: logEnd - kept.length };
    }),
  /** A new attempt starts from nothing; the log of the one before stays readable. */
  restart: (taskId: string) => patch(taskId, ({ log, logStart }) => ({ ...blank, log, logStart })),
};

export const useLiveRun = (taskId: string): LiveRun => useLive((all) => all[taskId] ?? blank);
