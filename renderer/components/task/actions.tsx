import { Download, Play, SlidersHorizontal, Square } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskDetail, TaskOutput } from '#shared/wire/tasks.ts';
import { useCancelTask } from '../../api/queries.ts';
import { taskApi, useTaskChange } from '../../api/tasks.ts';
import { useMay } from '../../state/rights.ts';
import { Anchor, Button, LinkButton } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.tsx';
import { RemoveTask } from './remove.tsx';

const tell = (error: Error) => void notify.bad(error.message);

/** Stops an open task; Ctrl+Alt+Enter does it without the mouse. */
function Cancel({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const { mutate, isPending } = useCancelTask();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.ctrlKey && event.altKey) mutate(task.id, { onError: tell });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [mutate, task.id]);
  return (
    <Button
      look="danger"
      disabled={isPending}
      aria-keyshortcuts="Control+Alt+Enter"
      onClick={() => mutate(task.id, { onError: tell })}
    >
      <Square size={15} strokeWidth={1.5} fill="currentColor" aria-hidden />
      {isPending ? t('task.cancelling') : t('task.cancel')}
    </Button>
  );
}

/** As high at the start as at the end, so that what is below stays in its place when the run is over. */
const twoRows = 'lg:min-h-20';

/** What one may do with a task now: stop it while it is open; take it home, make it again or let it go once it is over. */
export function Actions({ task, picture }: { task: TaskDetail; picture: TaskOutput | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const [, navigate] = useLocation();
  const retry = useTaskChange(taskApi.retry);
  if (!isTerminal(task.task_status)) {
    if (!may('cancelTask')) return null;
    return (
      <div className={twoRows}>
        <Cancel task={task} />
      </div>
    );
  }
  const again = () =>
    retry.mutate(task.id, { onSuccess: ({ task_id }) => navigate(`/tasks/${task_id}`), onError: tell });
  return (
    <div className={`flex flex-wrap content-start gap-2 ${twoRows}`}>
      {may('retryTask') && (
        <>
          <Button look="primary" onClick={again} disabled={retry.isPending}>
            <Play size={15} strokeWidth={1.5} fill="currentColor" aria-hidden />
            {t('task.runAgain')}
          </Button>
          <LinkButton href={`/workflows/${task.workflow_slug}?task=${task.id}`}>
            <SlidersHorizontal size={16} strokeWidth={1.5} aria-hidden />
            {t('task.editAndRun')}
          </LinkButton>
        </>
      )}
      {picture && (
        <Anchor href={picture.url} download={picture.name}>
          <Download size={16} strokeWidth={1.5} aria-hidden />
          {t('task.download')}
        </Anchor>
      )}
      <RemoveTask task={task} />
    </div>
  );
}
