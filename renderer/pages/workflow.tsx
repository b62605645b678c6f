import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useNewestPictures } from '../api/gallery.ts';
import { useWorkflow } from '../api/queries.ts';
import { Page, Section } from '../components/page.tsx';
import { RecentPictures } from '../components/recent-pictures.tsx';
import { RunForm } from '../components/run-form/run-form.tsx';
import { Settled } from '../components/settled.tsx';
import WorkflowStar from '../components/workflow-star.tsx';
import { KilnMark } from '../ui/blank.tsx';

function Made({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const { data: pictures } = useNewestPictures(workflow.id, 12);
  if (!pictures) return null;
  if (pictures.length === 0) {
    return (
      <div className="hidden h-[min(60dvh,34rem)] flex-col items-center justify-center gap-3 rounded-card bg-well lg:flex">
        <KilnMark />
        <p className="font-serif text-head text-soft">{t('form.nothingMade')}</p>
      </div>
    );
  }
  return (
    <div>
      <Section title={t('form.lastRuns')}>
        <RecentPictures pictures={pictures} height={170} captioned={false} />
      </Section>
    </div>
  );
}

export default function Workflow({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const query = useWorkflow(slug);
  return (
    <Page
      title={query.data?.display_name ?? t('workflows.title')}
      subtitle={query.data?.description || (query.data && t('form.version', { version: query.data.version }))}
      actions={query.data && <WorkflowStar workflow={query.data} />}
    >
      <Settled query={query}>
        {(workflow) => (
          <div className="grid gap-8 lg:grid-cols-[26rem_minmax(0,1fr)] xl:gap-12">
            <RunForm key={workflow.version} workflow={workflow} />
            <Made workflow={workflow} />
          </div>
        )}
      </Settled>
    </Page>
  );
}
