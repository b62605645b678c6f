import { clsx } from 'clsx';
import { type ReactNode, useState } from 'react';
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
  /** Takes the place of the words where there is more to say than a sentence. */
  readonly children?: ReactNode;
}

/** What the picture leaves free is filled with its own colours, out of focus. */
function Ambience({ url }: { url: string }) {
  return (
    <img
      src={url}
      alt=""
      aria-hidden
      className="absolute inset-0 size-full scale-125 object-cover opacity-45 blur-3xl"
    />
  );
}

function Words({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const run = useLiveRun(task.id);
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 p-6 text-center">
      <KilnMark lit={task.task_status === 'running'} />
      <p className="max-w-md font-serif text-head text-soft">
        {task.task_status === 'completed' ? t('task.noPicture') : taskWords(t, task, run)}
      </p>
    </div>
  );
}

/**
 * One frame from the first preview to the finished picture: its size never changes, so nothing around it moves. The
 * preview stays underneath until the picture has come in.
 */
export function TaskFrame({ task, picture, className, children }: FrameProps) {
  const { t } = useTranslation();
  const { preview } = useLiveRun(task.id);
  const [loaded, setLoaded] = useState<string | null>(null);
  const shown = picture && loaded === picture.url;
  const ambience = shown ? picture.url : preview;
  const fill = 'absolute inset-0 size-full object-contain';
  return (
    <figure
      className={clsx(
        'relative overflow-hidden rounded-card bg-well transition-shadow',
        task.task_status === 'running' && 'ember',
        className,
      )}
    >
      {ambience && <Ambience url={ambience} />}
      {preview && !shown && <img src={preview} alt={t('task.previewAlt')} className={fill} />}
      {picture && (
        <img
          src={picture.url}
          alt={t('task.resultAlt', { workflow: task.workflow_name })}
          onLoad={() => setLoaded(picture.url)}
          className={clsx(fill, 'transition-opacity', shown ? 'opacity-100' : 'opacity-0')}
        />
      )}
      {children ?? (!preview && !picture && <Words task={task} />)}
    </figure>
  );
}
