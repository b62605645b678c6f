import { useTranslation } from 'react-i18next';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { useLiveRun } from '../../state/live.ts';
import { duration } from '../format.ts';
import { StatusMark } from '../status-mark.tsx';
import { ProgressLine } from '../task-frame.tsx';
import { taskWords } from '../task-words.ts';
import { useNow } from '../use-now.ts';

/** Where it stands now: the word, the sentence, the progress and the clock. Its height holds while it runs. */
export function StatusPanel({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const run = useLiveRun(task.id);
  const open = !isTerminal(task.task_status);
  const running = task.task_status === 'running';
  const now = useNow(open);
  const since = Date.parse((running && task.started_at) || task.created_at);
  const progress = Math.max(run.progress, task.progress);
  const words = taskWords(t, task, run);
  return (
    <div className="flex min-h-24 flex-col gap-2" aria-live="polite">
      <div className="flex items-baseline justify-between gap-4">
        <span className="text-lead">
          <StatusMark status={task.task_status} />
        </span>
        {running && (
          <span className="tabular text-head">
            {t('task.percent', { percent: Math.round(progress * 100) })}
          </span>
        )}
      </div>
      {task.task_status !== 'failed' && <p className="text-soft">{words}</p>}
      {running && <ProgressLine value={progress} label={task.workflow_name} />}
      {open && (
        // The clock ticks for the eye; a reader is not told every second.
        <p className="tabular text-small text-soft" aria-hidden>
          {t(running ? 'task.elapsed' : 'task.waitedFor', {
            duration: duration(Math.floor((now - since) / 1000) * 1000),
          })}
        </p>
      )}
    </div>
  );
}
