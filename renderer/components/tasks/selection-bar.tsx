import { useMutation } from '@tanstack/react-query';
import { RotateCcw, Square, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { type TaskSource, taskApi, useTaskChange } from '../../api/tasks.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { mostSelected, type Selection } from './selection.ts';

/** One after the other: what is refused is told once, with the first reason. */
async function each(tasks: readonly TaskDetail[], act: (id: string) => Promise<unknown>) {
  const refused: string[] = [];
  for (const { id } of tasks) {
    await act(id).catch((error: Error) => refused.push(error.message));
  }
  return { done: tasks.length - refused.length, refused };
}

function useActs(selection: Selection) {
  const { t } = useTranslation();
  const all = [...selection.tasks.values()];
  const over = all.filter((task) => isTerminal(task.task_status));
  const said = (refused: readonly string[]) =>
    refused.length > 0 &&
    notify.bad(t('tasks.someRefused', { count: refused.length, reason: refused[0] ?? '' }));
  const onError = (error: Error) => void notify.bad(error.message);
  const cancel = useTaskChange(() => taskApi.cancelMany(all.map(({ id }) => id)));
  const retry = useTaskChange(() => each(over, taskApi.retry));
  const remove = useTaskChange(() => each(over, taskApi.remove));
  return {
    open: all.length - over.length,
    over: over.length,
    busy: cancel.isPending || retry.isPending || remove.isPending,
    cancel: () =>
      cancel.mutate(undefined, {
        onError,
        onSuccess: ({ cancelled_count: count }) => {
          selection.clear();
          notify.done(count ? t('tasks.cancelled', { count }) : t('tasks.nothingCancelled'));
        },
      }),
    retry: () =>
      retry.mutate(undefined, {
        onSuccess: ({ done, refused }) => {
          selection.clear();
          if (done > 0) notify.done(t('tasks.retried', { count: done }));
          said(refused);
        },
      }),
    remove: () =>
      remove.mutate(undefined, {
        onSuccess: ({ done, refused }) => {
          selection.clear();
          if (done > 0) notify.done(t('tasks.removed', { count: done }));
          said(refused);
        },
      }),
  };
}

/** All rows of a list, as many as can be selected. */
function useSelectAll(source: TaskSource, selection: Selection) {
  const { t } = useTranslation();
  const perPage = 100;
  return useMutation({
    mutationFn: async () => {
      const found: TaskDetail[] = [];
      for (let page = 1; page <= mostSelected / perPage; page += 1) {
        const { task_list, page_meta } = await taskApi.pageOf(source, page, undefined, perPage);
        found.push(...task_list);
        if (page * perPage >= page_meta.total_count) return { found, bounded: false };
      }
      return { found, bounded: true };
    },
    onSuccess: ({ found, bounded }) => {
      selection.add(found);
      if (bounded) notify.done(t('tasks.bounded', { count: mostSelected }));
    },
    onError: (error) => void notify.bad(error.message),
  });
}

/** What can be done with the rows that are ticked; floats over the list while there are any. */
export function SelectionBar({ selection, source }: { selection: Selection; source: TaskSource }) {
  const { t } = useTranslation();
  const may = useMay();
  const [asked, setAsked] = useState(false);
  const acts = useActs(selection);
  const everything = useSelectAll(source, selection);
  const count = selection.tasks.size;
  if (count === 0) return null;
  return (
    <div
      role="toolbar"
      aria-label={t('tasks.selected', { count })}
      className="fixed right-2 bottom-16 left-2 z-20 flex animate-arrive flex-wrap items-center gap-2 rounded-card border border-line bg-raised p-2 shadow-lift sm:right-auto sm:bottom-6 sm:left-[calc(50%+3rem)] sm:-translate-x-1/2"
    >
      <span className="tabular px-2 font-medium" aria-live="polite">
        {t('tasks.selected', { count })}
      </span>
      <Button look="quiet" disabled={everything.isPending} onClick={() => everything.mutate()}>
        {t('tasks.selectAll')}
      </Button>
      {acts.open > 0 && may('cancelTasks') && (
        <Button look="danger" disabled={acts.busy} onClick={acts.cancel}>
          <Square size={15} strokeWidth={1.5} fill="currentColor" aria-hidden />
          {t('tasks.cancel')}
        </Button>
      )}
      {acts.over > 0 && may('retryTask') && (
        <Button disabled={acts.busy} onClick={acts.retry}>
          <RotateCcw size={15} strokeWidth={1.5} aria-hidden />
          {t('tasks.retry')}
        </Button>
      )}
      {acts.over > 0 && may('deleteTask') && (
        <Button look="danger" disabled={acts.busy} onClick={() => setAsked(true)}>
          <Trash2 size={15} strokeWidth={1.5} aria-hidden />
          {t('tasks.remove')}
        </Button>
      )}
      <Button look="quiet" size="icon" aria-label={t('tasks.unselect')} onClick={selection.clear}>
        <X size={16} strokeWidth={1.5} aria-hidden />
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('tasks.askRemoveTitle', { count: acts.over })}
        body={t('tasks.askRemoveBody')}
        act={t('tasks.remove')}
        keep={t('tasks.keep')}
        danger
        onAct={acts.remove}
      />
    </div>
  );
}
