import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { Operation } from '#shared/rights.ts';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { ApiError } from '../api/http.ts';
import { useWorkflow } from '../api/queries.ts';
import { Page } from '../components/page.tsx';
import { RunForm } from '../components/run-form/run-form.tsx';
import { Settled } from '../components/settled.tsx';
import { ApiUse } from '../components/workflow/api-use.tsx';
import { Edit } from '../components/workflow/edit.tsx';
import { ExportMenu } from '../components/workflow/export-menu.tsx';
import { GraphView } from '../components/workflow/graph-view.tsx';
import { Made } from '../components/workflow/made.tsx';
import { Requirements } from '../components/workflow/requirements.tsx';
import { Runs } from '../components/workflow/runs.tsx';
import { Versions } from '../components/workflow/versions.tsx';
import WorkflowStar from '../components/workflow-star.tsx';
import { useMay } from '../state/rights.ts';
import { Blank } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';
import { type TabItem, Tabs } from '../ui/tabs.tsx';

function Run({ workflow, onShow }: { workflow: WorkflowDetail; onShow: (tab: string) => void }) {
  return (
    <div className="grid gap-8 lg:grid-cols-[26rem_minmax(0,1fr)] xl:gap-12">
      <RunForm key={workflow.version} workflow={workflow} onSent={() => onShow('runs')} />
      <Made workflow={workflow} />
    </div>
  );
}

/** The sections, for somebody with these rights: viewers neither run nor edit. */
function useTabs(workflow: WorkflowDetail, onShow: (tab: string) => void): readonly TabItem[] {
  const { t } = useTranslation();
  const may = useMay();
  const runs = may('runWorkflow');
  const items: readonly (TabItem & { needs: Operation })[] = [
    {
      value: 'run',
      label: t('workflow.tabs.run'),
      needs: 'runWorkflow',
      panel: <Run workflow={workflow} onShow={onShow} />,
    },
    {
      value: 'runs',
      label: t('workflow.tabs.runs'),
      needs: 'listTasks',
      panel: <Runs workflow={workflow} onRun={runs ? () => onShow('run') : undefined} />,
    },
    {
      value: 'graph',
      label: t('workflow.tabs.graph'),
      needs: 'getWorkflow',
      panel: <GraphView workflow={workflow} />,
    },
    {
      value: 'versions',
      label: t('workflow.tabs.versions'),
      needs: 'listWorkflowSnapshots',
      panel: <Versions workflow={workflow} />,
    },
    {
      value: 'needs',
      label: t('workflow.tabs.needs'),
      needs: 'judgeWorkflow',
      panel: <Requirements workflow={workflow} />,
    },
    {
      value: 'api',
      label: t('workflow.tabs.api'),
      needs: 'runWorkflow',
      panel: <ApiUse workflow={workflow} />,
    },
    {
      value: 'edit',
      label: t('workflow.tabs.edit'),
      needs: 'updateWorkflow',
      panel: <Edit key={workflow.version} workflow={workflow} />,
    },
  ];
  return items.filter(({ needs }) => may(needs));
}

function Shown({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const show = (tab: string) => setSearch(tab === tabs[0]?.value ? {} : { tab }, { replace: true });
  const tabs = useTabs(workflow, show);
  const asked = search.get('tab');
  const open = tabs.find(({ value }) => value === asked) ?? tabs[0];
  return (
    <Tabs
      label={t('workflow.tabs.label', { name: workflow.display_name })}
      value={open?.value ?? ''}
      onChange={show}
      items={tabs}
    />
  );
}

function Subtitle({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  return (
    <>
      {workflow.description && <p>{workflow.description}</p>}
      <p className="tabular text-small">
        {[
          t('form.version', { version: workflow.version }),
          ...workflow.tags,
          ...(workflow.workflow_status === 'disabled' ? [t('workflow.off')] : []),
        ].join(' · ')}
      </p>
    </>
  );
}

export default function Workflow({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const query = useWorkflow(slug);
  if (query.error instanceof ApiError && [400, 404].includes(query.error.status)) {
    return (
      <Page title={t('workflows.title')} quiet>
        <Blank title={t('workflow.missingTitle')} body={t('workflow.missingBody')}>
          <LinkButton href="/workflows">{t('workflow.all')}</LinkButton>
        </Blank>
      </Page>
    );
  }
  return (
    <Page
      title={query.data?.display_name ?? t('workflows.title')}
      subtitle={query.data && <Subtitle workflow={query.data} />}
      actions={
        query.data && (
          <>
            <WorkflowStar workflow={query.data} />
            {may('exportWorkflow') && <ExportMenu workflow={query.data} />}
          </>
        )
      }
    >
      <Settled query={query}>{(workflow) => <Shown workflow={workflow} />}</Settled>
    </Page>
  );
}
