import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { InventoryItem } from '#shared/wire/models.ts';
import { useModelChange } from '../../api/model-queries.ts';
import { modelApi } from '../../api/models.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { notify } from '../../ui/notices.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { bytes } from '../format.ts';
import { factWords } from './words.ts';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-small text-soft">{name}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}

/** What the team's library does with it, and may do. */
function InLibrary({ item, id, onGone }: { item: InventoryItem; id: string; onGone: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const [asked, setAsked] = useState(false);
  const active = item.model_status === 'active';
  const update = useModelChange((model_status: 'active' | 'disabled') =>
    modelApi.update(id, { model_status }),
  );
  const remove = useModelChange(() => modelApi.remove(id));
  return (
    <>
      <p>{t(active ? 'models.detail.inLibrary' : 'models.detail.offLibrary')}</p>
      {may('updateModel') && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button disabled={update.isPending} onClick={() => update.mutate(active ? 'disabled' : 'active')}>
            {t(active ? 'models.detail.disable' : 'models.detail.enable')}
          </Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => setAsked(true)}>
            {t('models.detail.remove')}
          </Button>
        </div>
      )}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('models.detail.removeTitle', { name: item.file_name })}
        body={t('models.detail.removeBody')}
        act={t('models.detail.remove')}
        keep={t('models.detail.keep')}
        danger
        onAct={() =>
          remove.mutate(undefined, {
            onSuccess: () => {
              notify.done(t('models.detail.removed', { name: item.file_name }));
              if (item.agents.length === 0) onGone();
            },
          })
        }
      />
    </>
  );
}

function Facts({ item, onGone }: { item: InventoryItem; onGone: () => void }) {
  const { t } = useTranslation();
  const { sha256, agents, workflows, title, problem, format, model_id } = item;
  return (
    <div className="flex flex-col gap-5">
      {problem && (
        <p role="alert" className="rounded-card border border-bad/50 p-3 text-bad">
          {problem}
        </p>
      )}
      {format === 'pickle' && (
        <p className="rounded-card border border-wait/50 p-3 text-wait">{t('models.pickleHint')}</p>
      )}
      <dl className="flex flex-col gap-5">
        <Fact name={t('models.detail.what')}>
          {factWords(t, item)}
          {title && <span className="block text-soft">{t('models.detail.author', { title })}</span>}
        </Fact>
        <Fact name={t('models.detail.path')}>
          <span className="break-all">{item.model_path}</span>
        </Fact>
        <Fact name={t('models.detail.size')}>{item.size > 0 ? bytes(item.size) : '–'}</Fact>
        <Fact name={t('models.detail.hash')}>
          {sha256 ? (
            <>
              <code className="block break-all font-mono text-small">{sha256}</code>
              <span className="mt-2 block">
                <CopyButton text={sha256} label={t('models.detail.copyHash')} />
              </span>
            </>
          ) : (
            t(item.size > 0 ? 'models.detail.hashing' : 'models.detail.noHash')
          )}
        </Fact>
        <Fact name={t('models.detail.machines')}>
          {agents.length === 0 && t('models.list.nowhere')}
          {agents.map(({ agent_id: agent, engines }) => (
            <span key={agent} className="block">
              {engines.length > 0
                ? t('models.detail.engines', { agent, engines: engines.join(', ') })
                : agent}
            </span>
          ))}
        </Fact>
        <Fact name={t('models.detail.workflows')}>
          {workflows.length === 0 && <span className="text-soft">{t('models.detail.noWorkflows')}</span>}
          {workflows.map((workflow) => (
            <Link
              key={workflow.id}
              href={`/workflows/${workflow.workflow_slug}`}
              className="block underline decoration-line underline-offset-4 hover:decoration-text"
            >
              {workflow.display_name}
            </Link>
          ))}
        </Fact>
        <Fact name={t('models.detail.library')}>
          {model_id ? (
            <InLibrary item={item} id={model_id} onGone={onGone} />
          ) : (
            <span className="text-soft">{t('models.detail.notInLibrary')}</span>
          )}
        </Fact>
      </dl>
    </div>
  );
}

/** Everything about one model, at the side. */
export function ModelDetail({ item, onClose }: { item: InventoryItem | undefined; onClose: () => void }) {
  return (
    <Sheet open={item !== undefined} onClose={onClose} title={item?.file_name ?? ''}>
      {item && <Facts item={item} onGone={onClose} />}
    </Sheet>
  );
}
