import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { MissingPackItem } from '#shared/wire/engine-missing.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineAction, useEngineChange } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.tsx';
import { engineHref } from './standing.ts';

const shownNodes = 6;

interface RowProps {
  readonly engine: EngineItem;
  readonly missing: MissingPackItem;
  readonly named: boolean;
  /** Without a source the person is asked for one. */
  readonly onInstall: (source?: string) => void;
}

function useTitle() {
  const { t } = useTranslation();
  return ({ pack, of_comfyui, version }: MissingPackItem) => {
    if (of_comfyui) return [t('engines.missing.comfyui'), version];
    if (pack === '') return [t('engines.missing.unknownPack'), ''];
    const name = pack.replace(/^https?:\/\//, '').replace(/\.git$/, '');
    return [name, version && t('engines.missing.madeWith', { version })];
  };
}

/** What is the matter with it, where its name does not say that by itself. */
function useMatter({ pack, source, there, of_comfyui }: MissingPackItem): string {
  const { t } = useTranslation();
  if (of_comfyui) return t('engines.missing.comfyuiBody');
  if (there) {
    const { name } = there;
    if (!there.enabled) return t('engines.missing.disabled', { name });
    return t(there.failed ? 'engines.missing.failed' : 'engines.missing.waits', { name });
  }
  if (pack === '') return t('engines.missing.unknownBody');
  return source === '' ? t('engines.missing.madeUp') : '';
}

function Nodes({ types }: { types: readonly string[] }) {
  const { t } = useTranslation();
  const more = types.length - shownNodes;
  return (
    <p className="text-small text-soft">
      {t('engines.missing.nodes', { count: types.length })}{' '}
      <span className="text-text wrap-anywhere" title={types.join(', ')}>
        {types.slice(0, shownNodes).join(', ')}
      </span>
      {more > 0 && ` ${t('engines.missing.more', { count: more })}`}
    </p>
  );
}

function NeededBy({ by }: { by: MissingPackItem['needed_by'] }) {
  const { t } = useTranslation();
  if (by.length === 0) return null;
  return (
    <p className="text-small text-soft">
      {t('engines.missing.neededBy')}{' '}
      {by.slice(0, shownNodes).map(({ workflow_id, display_name }, place) => (
        <span key={workflow_id}>
          {place > 0 && ', '}
          <Link
            href={`/workflows/${workflow_id}`}
            className="text-text underline decoration-line underline-offset-4 hover:decoration-current"
          >
            {display_name}
          </Link>
        </span>
      ))}
      {by.length > shownNodes && ` ${t('engines.missing.more', { count: by.length - shownNodes })}`}
    </p>
  );
}

/** The one thing to do about it; for whom it may not be done, who can. */
function Act({ engine, missing, onInstall }: Omit<RowProps, 'named'>) {
  const { t } = useTranslation();
  const may = useMay();
  const { act, isPending } = useEngineAction(engine);
  const enable = useEngineChange((name: string) => engineApi.enablePack(engine, name, true), engine);
  const { there, of_comfyui, pack, source } = missing;
  if (of_comfyui) {
    return (
      may('updateEngine') && (
        <LinkButton href={engineHref(engine, 'update')}>{t('engines.missing.update')}</LinkButton>
      )
    );
  }
  if (there?.enabled) {
    if (there.failed) return null;
    return (
      may('restartEngine') &&
      engine.serves &&
      // What is at work is asked about by the button at the top of the page.
      engine.running_tasks === 0 && (
        <Button disabled={isPending} onClick={() => act('restart')}>
          {t('engines.missing.restart')}
        </Button>
      )
    );
  }
  if (there) {
    const { name } = there;
    return (
      may('updateNodePack') && (
        <Button
          disabled={enable.isPending}
          aria-label={t('engines.missing.enableNamed', { name })}
          onClick={() =>
            enable.mutate(name, {
              onSuccess: () => void notify.done(t('engines.packs.next')),
              onError: (error) => void notify.bad(error.message),
            })
          }
        >
          {t('engines.missing.enable')}
        </Button>
      )
    );
  }
  if (!may('installNodePack')) return <p className="text-small text-soft">{t('engines.missing.owner')}</p>;
  if (source === '') return <Button onClick={() => onInstall()}>{t('engines.missing.address')}</Button>;
  return (
    <Button aria-label={t('engines.missing.installNamed', { name: pack })} onClick={() => onInstall(source)}>
      {t('engines.missing.install')}
    </Button>
  );
}

function Others({ others, onInstall }: { others: readonly string[]; onInstall: (source: string) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  if (others.length === 0 || !may('installNodePack')) return null;
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-small">
      {others.map((source) => (
        <li key={source}>
          <button
            type="button"
            className="text-soft underline decoration-line underline-offset-4 wrap-anywhere hover:text-text"
            onClick={() => onInstall(source)}
          >
            {t('engines.missing.instead', { source: source.replace(/^https?:\/\//, '') })}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A pack that lacks: what it is, which nodes, for which workflows, and the button for it. */
export function MissingPackRow(props: RowProps) {
  const { missing, named, onInstall } = props;
  const title = useTitle();
  const matter = useMatter(missing);
  const [name, about] = title(missing);
  const error = missing.there?.failed ? missing.there.error : '';
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium wrap-anywhere">
          {name} {about && <span className="font-normal text-small text-soft">{about}</span>}
        </p>
        <Nodes types={missing.node_types} />
        {named && <NeededBy by={missing.needed_by} />}
        {matter && <p className="mt-1 text-small">{matter}</p>}
        {error && <p className="mt-1 font-mono text-tiny text-bad">{error}</p>}
        <Others others={missing.there ? [] : missing.others} onInstall={onInstall} />
      </div>
      <Act {...props} />
    </li>
  );
}
