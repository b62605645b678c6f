import { clsx } from 'clsx';
import { ArrowUpToLine, GripVertical } from 'lucide-react';
import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { useLiveRun } from '../../state/live.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/controls.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { ago, duration, ordinal } from '../format.ts';
import { StatusMark } from '../status-mark.tsx';
import { ProgressLine } from '../task-frame.tsx';
import { taskWords } from '../task-words.ts';

export const rowHeights = { comfortable: 64, compact: 40 } as const;

interface RowProps {
  readonly task: TaskDetail;
  readonly now: number;
  readonly compact: boolean;
  /** Who sent it, as people call them. */
  readonly person: string;
  readonly ticked?: boolean;
  /** Left out where nothing can be done with rows. */
  readonly onTick?: ((on: boolean, range: boolean) => void) | undefined;
  /** Its place, counted from 0, and what moves it; for rows of the line. */
  readonly line?: {
    readonly index: number;
    readonly handle: ComponentProps<'button'> | undefined;
    readonly onFirst: (() => void) | undefined;
  };
}

function Thumb({ task, compact }: { task: TaskDetail; compact: boolean }) {
  const { preview } = useLiveRun(task.id);
  const url = task.preview_url ?? (task.task_status === 'running' ? preview : null);
  return (
    <span
      className={clsx(
        'flex shrink-0 items-center justify-center overflow-hidden rounded-control',
        url ? 'bg-well' : 'border border-line',
        compact ? 'h-7 w-10' : 'h-12 w-16',
      )}
    >
      {url && <img src={url} alt="" loading="lazy" decoding="async" className="size-full object-contain" />}
    </span>
  );
}

const prompts = (task: TaskDetail): string =>
  Object.values(task.parameters)
    .filter((one) => typeof one === 'string' && !one.startsWith('inputs/'))
    .join(', ');

function Words({ task, compact, inLine }: { task: TaskDetail; compact: boolean; inLine: boolean }) {
  const { t } = useTranslation();
  const run = useLiveRun(task.id);
  const running = task.task_status === 'running';
  const words =
    task.task_status === 'completed'
      ? prompts(task)
      : inLine && task.waiting_reason
        ? task.waiting_reason
        : taskWords(t, task, run);
  return (
    <span className={clsx('min-w-0 flex-1', compact && 'flex items-baseline gap-3')}>
      <span className={clsx('block truncate font-medium', compact && 'max-w-[60%] shrink-0')}>
        {task.workflow_name}
      </span>
      {running && !compact ? (
        <span className="flex items-center gap-3">
          <span className="w-40 max-w-full shrink">
            <ProgressLine value={Math.max(run.progress, task.progress)} label={task.workflow_name} />
          </span>
          <span className="hidden truncate text-small text-soft sm:block">{words}</span>
        </span>
      ) : (
        <span className="block min-w-0 truncate text-small text-soft">{words}</span>
      )}
    </span>
  );
}

function tookOf({ task_status, started_at, completed_at, created_at }: TaskDetail, now: number): string {
  if (completed_at) return started_at ? duration(Date.parse(completed_at) - Date.parse(started_at)) : '';
  const since = Date.parse(task_status === 'running' && started_at ? started_at : created_at);
  return duration(Math.max(1000, Math.floor((now - since) / 1000) * 1000)).replace('.0', '');
}

function Tick({ task, ticked = false, onTick }: Pick<RowProps, 'task' | 'ticked' | 'onTick'>) {
  const { t } = useTranslation();
  if (!onTick) return null;
  return (
    // The click comes before the change and knows whether Shift is held.
    <span
      className="relative flex h-full w-9 shrink-0 items-center justify-end sm:w-10"
      onClickCapture={(event) => {
        if (!event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        onTick(true, true);
      }}
    >
      <Checkbox
        wide
        checked={ticked}
        onChange={(on) => onTick(on, false)}
        aria-label={t('tasks.select', { name: task.workflow_name })}
      />
    </span>
  );
}

function Handle({ task, line }: Required<Pick<RowProps, 'task' | 'line'>>) {
  const { t } = useTranslation();
  const position = ordinal(line.index + 1);
  return (
    <>
      {line.handle && (
        <button
          type="button"
          data-handle={task.id}
          aria-label={t('tasks.handle', { name: task.workflow_name, position })}
          title={t('tasks.handleHint')}
          className="flex h-full w-7 shrink-0 cursor-grab touch-none items-center justify-center text-faint hover:text-text"
          {...line.handle}
        >
          <GripVertical size={16} strokeWidth={1.5} aria-hidden />
        </button>
      )}
      <span className="tabular w-9 shrink-0 text-right text-soft max-sm:w-7" aria-hidden>
        {line.index + 1}
      </span>
    </>
  );
}

/** A task in one line: picture, workflow, where it stands, who sent it, how long it took, how long ago. */
export function Row({ task, now, compact, person, ticked, onTick, line }: RowProps) {
  const { t } = useTranslation();
  return (
    <div className="flex h-full items-center">
      <Tick task={task} ticked={ticked ?? false} onTick={onTick} />
      {line && <Handle task={task} line={line} />}
      <Link
        href={`/tasks/${task.id}`}
        className={clsx(
          'flex h-full min-w-0 flex-1 items-center gap-3 px-3 -outline-offset-2 sm:gap-4',
          line?.handle && 'pr-1',
        )}
      >
        {!line && <Thumb task={task} compact={compact} />}
        <Words task={task} compact={compact} inLine={line !== undefined} />
        {!line && (
          <span className="shrink-0 sm:w-32">
            <StatusMark status={task.task_status} />
          </span>
        )}
        <span className="hidden w-32 shrink-0 truncate text-soft xl:block">{person}</span>
        <span className="tabular hidden w-24 shrink-0 text-right text-soft sm:block">
          {tookOf(task, now)}
        </span>
        {!line && (
          <time dateTime={task.created_at} className="hidden w-24 shrink-0 text-right text-soft md:block">
            {ago(task.created_at, now)}
          </time>
        )}
      </Link>
      {/* The first of the line has no way further; its row is as wide as the others. */}
      {line?.handle && !line.onFirst && <span className="mr-1 size-9 shrink-0" />}
      {line?.onFirst && (
        <Tooltip text={t('tasks.moveFirst', { name: task.workflow_name })}>
          <Button
            look="quiet"
            size="icon"
            className="mr-1"
            aria-label={t('tasks.moveFirst', { name: task.workflow_name })}
            onClick={line.onFirst}
          >
            <ArrowUpToLine size={16} strokeWidth={1.5} aria-hidden />
          </Button>
        </Tooltip>
      )}
    </div>
  );
}
