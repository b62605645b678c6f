import { ArrowRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { api } from '../../api/endpoints.ts';
import { galleryApi } from '../../api/gallery.ts';
import { useWorkflows } from '../../api/queries.ts';
import { notify } from '../../ui/notices.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { accepts, recallValues, rememberValues } from '../run-form/values.ts';
import { lasting } from './dragging.ts';

/** Where a work can go on as an input: every file field of every workflow that takes its kind. */
export function UseAsInput({ item, onClose }: { item: OutputItem; onClose: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { data: workflows } = useWorkflows();
  const file = { name: item.name, type: item.content_type };
  const places = (workflows ?? [])
    .filter(({ workflow_status }) => workflow_status === 'active')
    .flatMap((workflow) =>
      workflow.parameters
        .filter((def) => def.type === 'file' && accepts(def.accept, file))
        .map((def) => ({ workflow, def })),
    );
  const use = async (slug: string, key: string) => {
    const [input, workflow, thumb] = await Promise.all([
      galleryApi.asInput(item.id),
      api.getWorkflow(slug),
      lasting(item),
    ]);
    const { file_key, file_name: name, size } = input;
    const { values, locked } = recallValues(workflow);
    rememberValues(slug, { ...values, [key]: { file_key, name, size, thumb } }, locked);
    navigate(`/workflows/${slug}`);
  };
  return (
    <Sheet open onClose={onClose} title={t('gallery.useTitle')}>
      <p className="mb-4 text-soft">
        {t(places.length > 0 || !workflows ? 'gallery.useBody' : 'gallery.useNone')}
      </p>
      <ul className="flex flex-col gap-2">
        {places.map(({ workflow, def }) => (
          <li key={`${workflow.id} ${def.key}`}>
            <button
              type="button"
              onClick={() =>
                void use(workflow.workflow_slug, def.key).catch((error: Error) => notify.bad(error.message))
              }
              className="flex w-full items-center gap-3 rounded-card border border-line bg-surface px-4 py-3 text-left transition-colors hover:border-faint hover:bg-hover"
            >
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{workflow.display_name}</span>
                <span className="block truncate text-small text-soft">{def.label || def.key}</span>
              </span>
              <ArrowRight size={16} strokeWidth={1.5} className="text-soft" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
