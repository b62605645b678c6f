import { clsx } from 'clsx';
import { Play } from 'lucide-react';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useTasks } from '../api/queries.ts';
import { later } from '../app/page.ts';
import { KilnMark } from '../ui/blank.tsx';

type Item = Omit<WorkflowDetail, 'workflow_json'>;

// Not in the first load: its hint brings a positioning engine along.
const WorkflowStar = later(() => import('./workflow-star.tsx'));

/** A workflow by what it makes: its last picture on the cover, the words below. */
export function WorkflowCard({ workflow }: { workflow: Item }) {
  const { t } = useTranslation();
  const { data: made } = useTasks({ workflow_id: workflow.id, status: 'completed' }, 1);
  const cover = made?.[0]?.preview_url;
  const count = workflow.parameters.length;
  const off = workflow.workflow_status === 'disabled';
  return (
    <div className="relative flex">
      <Link
        href={`/workflows/${workflow.workflow_slug}`}
        className="group flex w-full flex-col overflow-hidden rounded-card border border-line bg-surface transition-colors hover:border-faint"
      >
        <div className={clsx('relative aspect-[3/2] overflow-hidden bg-well', off && 'opacity-45 grayscale')}>
          {cover ? (
            <img
              src={cover}
              alt=""
              loading="lazy"
              decoding="async"
              className="size-full animate-arrive object-cover"
            />
          ) : (
            <div className="flex size-full items-center justify-center">
              <KilnMark />
            </div>
          )}
          <span
            aria-hidden
            className="absolute right-3 bottom-3 flex size-10 items-center justify-center rounded-full bg-accent-fill text-on-accent opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"
          >
            <Play size={17} strokeWidth={1.5} fill="currentColor" />
          </span>
        </div>
        <div className="flex flex-1 flex-col gap-1 p-4">
          <h2 className="font-semibold text-lead">{workflow.display_name}</h2>
          {workflow.description && <p className="line-clamp-2 text-soft">{workflow.description}</p>}
          <p className="mt-auto pt-2 text-small text-soft">
            {[
              ...(off ? [t('workflows.disabled')] : []),
              count ? t('workflows.parameters', { count }) : t('workflows.noParameters'),
              ...workflow.tags,
            ].join(' · ')}
          </p>
        </div>
      </Link>
      {/* Beside the link, not in it: a button within a link is neither. */}
      <Suspense>
        <WorkflowStar workflow={workflow} className="absolute! top-3 right-3 bg-ground/80 backdrop-blur-sm" />
      </Suspense>
    </div>
  );
}
