import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useImportWorkflow, useWorkflows } from '../api/queries.ts';
import { notify } from '../ui/notices.tsx';
import type { Draft } from './importing/read-file.ts';
import { useSamples } from './importing/samples.ts';

/** Imports a sample as it is and opens its form. */
export function useAddSample() {
  const [, navigate] = useLocation();
  const send = useImportWorkflow();
  const add = (draft: Draft) =>
    send
      .mutateAsync({
        ...draft.extra,
        workflow_slug: draft.slug,
        display_name: draft.name,
        description: draft.description,
        workflow_json: draft.graph,
        parameters: [...draft.parameters],
      })
      .then(() => navigate(`/workflows/${draft.slug}`))
      .catch((error: Error) => notify.bad(error.message));
  return { add, adding: send.isPending };
}

/** Samples that are not in the studio yet. */
export function SampleList() {
  const { t } = useTranslation();
  const { data: samples } = useSamples();
  const { data: workflows } = useWorkflows();
  const { add, adding } = useAddSample();
  const fresh = samples?.filter(
    (one) => workflows && !workflows.some((have) => have.workflow_slug === one.slug),
  );
  if (!fresh?.length) return null;
  return (
    <section className="mt-8">
      <h2 className="mb-3 font-semibold text-lead">{t('workflows.samples')}</h2>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {fresh.map((draft) => (
          <li key={draft.slug}>
            <button
              type="button"
              disabled={adding}
              onClick={() => void add(draft)}
              className="flex size-full items-start gap-3 rounded-card border border-line border-dashed p-4 text-left transition-colors hover:border-faint hover:bg-surface"
            >
              <Plus size={18} strokeWidth={1.5} className="mt-0.5 shrink-0 text-accent" aria-hidden />
              <span>
                <span className="block font-medium">
                  <span className="sr-only">{t('workflows.addSample')}</span> {draft.name}
                </span>
                <span className="line-clamp-2 text-soft">{draft.description}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
