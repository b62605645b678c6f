import { useTranslation } from 'react-i18next';
import { isTerminal } from '#shared/task-states.ts';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useNewestPictures } from '../../api/gallery.ts';
import { useTasks } from '../../api/queries.ts';
import { KilnMark } from '../../ui/blank.tsx';
import { Section } from '../page.tsx';
import { RecentPictures } from '../recent-pictures.tsx';
import { TaskRows } from '../task-row.tsx';
import { useNow } from '../use-now.ts';

/** Beside the form: what is under way with this workflow, and the last it made. */
export function Made({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const { data: newest } = useTasks({ workflow_id: workflow.id }, 20);
  const { data: done } = useNewestPictures(workflow.id, 12);
  const open = newest?.filter((task) => !isTerminal(task.task_status)).slice(0, 6) ?? [];
  const now = useNow(open.length > 0, 1000);
  if (!done) return null;
  return (
    <div>
      {open.length > 0 && (
        <Section title={t('form.underWay')}>
          <TaskRows tasks={open} now={now} />
        </Section>
      )}
      {done.length > 0 ? (
        <Section title={t('form.lastRuns')}>
          <RecentPictures pictures={done} height={170} captioned={false} />
        </Section>
      ) : (
        open.length === 0 && (
          <div className="hidden h-[min(60dvh,34rem)] flex-col items-center justify-center gap-3 rounded-card bg-well lg:flex">
            <KilnMark />
            <p className="font-serif text-head text-soft">{t('form.nothingMade')}</p>
          </div>
        )
      )}
    </div>
  );
}
