import { useQueryClient } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { keys } from '../../api/queries.ts';
import { rowsPerPage, type TaskSource, taskApi, useTaskChange, useTaskRows } from '../../api/tasks.ts';
import { useMay } from '../../state/rights.ts';
import { notify } from '../../ui/notices.tsx';
import { ordinal } from '../format.ts';
import { Problem } from '../problem.tsx';
import { useNow } from '../use-now.ts';
import { usePeople } from './people.ts';
import { useReorder } from './reorder.ts';
import { Row, rowHeights } from './row.tsx';
import type { Selection } from './selection.ts';

interface ListProps {
  readonly source: TaskSource;
  readonly compact: boolean;
  readonly selection: Selection;
  readonly empty: ReactNode;
}

const pageWith = (index: number): number => Math.floor(index / rowsPerPage) + 1;

/** How far below the top of the page the list begins: what lies above it may grow. */
function useMargin(box: RefObject<HTMLElement | null>): number {
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = box.current && Math.round(box.current.getBoundingClientRect().top + window.scrollY);
    if (top !== null && top !== margin) setMargin(top);
  });
  return margin;
}

/** The rows in sight, however many there are: pages are asked for when they come into sight. */
function useRows(source: TaskSource, compact: boolean, box: RefObject<HTMLElement | null>) {
  const client = useQueryClient();
  const [total, setTotal] = useState<number>();
  const height = compact ? rowHeights.compact : rowHeights.comfortable;
  const rows = useWindowVirtualizer({
    count: total ?? 0,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: useMargin(box),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height now
  useEffect(() => rows.measure(), [height]);
  const items = rows.getVirtualItems();
  const [first, last] = [pageWith(items[0]?.index ?? 0), pageWith(items.at(-1)?.index ?? 0)];
  const pages = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const results = useTaskRows(source, pages);
  const told = results.find(({ data }) => data)?.data?.page_meta.total_count;
  useEffect(() => {
    if (told !== undefined) setTotal(told);
  }, [told]);
  const taskAt = (index: number): TaskDetail | undefined => {
    const key = [...keys.tasks, 'rows', source, pageWith(index)];
    return client.getQueryData<{ task_list: TaskDetail[] }>(key)?.task_list[index % rowsPerPage];
  };
  return { rows, items, total, height, taskAt, failed: results.find(({ isError }) => isError) };
}

/** Moves rows of the line, and says where they stand then. */
function useMoves() {
  const { t } = useTranslation();
  const [said, setSaid] = useState('');
  const move = useTaskChange((wish: { id: string; beside: { before: string } | { after: string } }) =>
    taskApi.move(wish.id, wish.beside),
  );
  const first = useTaskChange(taskApi.moveFirst);
  const onError = (error: Error) => void notify.bad(error.message);
  const tell = (task: TaskDetail, to: number) =>
    setSaid(t('tasks.moved', { name: task.workflow_name, position: ordinal(to + 1) }));
  return {
    said,
    beside: (task: TaskDetail, beside: { before: string } | { after: string }, to: number) =>
      move.mutate(
        { id: task.id, beside },
        {
          onError,
          onSuccess: () => {
            tell(task, to);
            // Rows change their places in the document, which takes the focus from a handle.
            setTimeout(() => document.querySelector<HTMLElement>(`[data-handle="${task.id}"]`)?.focus(), 60);
          },
        },
      ),
    first: (task: TaskDetail) => first.mutate(task.id, { onError, onSuccess: () => tell(task, 0) }),
  };
}

function useTicks(selection: Selection, taskAt: (index: number) => TaskDetail | undefined) {
  const anchor = useRef(0);
  return (index: number, task: TaskDetail) => (on: boolean, range: boolean) => {
    if (range) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      const between = Array.from({ length: to - from + 1 }, (_, step) => taskAt(from + step));
      selection.add(between.filter((one) => one !== undefined));
    } else selection.toggle(task, on);
    anchor.current = index;
  };
}

/** Tasks of one list, smooth however many there are. The line itself can be put into another order. */
export function TaskList({ source, compact, selection, empty }: ListProps) {
  const { t } = useTranslation();
  const may = useMay();
  const box = useRef<HTMLUListElement>(null);
  const { rows, items, total, height, taskAt, failed } = useRows(source, compact, box);
  const inLine = source === 'line';
  const now = useNow(true, 1000);
  const person = usePeople();
  const tick = useTicks(selection, taskAt);
  const moves = useMoves();
  const { drag, handle } = useReorder({ box, height, total: total ?? 0, taskAt, onMove: moves.beside });
  const movable = inLine && may('moveTask');

  if (failed && total === undefined) {
    return (
      <Problem title={t('errors.loadTitle')} error={failed.error} onRetry={() => void failed.refetch()} />
    );
  }
  if (total === 0) return empty;
  return (
    <>
      {inLine && <h2 className="mb-3 font-semibold text-lead">{t('tasks.lineTitle')}</h2>}
      <p className="sr-only" role="status">
        {total === undefined ? t('common.loading') : moves.said || t('tasks.found', { count: total })}
      </p>
      <ul
        ref={box}
        className={clsx(
          'relative overflow-clip rounded-card border border-line bg-surface',
          total === undefined && 'border-transparent bg-transparent',
          drag && 'select-none',
        )}
        style={{ height: rows.getTotalSize() + 2 }}
      >
        {items.map(({ index, start }) => {
          const task = taskAt(index);
          return (
            <li
              key={task?.id ?? index}
              aria-setsize={total ?? 0}
              aria-posinset={index + 1}
              className={clsx(
                'absolute inset-x-0 top-0 transition-colors hover:bg-hover',
                index > 0 && 'border-line border-t',
                drag?.from === index && 'opacity-45',
                task && selection.has(task.id) && 'bg-hover',
              )}
              style={{ height, transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              {task && (
                <Row
                  task={task}
                  now={now}
                  compact={compact}
                  person={person(task.submitted_by)}
                  ticked={selection.has(task.id)}
                  onTick={may('cancelTasks') ? tick(index, task) : undefined}
                  {...(inLine && {
                    line: {
                      index,
                      handle: movable ? handle(index) : undefined,
                      onFirst: movable && index > 0 ? () => moves.first(task) : undefined,
                    },
                  })}
                />
              )}
            </li>
          );
        })}
        {drag && (
          <li
            aria-hidden
            className="pointer-events-none absolute inset-x-0 h-0.5 bg-accent"
            style={{ top: drag.gap * height - 1 }}
          />
        )}
      </ul>
    </>
  );
}
