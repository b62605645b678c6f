import { Download, Play, SlidersHorizontal, Square } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { isTerminal } from '#shared/task-states.ts';
import type { TaskDetail, TaskOutput } from '#shared/wire/tasks.ts';
import { useCancelTask, useRunWorkflow, useWorkflow } from '../../api/queries.ts';
import { Anchor, Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.tsx';
import { rememberValues, valuesOfTask } from '../run-form/values.ts';

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

/** What one may do with a task now: stop it while it is open; take it home or make it again once it is over. */
export function Actions({ task, picture }: { task: TaskDetail; picture: TaskOutput | undefined }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const run = useRunWorkflow();
  const slug = task.workflow_slug;
  const { data: workflow } = useWorkflow(slug);

  if (!isTerminal(task.task_status)) return <Cancel task={task} />;
  const again = () =>
    run.mutate(
      { slug, parameters: task.parameters },
      { onSuccess: ({ task_id }) => navigate(`/tasks/${task_id}`), onError: tell },
    );
  const edit = () => {
    if (workflow) rememberValues(slug, valuesOfTask(task.parameters, workflow.parameters));
    navigate(`/workflows/${slug}`);
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="primary" onClick={again} disabled={run.isPending}>
        <Play size={15} strokeWidth={1.5} fill="currentColor" aria-hidden />
        {t('task.runAgain')}
      </Button>
      <Button onClick={edit}>
        <SlidersHorizontal size={16} strokeWidth={1.5} aria-hidden />
        {t('task.editAndRun')}
      </Button>
      {picture && (
        <Anchor href={picture.url} download={picture.name}>
          <Download size={16} strokeWidth={1.5} aria-hidden />
          {t('task.download')}
        </Anchor>
      )}
    </div>
  );
}
