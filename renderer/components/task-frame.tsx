import { clsx } from 'clsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskDetail, TaskOutput } from '#shared/wire/tasks.ts';
import { useLiveRun } from '../state/live.ts';
import { KilnMark } from '../ui/blank.tsx';
import { taskWords } from './task-words.ts';

/** Progress as a line of light; it glides between events instead of jumping. */
export function ProgressLine({ value, label }: { value: number; label: string }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
      className="h-1 overflow-hidden rounded-full bg-line"
    >
      <div
        className="h-full origin-left rounded-full bg-accent transition-transform duration-500 ease-linear motion-reduce:transition-none"
        style={{ transform: `scaleX(${value})` }}
      />
    </div>
  );
}

interface FrameProps {
  readonly task: TaskDetail;
  readonly picture: TaskOutput | undefined;
  readonly className?: string;
}

/**
 * One frame from the first preview to the finished picture: its size never changes, so nothing around it moves. The
 * preview stays underneath until the picture has come in.
 */
export function TaskFrame({ task, picture, className }: FrameProps) {
  const { t } = useTranslation();
  const run = useLiveRun(task.id);
  const [loaded, setLoaded] = useState<string | null>(null);
  const running = task.task_status === 'running';
  const shown = picture && loaded === picture.url;
  const fill = 'absolute inset-0 size-full object-contain';
  return (
    <figure
      className={clsx(
        'relative overflow-hidden rounded-card bg-well transition-shadow',
        running && 'ember',
        className,
      )}
    >
      {run.preview && !shown && <img src={run.preview} alt={t('task.previewAlt')} className={fill} />}
      {picture && (
        <img
          src={picture.url}
          alt={t('task.resultAlt', { workflow: task.workflow_name })}
          onLoad={() => setLoaded(picture.url)}
          className={clsx(fill, 'transition-opacity', shown ? 'opacity-100' : 'opacity-0')}
        />
      )}
      {!run.preview && !picture && (
        <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 p-6 text-center">
          <KilnMark lit={running} />
          <p className="max-w-md font-serif text-head text-soft">
            {task.task_status === 'completed' ? t('task.noPicture') : taskWords(t, task, run)}
          </p>
        </div>
      )}
    </figure>
  );
}
