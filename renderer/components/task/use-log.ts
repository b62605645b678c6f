import { useEffect, useRef, useState } from 'react';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskLogLine } from '#shared/wire/task-log.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { taskApi } from '../../api/tasks.ts';
import { useLiveRun } from '../../state/live.ts';

export interface StoredLog {
  readonly lines: readonly TaskLogLine[];
  readonly dropped: number;
  /** False until the first answer. */
  readonly read: boolean;
  readonly error: Error | null;
}

const blank: StoredLog = { lines: [], dropped: 0, read: false, error: null };

/** The gateway writes once or twice a second; asking more often brings nothing new. */
const settleMs = 700;

/** The stored log of a task, read on whenever the stream says that there is more. */
export function useStoredLog(task: TaskDetail): StoredLog {
  const [log, setLog] = useState(blank);
  const next = useRef(0);
  const { log: live, logStart } = useLiveRun(task.id);
  const told = logStart + live.length;
  const over = isTerminal(task.task_status);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told by the stream that there is more, or that it is all
  useEffect(() => {
    const left = new AbortController();
    const read = () =>
      taskApi
        .log(task.id, next.current, left.signal)
        .then((more) => {
          next.current = more.next;
          setLog((before) => ({
            lines: [
              ...before.lines,
              ...more.lines.filter(({ line }) => line > (before.lines.at(-1)?.line ?? -1)),
            ],
            dropped: more.dropped_lines,
            read: true,
            error: null,
          }));
        })
        .catch((error: Error) => {
          if (!left.signal.aborted) setLog((before) => ({ ...before, error }));
        });
    const timer = setTimeout(() => void read(), next.current === 0 ? 0 : settleMs);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [task.id, told, over]);
  return log;
}
