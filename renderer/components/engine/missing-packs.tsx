import { Blocks, Check, CircleDashed, Loader, type LucideIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MissingPackItem, MissingPacksRequest } from '#shared/wire/engine-missing.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngines, useMissingPacks } from '../../api/engine-queries.ts';
import { Section } from '../page.tsx';
import { Settled } from '../settled.tsx';
import { MissingPackRow } from './missing-pack.tsx';
import { PackInstall, type PackWish } from './pack-install.tsx';
import { isManaged, nameOf } from './standing.ts';

interface ListProps {
  readonly engine: EngineItem;
  readonly missing: readonly MissingPackItem[];
  /** Each row names the workflows that need it. */
  readonly named: boolean;
}

/** Each missing pack with its nodes and what gets it; an install shows its plan first. */
function List({ engine, missing, named }: ListProps) {
  const { t } = useTranslation();
  const [wish, setWish] = useState<PackWish | null>(null);
  return (
    <>
      <ul
        aria-label={t('engines.missing.list')}
        className="divide-y divide-line rounded-card border border-line bg-surface"
      >
        {missing.map((one) => (
          <MissingPackRow
            key={`${one.known} ${one.pack}`}
            engine={engine}
            missing={one}
            named={named}
            onInstall={(source) => setWish(source === undefined ? {} : { source, straight: true })}
          />
        ))}
      </ul>
      {wish && <PackInstall engine={engine} wish={wish} onClose={() => setWish(null)} />}
    </>
  );
}

function Quiet({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <p role="status" className="flex items-center gap-2 text-soft">
      <Icon size={16} strokeWidth={1.5} className="shrink-0" aria-hidden />
      {children}
    </p>
  );
}

function Needed({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const query = useMissingPacks(engine, {});
  if (query.isPending) return <Quiet icon={Loader}>{t('engines.missing.looking')}</Quiet>;
  return (
    <Settled query={query}>
      {(missing) =>
        missing.length === 0 ? (
          <Quiet icon={Check}>{t('engines.missing.none')}</Quiet>
        ) : (
          <List engine={engine} missing={missing} named />
        )
      }
    </Settled>
  );
}

/** What all workflows of the team need and this engine lacks. Only one that is up tells which nodes it has. */
export function NeededByWorkflows({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  return (
    <Section title={t('engines.missing.title')}>
      {engine.state === 'ready' ? (
        <Needed engine={engine} />
      ) : (
        <Quiet icon={CircleDashed}>{t('engines.missing.down')}</Quiet>
      )}
    </Section>
  );
}

interface OfProps {
  readonly engine: EngineItem;
  readonly of: MissingPacksRequest;
  readonly title: string;
}

function OfEngine({ engine, of, title }: OfProps) {
  const { data: missing = [] } = useMissingPacks(engine, of);
  if (missing.length === 0) return null;
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <h3 className="flex items-center gap-2 font-semibold">
        <Blocks size={16} strokeWidth={1.5} className="text-wait" aria-hidden />
        {title}
      </h3>
      <List engine={engine} missing={missing} named={false} />
    </section>
  );
}

/**
 * What a workflow needs (`{ workflow_ids: [id] }`, or `{ workflow }` of one that is not saved) and the engines that are up
 * lack: a list for each engine with “Install” buttons. Nothing at all where nothing lacks, so it can stand anywhere.
 */
export function MissingPacks({ of }: { of: MissingPacksRequest }) {
  const { t } = useTranslation();
  const list = useEngines().data;
  if (!list) return null;
  const engines = list.engine_list.filter(
    ({ agent_id, state, kind }) =>
      state === 'ready' && (kind === 'adopt' || kind === 'install') && isManaged(list, agent_id),
  );
  return engines.map((engine) => (
    <OfEngine
      key={`${engine.agent_id} ${engine.engine_id}`}
      engine={engine}
      of={of}
      title={
        engines.length === 1
          ? t('engines.missing.titleHere')
          : t('engines.missing.titleOf', { engine: nameOf(t, engine) })
      }
    />
  ));
}
