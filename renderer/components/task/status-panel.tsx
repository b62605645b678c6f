import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskDetail, TaskOutput } from '#shared/wire/tasks.ts';
import { useLiveRun } from '../../state/live.ts';
import { bytes, duration, moment } from '../format.ts';
import { StatusMark } from '../status-mark.tsx';
import { ProgressLine } from '../task-frame.tsx';
import { taskWords } from '../task-words.ts';
import { useNow } from '../use-now.ts';

/** The small line below: a clock while it is open, what came of it once it is over. */
function lastLine(t: TFunction, task: TaskDetail, picture: TaskOutput | undefined, now: number): string {
  if (isTerminal(task.task_status)) {
    if (!picture) return task.completed_at ? moment(task.completed_at) : '';
    const size = picture.width && picture.height ? `${picture.width} × ${picture.height}, ` : '';
    return size + bytes(picture.size);
  }
  const running = task.task_status === 'running';
  const since = Date.parse((running && task.started_at) || task.created_at);
  const time = duration(Math.max(1000, Math.floor((now - since) / 1000) * 1000)).replace('.0', '');
  if (!running) return t('task.waitedFor', { duration: time });
  return task.agent_id
    ? t('task.elapsedOn', { duration: time, agent: task.agent_id })
    : t('task.elapsed', { duration: time });
}

/** Where it stands now: the word, the sentence, the progress and the clock. Its height holds from start to end. */
export function StatusPanel({ task, picture }: { task: TaskDetail; picture?: TaskOutput | undefined }) {
  const { t } = useTranslation();
  const run = useLiveRun(task.id);
  const open = !isTerminal(task.task_status);
  const running = task.task_status === 'running';
  const now = useNow(open);
  const progress = Math.max(run.progress, task.progress);
  return (
    <div className="flex min-h-24 flex-col gap-2">
      <div className="flex items-baseline justify-between gap-4" aria-live="polite">
        <span className="text-lead">
          <StatusMark status={task.task_status} />
        </span>
        {running && (
          <span className="tabular text-head">
            {t('task.percent', { percent: Math.round(progress * 100) })}
          </span>
        )}
      </div>
      {task.task_status !== 'failed' && <p className="line-clamp-3 text-soft">{taskWords(t, task, run)}</p>}
      {running && <ProgressLine value={progress} label={task.workflow_name} />}
      <p className="tabular text-small text-soft">{lastLine(t, task, picture, now)}</p>
    </div>
  );
}
