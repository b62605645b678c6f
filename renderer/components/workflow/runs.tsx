import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useTaskPages } from '../../api/queries.ts';
import { Blank } from '../../ui/blank.tsx';
import { Button } from '../../ui/button.tsx';
import { Settled } from '../settled.tsx';
import { TaskRows } from '../task-row.tsx';
import { useNow } from '../use-now.ts';

/** Everything that was run with it, newest first, live. */
export function Runs({ workflow, onRun }: { workflow: WorkflowDetail; onRun: (() => void) | undefined }) {
  const { t } = useTranslation();
  const query = useTaskPages({ workflow_id: workflow.id });
  const tasks = query.data?.pages.flatMap((page) => page.task_list) ?? [];
  const alive = tasks.some((task) => task.task_status === 'running');
  const now = useNow(true, alive ? 1000 : 30_000);
  return (
    <Settled query={query}>
      {() =>
        tasks.length ? (
          <div className="flex flex-col items-center gap-4">
            <div className="w-full">
              <TaskRows tasks={tasks} now={now} />
            </div>
            {query.hasNextPage && (
              <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t('common.more')}
              </Button>
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
