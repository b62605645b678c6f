import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../components/page.tsx';
import { FilterBar, StatusChips } from '../components/tasks/filter-bar.tsx';
import { narrowed, type TaskFilters, useSource, useTaskFilters } from '../components/tasks/filters.ts';
import { HeadActions, NowRunning, QueueWords } from '../components/tasks/head.tsx';
import { TaskList } from '../components/tasks/list.tsx';
import { useSelection } from '../components/tasks/selection.ts';
import { SelectionBar } from '../components/tasks/selection-bar.tsx';
import { Blank } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';

const densityKey = 'atelier.tasks.compact';

function useDensity(): [boolean, (compact: boolean) => void] {
  const [compact, setCompact] = useState(() => localStorage.getItem(densityKey) === '1');
  return [
    compact,
    (next) => {
      localStorage.setItem(densityKey, next ? '1' : '0');
      setCompact(next);
    },
  ];
}

function Nothing({ filters }: { filters: TaskFilters }) {
  const { t } = useTranslation();
  if (narrowed(filters) > 0) return <Blank title={t('tasks.noneFound')} body={t('tasks.noneFoundBody')} />;
  if (filters.status === 'waiting')
    return <Blank title={t('tasks.emptyLine')} body={t('tasks.emptyLineBody')} />;
  if (filters.status)
    return <p className="py-16 text-center font-serif text-head text-soft">{t('task.emptyFilter')}</p>;
  return (
    <Blank title={t('task.emptyTitle')} body={t('task.emptyBody')}>
      <LinkButton href="/workflows" look="primary">
        {t('task.goWorkflows')}
      </LinkButton>
    </Blank>
  );
}

/** Everything that was run, newest first; and the line, which can be put into another order. */
export default function Tasks() {
  const { t } = useTranslation();
  const [filters, change] = useTaskFilters();
  const source = useSource(filters);
  const [compact, setCompact] = useDensity();
  const selection = useSelection();
  const live = narrowed(filters) === 0 && (filters.status === undefined || filters.status === 'waiting');
  return (
    <Page
      title={t('task.title')}
      subtitle={<QueueWords />}
      actions={<HeadActions compact={compact} onCompact={setCompact} />}
    >
      <div className="mb-6 flex flex-col gap-3">
        <StatusChips filters={filters} onChange={change} />
        <FilterBar filters={filters} onChange={change} />
      </div>
      {live && <NowRunning compact={compact} />}
      <TaskList
        key={JSON.stringify(source)}
        source={source}
        compact={compact}
        selection={selection}
        empty={<Nothing filters={filters} />}
      />
      <SelectionBar selection={selection} source={source} />
    </Page>
  );
}
