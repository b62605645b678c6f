import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkflowList } from '../api/workflow-life.ts';
import { ImportButton } from '../components/importing/file-button.tsx';
import { Page } from '../components/page.tsx';
import { SampleList } from '../components/sample-list.tsx';
import { Settled } from '../components/settled.tsx';
import { Filters, queryOf, useWanted } from '../components/workflow/filters.tsx';
import { WorkflowCard } from '../components/workflow-card.tsx';
import { useMay } from '../state/rights.ts';
import { Blank } from '../ui/blank.tsx';
import { Button } from '../ui/button.tsx';

/** Nothing at all, or nothing that fits: two different things to be told. */
function Nothing({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  if (narrowed) {
    return (
      <Blank title={t('workflow.grid.noneTitle')} body={t('workflow.grid.noneBody')}>
        <Button onClick={onClear}>{t('workflow.grid.clear')}</Button>
      </Blank>
    );
  }
  return (
    <Blank
      title={t('workflows.emptyTitle')}
      body={t(may('importWorkflow') ? 'workflows.emptyBody' : 'workflow.grid.emptyForReaders')}
    >
      {may('importWorkflow') && <ImportButton look="primary" label={t('workflows.import')} />}
    </Blank>
  );
}

export default function Workflows() {
  const { t } = useTranslation();
  const may = useMay();
  const { wanted, want, narrowed } = useWanted();
  const text = useDeferredValue(wanted.text); // typing never waits for the list
  const query = useWorkflowList(queryOf({ ...wanted, text }));
  const empty = query.data?.workflow_list.length === 0 && !narrowed;
  const imports = may('importWorkflow');
  return (
    <Page
      title={t('workflows.title')}
      subtitle={t('workflows.subtitle')}
      actions={imports && !empty && <ImportButton look="primary" label={t('workflows.import')} />}
    >
      {!empty && <Filters wanted={wanted} want={want} />}
      <Settled query={query}>
        {({ workflow_list: workflows, page_meta: { total_count: total } }) =>
          workflows.length ? (
            <>
              <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
                {workflows.map((workflow) => (
                  <li key={workflow.id} className="flex *:flex-1">
                    <WorkflowCard workflow={workflow} />
                  </li>
                ))}
              </ul>
              {total > workflows.length && (
                <p className="mt-4 text-center text-soft">
                  {t('workflow.grid.more', { shown: workflows.length, total })}
                </p>
              )}
            </>
          ) : (
            <Nothing narrowed={narrowed} onClear={() => want({ text: '', tag: '', starred: false })} />
          )
        }
      </Settled>
      {imports && !narrowed && <SampleList />}
    </Page>
  );
}
