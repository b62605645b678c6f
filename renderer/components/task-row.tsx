import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { useLiveRun } from '../state/live.ts';
import { ago, duration } from './format.ts';
import { StatusMark } from './status-mark.tsx';
import { ProgressLine } from './task-frame.tsx';
import { taskWords } from './task-words.ts';

function Thumb({ task }: { task: TaskDetail }) {
  const { preview } = useLiveRun(task.id);
  const url = task.preview_url ?? (task.task_status === 'running' ? preview : null);
  return (
    <span className="flex h-12 w-16 shrink-0 items-center justify-center overflow-hidden rounded-control bg-well">
      {url && <img src={url} alt="" loading="lazy" decoding="async" className="size-full object-contain" />}
    </span>
  );
}

/** A task in one line: picture, workflow, where it stands, how long it took, how long ago. */
export function TaskRow({ task, now }: { task: TaskDetail; now: number }) {
  const { t } = useTranslation();
  const run = useLiveRun(task.id);
  const { task_status: status } = task;
  const end = task.completed_at ? Date.parse(task.completed_at) : now;
  const took = task.started_at
    ? duration(
        status === 'running'
          ? Math.floor((end - Date.parse(task.started_at)) / 1000) * 1000
          : end - Date.parse(task.started_at),
      )
    : null;
  return (
    <Link
      href={`/tasks/${task.id}`}
      className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-4 px-3 py-2.5 transition-colors hover:bg-hover sm:grid-cols-[auto_minmax(0,1fr)_8rem_7rem_6.5rem]"
    >
      <Thumb task={task} />
      <span className="min-w-0">
        <span className="block truncate font-medium">{task.workflow_name}</span>
        {status === 'running' ? (
          <span className="mt-2 mb-1 block max-w-md">
            <ProgressLine value={Math.max(run.progress, task.progress)} label={task.workflow_name} />
          </span>
        ) : (
          <span className="line-clamp-2 text-small text-soft sm:line-clamp-1">
            {status === 'completed'
              ? Object.values(task.parameters)
                  .filter((one) => typeof one === 'string' && !one.startsWith('inputs/'))
                  .join(', ')
              : taskWords(t, task)}
          </span>
        )}
      </span>
      <StatusMark status={status} />
      <span className="tabular hidden text-right text-soft sm:block">{took}</span>
      <time dateTime={task.created_at} className="hidden text-right text-soft sm:block">
        {ago(task.created_at, now)}
      </time>
    </Link>
  );
}

export function TaskRows({ tasks, now }: { tasks: readonly TaskDetail[]; now: number }) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
      {tasks.map((task) => (
        <li key={task.id}>
          <TaskRow task={task} now={now} />
        </li>
      ))}
    </ul>
  );
}
