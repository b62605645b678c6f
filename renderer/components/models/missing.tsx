import { CircleDashed, Download, TriangleAlert, Upload } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { fileNameOf, folderOf } from '#shared/models/paths.ts';
import type { MissingModel } from '#shared/wire/models.ts';
import { useModelChange } from '../../api/model-queries.ts';
import { modelApi } from '../../api/models.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Section } from '../page.tsx';

export interface MissingActions {
  readonly onUpload: (wish: { folder: string; name: string }) => void;
  readonly onFetch: (wish: { folder: string; name: string; url: string; sha256: string }) => void;
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? url;

/** What is being done about it, or where it could come from. */
function Standing({ model }: { model: MissingModel }) {
  const { t } = useTranslation();
  const [fetching] = model.fetching;
  const [liesAt] = model.lies_at;
  if (fetching)
    return (
      <span className={`flex items-center gap-1.5 ${fetching.is_stuck ? 'text-bad' : 'text-accent-ink'}`}>
        <CircleDashed size={14} strokeWidth={1.5} aria-hidden />
        {t(fetching.is_stuck ? 'models.missing.stuck' : 'models.missing.fetching', {
          agent: fetching.agent_id,
          percent: fetching.percent,
        })}
      </span>
    );
  if (model.model_status === 'active') return t('models.missing.soon');
  if (model.model_status === 'disabled') return t('models.missing.disabled');
  if (liesAt) return <span className="break-all">{t('models.missing.liesAt', { path: liesAt })}</span>;
  if (model.url) return t('models.missing.from', { host: hostOf(model.url) });
  return t('models.missing.noSource');
}

function Actions({ model, onUpload, onFetch }: MissingActions & { model: MissingModel }) {
  const { t } = useTranslation();
  const may = useMay();
  const { model_id, model_status, model_path, url, sha256, fetching } = model;
  const enable = useModelChange((id: string) => modelApi.update(id, { model_status: 'active' }));
  if (fetching.length > 0 || model_status === 'active') return null;
  const wish = { folder: folderOf(model_path), name: model_path.slice(model_path.indexOf('/') + 1) };
  if (model_id && model_status === 'disabled') {
    return (
      may('updateModel') && (
        <Button disabled={enable.isPending} onClick={() => enable.mutate(model_id)}>
          {t('models.missing.enable')}
        </Button>
      )
    );
  }
  return (
    <>
      {url && <CopyButton text={url} label={t('models.missing.copyUrl')} />}
      {url && may('fetchModel') && (
        <Button onClick={() => onFetch({ ...wish, url, sha256: sha256 ?? '' })}>
          <Download size={16} strokeWidth={1.5} aria-hidden />
          {t('models.missing.fetch')}
        </Button>
      )}
      {!url && may('presignModel') && (
        <Button onClick={() => onUpload(wish)}>
          <Upload size={16} strokeWidth={1.5} aria-hidden />
          {t('models.missing.upload')}
        </Button>
      )}
    </>
  );
}

/** What workflows name and no machine has, with what can be done about it. First on the page: it is what stops work. */
export function Missing({ missing, ...actions }: MissingActions & { missing: readonly MissingModel[] }) {
  const { t } = useTranslation();
  if (missing.length === 0) return null;
  return (
    <Section
      title={t('models.missing.title')}
      aside={
        <span className="hidden text-right text-small text-soft sm:inline">{t('models.missing.hint')}</span>
      }
    >
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {missing.map((model) => (
          <li key={model.model_path} className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
            <TriangleAlert size={18} strokeWidth={1.5} className="shrink-0 text-wait" aria-hidden />
            <div className="min-w-0 flex-1 basis-72">
              <p className="break-all font-medium" title={model.model_path}>
                {fileNameOf(model.model_path)}
                <span className="font-normal text-soft"> {folderOf(model.model_path)}</span>
              </p>
              <p className="text-small text-soft">
                <Standing model={model} />
              </p>
              <p className="text-small text-soft">
                {model.workflows.slice(0, 4).map((workflow) => (
                  <Link
                    key={workflow.id}
                    href={`/workflows/${workflow.workflow_slug}`}
                    className="mr-3 underline decoration-line underline-offset-4 hover:text-text"
                  >
                    {workflow.display_name}
                  </Link>
                ))}
                {model.workflows.length > 4 && `+${model.workflows.length - 4}`}
              </p>
            </div>
            <div className="flex flex-wrap gap-2">
              <Actions model={model} {...actions} />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
