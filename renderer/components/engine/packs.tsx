import { clsx } from 'clsx';
import { Check, CircleDashed, Plus, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { PackItem } from '#shared/wire/engine-changes.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineChange, usePacks } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { Section } from '../page.tsx';
import { Settled } from '../settled.tsx';
import { NeededByWorkflows } from './missing-packs.tsx';
import { PackInstall, type PackWish } from './pack-install.tsx';

const slowSeconds = 5;

/** How the last start took the pack, with a shape beside the colour. */
function Import({ pack }: { pack: PackItem }) {
  const { t } = useTranslation();
  const taken = pack.import;
  if (!pack.enabled) return <span className="text-small text-soft">{t('engines.packs.disabled')}</span>;
  if (!taken) {
    return (
      <span className="flex items-center gap-1.5 text-small text-soft">
        <CircleDashed size={14} strokeWidth={1.5} aria-hidden />
        {t('engines.packs.notTaken')}
      </span>
    );
  }
  if (taken.failed) {
    return (
      <span className="flex items-center gap-1.5 font-medium text-bad text-small">
        <TriangleAlert size={14} strokeWidth={1.5} aria-hidden />
        {t('engines.packs.failed')}
      </span>
    );
  }
  const slow = taken.seconds >= slowSeconds;
  return (
    <span className={`tabular flex items-center gap-1.5 text-small ${slow ? 'text-wait' : 'text-soft'}`}>
      <Check size={14} strokeWidth={1.5} aria-hidden />
      {t(slow ? 'engines.packs.slow' : 'engines.packs.imported', { seconds: taken.seconds.toFixed(1) })}
    </span>
  );
}

/** `https://github.com/someone/pack.git` as people read it. */
const sourceWords = (remote: string) => remote.replace(/^https?:\/\//, '').replace(/\.git$/, '');

function Facts({ pack }: { pack: PackItem }) {
  const { t } = useTranslation();
  const words = [
    pack.version,
    pack.commit.slice(0, 8),
    sourceWords(pack.remote),
    pack.changed && t('engines.packs.changed'),
  ].filter(Boolean);
  return (
    <p className="text-small text-soft" title={pack.changed ? t('engines.packs.changedHint') : undefined}>
      {words.join(' · ')}
    </p>
  );
}

interface PackProps {
  readonly engine: EngineItem;
  readonly pack: PackItem;
  readonly onUpdate: () => void;
  /** It is the one that somebody came for. */
  readonly sought: boolean;
}

function Changes({ engine, pack, onUpdate }: PackProps) {
  const { t } = useTranslation();
  const may = useMay();
  const [asked, setAsked] = useState(false);
  const { name } = pack;
  const tell = (error: Error) => void notify.bad(error.message);
  const enable = useEngineChange((on: boolean) => engineApi.enablePack(engine, name, on), engine);
  const remove = useEngineChange(() => engineApi.removePack(engine, name), engine);
  return (
    <div className="-ml-3.5 flex items-center sm:ml-0 sm:w-72 sm:justify-end">
      {may('installNodePack') && pack.remote !== '' && (
        <Button look="quiet" aria-label={t('engines.packs.update', { name })} onClick={onUpdate}>
          {t('engines.packs.updateShort')}
        </Button>
      )}
      {may('removeNodePack') && (
        <Button
          look="quiet"
          aria-label={t('engines.packs.remove', { name })}
          disabled={remove.isPending}
          onClick={() => setAsked(true)}
        >
          {t('engines.packs.removeShort')}
        </Button>
      )}
      {may('updateNodePack') && (
        <Button
          look="quiet"
          disabled={enable.isPending}
          aria-label={t(`engines.packs.${pack.enabled ? 'disable' : 'enable'}`, { name })}
          onClick={() =>
            enable.mutate(!pack.enabled, {
              onSuccess: () => void notify.done(t('engines.packs.next')),
              onError: tell,
            })
          }
        >
          {t(`engines.packs.${pack.enabled ? 'disableShort' : 'enableShort'}`)}
        </Button>
      )}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('engines.packs.removeTitle', { name })}
        body={t('engines.packs.removeBody')}
        act={t('engines.packs.removeShort')}
        keep={t('engines.remove.keep')}
        danger
        onAct={() =>
          remove.mutate(undefined, {
            onSuccess: ({ moved_to: place }) => void notify.done(t('engines.packs.removed', { name, place })),
            onError: tell,
          })
        }
      />
    </div>
  );
}

function Pack(props: PackProps) {
  const { pack, sought } = props;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (sought) row.current?.scrollIntoView({ block: 'center' });
  }, [sought]);
  const error = pack.enabled && pack.import?.failed ? pack.import.error : undefined;
  return (
    <li
      ref={row}
      className={clsx(
        'flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3',
        sought && 'bg-hover shadow-[inset_3px_0_0_var(--accent)]',
      )}
      {...(sought ? { 'aria-current': true } : {})}
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className={pack.enabled ? 'font-medium' : 'font-medium text-soft'}>{pack.name}</p>
        <Facts pack={pack} />
        {error && <p className="mt-1 font-mono text-tiny text-bad">{error}</p>}
      </div>
      <div className="sm:w-56">
        <Import pack={pack} />
      </div>
      <Changes {...props} />
    </li>
  );
}

const trouble = (pack: PackItem) => (pack.enabled && pack.import?.failed ? 0 : pack.enabled ? 1 : 2);

/** The engine's node packs: what failed first, what is switched off last. */
export function Packs({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const query = usePacks(engine);
  const [search] = useSearchParams();
  const [wish, setWish] = useState<PackWish | null>(null);
  return (
    <div className="flex flex-col">
      {may('installNodePack') && (
        <Button className="self-start" onClick={() => setWish({})}>
          <Plus size={16} strokeWidth={1.5} aria-hidden />
          {t('engines.packs.install')}
        </Button>
      )}
      <NeededByWorkflows engine={engine} />
      <Section title={t('engines.missing.installed')}>
        <Settled query={query}>
          {(packs) =>
            packs.length === 0 ? (
              <p className="rounded-card border border-line px-4 py-6 text-center text-soft">
                {t('engines.packs.none')}
              </p>
            ) : (
              <ul className="divide-y divide-line rounded-card border border-line bg-surface">
                {packs
                  .toSorted(
                    (one, other) => trouble(one) - trouble(other) || one.name.localeCompare(other.name),
                  )
                  .map((pack) => (
                    <Pack
                      key={pack.name}
                      engine={engine}
                      pack={pack}
                      sought={pack.name === search.get('pack')}
                      onUpdate={() => setWish({ name: pack.name, source: pack.remote })}
                    />
                  ))}
              </ul>
            )
          }
        </Settled>
      </Section>
      {wish && <PackInstall engine={engine} wish={wish} onClose={() => setWish(null)} />}
    </div>
  );
}
