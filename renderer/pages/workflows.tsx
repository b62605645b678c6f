import { useTranslation } from 'react-i18next';
import { useWorkflows } from '../api/queries.ts';
import { ImportButton } from '../components/importing/file-button.tsx';
import { Page } from '../components/page.tsx';
import { SampleList } from '../components/sample-list.tsx';
import { Settled } from '../components/settled.tsx';
import { WorkflowCard } from '../components/workflow-card.tsx';
import { Blank } from '../ui/blank.tsx';

export default function Workflows() {
  const { t } = useTranslation();
  const query = useWorkflows();
  const empty = query.data?.length === 0;
  return (
    <Page
      title={t('workflows.title')}
      subtitle={t('workflows.subtitle')}
      actions={!empty && <ImportButton look="primary" label={t('workflows.import')} />}
    >
      <Settled query={query}>
        {(workflows) =>
          workflows.length ? (
            <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
              {workflows.map((workflow) => (
                <li key={workflow.id} className="flex *:flex-1">
                  <WorkflowCard workflow={workflow} />
                </li>
              ))}
            </ul>
          ) : (
            <Blank title={t('workflows.emptyTitle')} body={t('workflows.emptyBody')}>
              <ImportButton look="primary" label={t('workflows.import')} />
            </Blank>
          )
        }
      </Settled>
      <SampleList />
    </Page>
  );
}
