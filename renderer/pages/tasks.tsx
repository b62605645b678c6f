import { clsx } from 'clsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isTerminal, type TaskStatus } from '#shared/task-states.ts';
import { useTaskPages } from '../api/queries.ts';
import { Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { TaskRows } from '../components/task-row.tsx';
import { useNow } from '../components/use-now.ts';
import { Blank } from '../ui/blank.tsx';
import { Button, LinkButton } from '../ui/button.tsx';

const filters = ['running', 'waiting', 'completed', 'failed', 'cancelled'] as const;

function Filter({
  value,
  onChange,
}: {
  value: TaskStatus | null;
  onChange: (value: TaskStatus | null) => void;
}) {
  const { t } = useTranslation();
  return (
    <fieldset className="-mx-4 mb-4 flex gap-2 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-0">
      <legend className="sr-only">{t('task.filter')}</legend>
      {[null, ...filters].map((status) => (
        <button
          key={status ?? 'all'}
          type="button"
          aria-pressed={value === status}
          onClick={() => onChange(status)}
          className={clsx(
            'h-8 shrink-0 rounded-full border px-3.5 font-medium text-small transition-colors',
            value === status
              ? 'border-text bg-text text-ground'
              : 'border-line text-soft hover:border-faint hover:text-text',
          )}
        >
          {status ? t(`task.status.${status}`) : t('task.all')}
        </button>
      ))}
    </fieldset>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  if (filtered)
    return <p className="py-16 text-center font-serif text-head text-soft">{t('task.emptyFilter')}</p>;
  return (
    <Blank title={t('task.emptyTitle')} body={t('task.emptyBody')}>
      <LinkButton href="/workflows" look="primary">
        {t('task.goWorkflows')}
      </LinkButton>
    </Blank>
  );
}

export default function Tasks() {
  const { t } = useTranslation();
  const [status, setStatus] = useState<TaskStatus | null>(null);
  const query = useTaskPages(status ? { status } : {});
  const tasks = query.data?.pages.flatMap((page) => page.task_list);
  const now = useNow(true, tasks?.some((task) => !isTerminal(task.task_status)) ? 1000 : 30_000);
  return (
    <Page title={t('task.title')} subtitle={t('task.subtitle')}>
      <Filter value={status} onChange={setStatus} />
      {query.isError && !tasks && (
        <Problem title={t('errors.loadTitle')} error={query.error} onRetry={() => void query.refetch()} />
      )}
      {tasks?.length === 0 && <Nothing filtered={status !== null} />}
      {tasks && tasks.length > 0 && <TaskRows tasks={tasks} now={now} />}
      {query.hasNextPage && (
        <div className="mt-6 flex justify-center">
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </Page>
  );
}
