import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { useResult, useWorkflows } from '../../api/queries.ts';
import { LinkButton } from '../../ui/button.tsx';
import { ago } from '../format.ts';
import { Actions } from '../task/actions.tsx';
import { StatusPanel } from '../task/status-panel.tsx';
import { TaskFrame } from '../task-frame.tsx';
import { useNow } from '../use-now.ts';

function Alive({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <div>
        <p className="text-soft">{t('home.nowTitle')}</p>
        <h2 className="title">
          <Link href={`/tasks/${task.id}`}>{task.workflow_name}</Link>
        </h2>
      </div>
      <StatusPanel task={task} />
      <div>
        <Actions task={task} picture={undefined} />
      </div>
    </>
  );
}

function AtRest({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const now = useNow(true, 30_000);
  const { data: workflows } = useWorkflows();
  return (
    <>
      <div>
        <h2 className="title">{t('home.quiet')}</h2>
        <p className="mt-1 text-soft">{t('home.quietBody')}</p>
      </div>
      <nav
        aria-label={t('nav.workflows')}
        className="flex flex-col divide-y divide-line border-line border-y"
      >
        {workflows?.slice(0, 5).map((workflow) => (
          <Link
            key={workflow.id}
            href={`/workflows/${workflow.workflow_slug}`}
            className="truncate py-2.5 font-medium transition-colors hover:text-accent-ink"
          >
            {workflow.display_name}
          </Link>
        ))}
      </nav>
      <div className="flex flex-col gap-3">
        <p className="text-small text-soft">
          {t('home.lastPicture')}: {task.workflow_name}, {ago(task.completed_at ?? task.created_at, now)}
        </p>
        <div>
          <LinkButton href={`/workflows/${task.workflow_slug}`} look="primary">
            {t('home.runAgain')}
          </LinkButton>
        </div>
      </div>
    </>
  );
}

/** The one big frame: what is in the kiln now, or the last thing that came out of it. */
export function Stage({ task }: { task: TaskDetail }) {
  const { data: result } = useResult(task);
  const images = result?.outputs.filter((one) => one.kind === 'image') ?? [];
  const picture = images.find((one) => !one.temporary) ?? images[0];
  const alive = !isTerminal(task.task_status);
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-8">
      <Link href={`/tasks/${task.id}`} className="rounded-card">
        <span className="sr-only">{task.workflow_name}</span>
        <TaskFrame task={task} picture={picture} className="h-[min(40dvh,22rem)] lg:h-[min(58dvh,34rem)]" />
      </Link>
      <div className="flex flex-col justify-center gap-5">
        {alive ? <Alive task={task} /> : <AtRest task={task} />}
      </div>
    </div>
  );
}
