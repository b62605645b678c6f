import { clsx } from 'clsx';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { useNewestPictures } from '../api/gallery.ts';
import { useTasks, useWorkflows } from '../api/queries.ts';
import { Attention } from '../components/home/attention.tsx';
import { StillToBegin } from '../components/home/begin.tsx';
import { Machines } from '../components/home/machines.tsx';
import { Stage } from '../components/home/stage.tsx';
import { Welcome } from '../components/home/welcome.tsx';
import { Page, Section } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { RecentPictures } from '../components/recent-pictures.tsx';
import { TaskRows } from '../components/task-row.tsx';
import { useNow } from '../components/use-now.ts';
import { WorkflowCard } from '../components/workflow-card.tsx';

const aside = 'text-small text-soft underline decoration-line underline-offset-4 hover:text-text';

/** Everything not finished and not shown in the frame, the next in line first. */
function InLine({ tasks }: { tasks: readonly TaskDetail[] }) {
  const { t } = useTranslation();
  const now = useNow(tasks.length > 0);
  if (tasks.length === 0) return null;
  return (
    <Section
      title={t('home.waitingTitle')}
      aside={
        <Link href="/tasks" className={aside}>
          {t('home.allTasks')}
        </Link>
      }
    >
      <TaskRows tasks={tasks.slice(0, 8)} now={now} />
    </Section>
  );
}

const place = (task: TaskDetail): number => task.queue_position ?? 0;

/** What is not over yet: running first, then by place in line. */
function useOpenTasks() {
  const running = useTasks({ status: 'running' });
  const queued = useTasks({ status: 'queued' });
  const waiting = useTasks({ status: 'waiting' });
  const pending = useTasks({ status: 'pending' });
  const rest = [queued, waiting, pending].flatMap((query) => query.data ?? []);
  return { running: running.data, rest: rest.sort((a, b) => place(a) - place(b)) };
}

export default function Home() {
  const { t } = useTranslation();
  const { running, rest } = useOpenTasks();
  const done = useTasks({ status: 'completed' }, 1);
  const newest = useNewestPictures(null, 16);
  const workflows = useWorkflows();
  const failed = workflows.isError ? workflows : done.isError ? done : null;
  if (failed) {
    return (
      <Page title={t('home.title')} quiet>
        <Problem title={t('errors.loadTitle')} error={failed.error} onRetry={() => void failed.refetch()} />
      </Page>
    );
  }
  if (!running || !done.data || !workflows.data) return null;
  const shown = running[0] ?? rest[0] ?? done.data[0];
  const inLine = [...running, ...rest].filter((task) => task !== shown);
  const pictures = (newest.data ?? []).filter(({ task_id }) => task_id !== shown?.id).slice(0, 12);
  if (!shown && workflows.data.length === 0) {
    return (
      <Page title={t('home.title')} quiet>
        <Attention />
        <Welcome />
      </Page>
    );
  }
  return (
    <Page title={t('home.title')} quiet>
      <Attention />
      {shown && <Stage task={shown} />}
      <StillToBegin />
      <div className="mt-10">
        <div
          className={clsx(
            'grid gap-x-8 lg:*:mt-0',
            inLine.length > 0 && 'lg:grid-cols-[minmax(0,1fr)_20rem]',
          )}
        >
          <InLine tasks={inLine} />
          <Machines narrow={inLine.length > 0} />
        </div>
        {!shown && (
          <Section title={t('home.quietBody')}>
            <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
              {workflows.data.map((workflow) => (
                <li key={workflow.id} className="flex *:flex-1">
                  <WorkflowCard workflow={workflow} />
                </li>
              ))}
            </ul>
          </Section>
        )}
        {pictures.length > 0 && (
          <Section title={t('home.picturesTitle')}>
            <RecentPictures pictures={pictures} height={180} />
          </Section>
        )}
      </div>
    </Page>
  );
}
