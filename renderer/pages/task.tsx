import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { TaskDetail, TaskOutput } from '#shared/wire/tasks.ts';
import { ApiError } from '../api/http.ts';
import { useResult, useTask } from '../api/queries.ts';
import { ago } from '../components/format.ts';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { Actions } from '../components/task/actions.tsx';
import { Facts, Inputs } from '../components/task/facts.tsx';
import { Failure } from '../components/task/failure.tsx';
import { Log } from '../components/task/log.tsx';
import { Outputs } from '../components/task/outputs.tsx';
import { StatusPanel } from '../components/task/status-panel.tsx';
import { Timeline } from '../components/task/timeline.tsx';
import { TaskFrame } from '../components/task-frame.tsx';
import { useNow } from '../components/use-now.ts';
import { useTaskHistory } from '../components/use-task-history.ts';
import { Blank } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';

function RetryOf({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  if (!task.retry_of) return null;
  return (
    <p className="text-soft">
      {t('task.retryOf')}{' '}
      <Link href={`/tasks/${task.retry_of}`} className="text-text underline underline-offset-4">
        {t('task.retryOfLink')}
      </Link>
    </p>
  );
}

const frame = 'h-[min(48dvh,26rem)] lg:h-[min(72dvh,46rem)]';
const tallFrame = 'flex items-center justify-center min-h-[min(48dvh,26rem)] lg:min-h-[min(72dvh,46rem)]';

function Body({ task }: { task: TaskDetail }) {
  const { data: result } = useResult(task);
  const moments = useTaskHistory(task.id);
  const [chosen, setChosen] = useState<TaskOutput | null>(null);
  const failed = task.task_status === 'failed';
  const outputs = result?.outputs ?? [];
  // Saved pictures before the temporary ones that preview nodes leave.
  const images = outputs.filter((one) => one.kind === 'image');
  const picture = chosen ?? images.find((one) => !one.temporary) ?? images[0];
  return (
    // On a phone: the picture, where it stands, then the rest. Beside each other on a desk.
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-[auto_1fr] lg:gap-x-8">
      {/* A failure speaks in the frame, where one was looking; it alone may grow beyond it. */}
      <TaskFrame task={task} picture={picture} className={failed ? tallFrame : frame}>
        {failed ? <Failure task={task} result={result} /> : undefined}
      </TaskFrame>
      <aside className="flex min-w-0 flex-col gap-6 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        <StatusPanel task={task} picture={picture} />
        <Actions task={task} picture={picture} />
        <RetryOf task={task} />
        <Inputs task={task} />
        <Facts task={task} />
        <Timeline moments={moments} />
      </aside>
      <div className="min-w-0">
        <Outputs outputs={outputs} chosen={picture?.storage_key} onChoose={setChosen} />
        <Log task={task} />
      </div>
    </div>
  );
}

export default function Task({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useTask(id);
  const now = useNow(true, 30_000);
  if (query.error instanceof ApiError && [400, 404].includes(query.error.status)) {
    return (
      <Page title={t('task.title')} quiet>
        <Blank title={t('errors.notFoundTitle')} body={t('task.missing')}>
          <LinkButton href="/tasks">{t('home.allTasks')}</LinkButton>
        </Blank>
      </Page>
    );
  }
  return (
    <Page
      title={query.data?.workflow_name ?? t('task.title')}
      subtitle={query.data && ago(query.data.created_at, now)}
    >
      <Settled query={query}>{(task) => <Body task={task} />}</Settled>
    </Page>
  );
}
