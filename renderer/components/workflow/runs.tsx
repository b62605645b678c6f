import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useTasks } from '../../api/queries.ts';
import { Blank } from '../../ui/blank.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Settled } from '../settled.tsx';
import { TaskRows } from '../task-row.tsx';
import { useNow } from '../use-now.ts';

const shown = 20;

/** The newest of what was run with it, live; all of it is in the queue's own page. */
export function Runs({ workflow, onRun }: { workflow: WorkflowDetail; onRun: (() => void) | undefined }) {
  const { t } = useTranslation();
  const query = useTasks({ workflow_id: workflow.id }, shown);
  const alive = query.data?.some((task) => task.task_status === 'running') ?? false;
  const now = useNow(true, alive ? 1000 : 30_000);
  return (
    <Settled query={query}>
      {(tasks) =>
        tasks.length ? (
          <div className="flex flex-col items-center gap-4">
            <div className="w-full">
              <TaskRows tasks={tasks} now={now} />
            </div>
            {tasks.length === shown && (
              <LinkButton href={`/tasks?workflow=${workflow.id}`}>{t('workflow.runs.all')}</LinkButton>
            )}
          </div>
        ) : (
          <Blank title={t('form.nothingMade')} body={t('workflow.runs.none')}>
            {onRun && (
              <Button look="primary" onClick={onRun}>
                {t('workflow.runs.go')}
              </Button>
            )}
          </Blank>
        )
      }
    </Settled>
  );
}
