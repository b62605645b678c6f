import { Pause, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { QueueState } from '#shared/wire/queue.ts';
import { useTasks } from '../../api/queries.ts';
import { taskApi, useQueue, useTaskChange } from '../../api/tasks.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/controls.tsx';
import { notify } from '../../ui/notices.tsx';
import { ago } from '../format.ts';
import { useNow } from '../use-now.ts';
import { usePeople } from './people.ts';
import { Row, rowHeights } from './row.tsx';

const counted = (count: number) => count.toLocaleString('en');

/** How much runs and waits; a paused queue says so before anything else. */
export function QueueWords() {
  const { t } = useTranslation();
  const { data: queue } = useQueue();
  const now = useNow(true, 30_000);
  if (!queue) return <span className="invisible">…</span>;
  const counts = { running: counted(queue.running_count), waiting: counted(queue.waiting_count) };
  return queue.paused_at ? (
    <span className="font-medium text-wait">
      {t('tasks.countsPaused', { ...counts, when: ago(queue.paused_at, now) })}
    </span>
  ) : (
    <span className="tabular">{t('tasks.counts', counts)}</span>
  );
}

function PauseButton({ queue }: { queue: QueueState }) {
  const { t } = useTranslation();
  const change = useTaskChange(taskApi.pause);
  const Icon = queue.paused ? Play : Pause;
  return (
    <Button
      look={queue.paused ? 'primary' : 'plain'}
      disabled={change.isPending}
      onClick={() => change.mutate(!queue.paused, { onError: (error) => void notify.bad(error.message) })}
    >
      <Icon size={15} strokeWidth={1.5} fill="currentColor" aria-hidden />
      {t(queue.paused ? 'tasks.resume' : 'tasks.pause')}
    </Button>
  );
}

export function HeadActions({
  compact,
  onCompact,
}: {
  compact: boolean;
  onCompact: (compact: boolean) => void;
}) {
  const { t } = useTranslation();
  const may = useMay();
  const { data: queue } = useQueue();
  return (
    <div className="flex flex-wrap items-center gap-4">
      <span className="flex items-center gap-2 text-soft">
        <span id="compact-rows">{t('tasks.compact')}</span>
        <Switch aria-labelledby="compact-rows" checked={compact} onChange={onCompact} />
      </span>
      {queue && may('pauseQueue') && <PauseButton queue={queue} />}
    </div>
  );
}

/** What runs now, with its progress and preview: it may have been sent long before everything else in the list. */
export function NowRunning({ compact }: { compact: boolean }) {
  const { t } = useTranslation();
  const { data: tasks = [] } = useTasks({ status: 'running' });
  const now = useNow(tasks.length > 0, 1000);
  const person = usePeople();
  if (tasks.length === 0) return null;
  return (
    <section className="mb-6">
      <h2 className="mb-3 font-semibold text-lead">{t('tasks.nowTitle')}</h2>
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {tasks.map((task) => (
          <li
            key={task.id}
            className="hover:bg-hover"
            style={{ height: compact ? rowHeights.compact : rowHeights.comfortable }}
          >
            <Row task={task} now={now} compact={compact} person={person(task.submitted_by)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
