import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { Operation } from '#shared/rights.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngines } from '../api/engine-queries.ts';
import { EngineActions } from '../components/engine/actions.tsx';
import { CandidateOf } from '../components/engine/candidate.tsx';
import { Crash } from '../components/engine/crash.tsx';
import { Job } from '../components/engine/job.tsx';
import { EngineLight } from '../components/engine/light.tsx';
import { Log } from '../components/engine/log.tsx';
import { Options } from '../components/engine/options.tsx';
import { Overview } from '../components/engine/overview.tsx';
import { Packs } from '../components/engine/packs.tsx';
import { Snapshots } from '../components/engine/snapshots.tsx';
import { isManaged, nameOf, versionWords } from '../components/engine/standing.ts';
import { Update } from '../components/engine/update.tsx';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { useMay } from '../state/rights.ts';
import { Blank } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';
import { type TabItem, Tabs } from '../ui/tabs.tsx';

/** Which sections an engine of this kind has, for somebody with these rights. */
function useTabs(engine: EngineItem, managed: boolean): readonly TabItem[] {
  const { t } = useTranslation();
  const may = useMay();
  const whole = engine.state !== 'incomplete';
  const launched = whole && engine.options !== null;
  const ours = launched && (engine.kind === 'install' || engine.kind === 'adopt');
  const items: readonly (TabItem & { needs?: Operation; has: boolean })[] = [
    {
      value: 'overview',
      label: t('engines.tabs.overview'),
      has: true,
      panel: <Overview engine={engine} managed={managed} />,
    },
    {
      value: 'log',
      label: t('engines.tabs.log'),
      has: true,
      needs: 'getEngineLog',
      panel: <Log engine={engine} />,
    },
    {
      value: 'options',
      label: t('engines.tabs.options'),
      has: launched,
      needs: 'getEngineSettings',
      panel: <Options engine={engine} />,
    },
    {
      value: 'packs',
      label: t('engines.tabs.packs'),
      has: ours,
      needs: 'listNodePacks',
      panel: <Packs engine={engine} />,
    },
    {
      value: 'snapshots',
      label: t('engines.tabs.snapshots'),
      has: ours,
      needs: 'listEngineSnapshots',
      panel: <Snapshots engine={engine} />,
    },
    {
      value: 'update',
      label: t('engines.tabs.update'),
      has: ours,
      needs: 'updateEngine',
      panel: <Update engine={engine} />,
    },
  ];
  return items.filter(({ has, needs }) => has && (needs === undefined || (managed && may(needs))));
}

function Urgent({ engine, managed }: { engine: EngineItem; managed: boolean }) {
  if (engine.state === 'crashed') {
    return (
      <Crash engine={engine} managed={managed} level={2}>
        <EngineActions engine={engine} full />
      </Crash>
    );
  }
  return <Job engine={engine} managed={managed} level={2} />;
}

function Shown({ engine, managed }: { engine: EngineItem; managed: boolean }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const tabs = useTabs(engine, managed);
  const asked = search.get('tab') ?? 'overview';
  const tab = tabs.some(({ value }) => value === asked) ? asked : 'overview';
  const show = (value: string) => setSearch(value === 'overview' ? {} : { tab: value }, { replace: true });
  return (
    <div className="flex flex-col gap-6">
      {!managed && <p className="text-soft">{t('engines.notManaged', { agent: engine.agent_id })}</p>}
      <Urgent engine={engine} managed={managed} />
      {engine.state === 'ready' && engine.reason && <p className="text-soft">{engine.reason}</p>}
      {engine.candidate?.state === 'ready' && tab !== 'update' && <CandidateOf engine={engine} />}
      <Tabs
        label={t('engines.tabs.label', { name: nameOf(t, engine) })}
        value={tab}
        onChange={show}
        items={tabs}
      />
    </div>
  );
}

/** One engine, with everything that can be known of it and done with it. */
export default function Engine({ agentId, engineId }: { agentId: string; engineId: string }) {
  const { t } = useTranslation();
  const query = useEngines();
  const engine = query.data?.engine_list.find(
    (one) => one.agent_id === agentId && one.engine_id === engineId,
  );
  const managed = query.data !== undefined && isManaged(query.data, agentId);
  if (query.data && !engine) {
    return (
      <Blank level={1} title={t('engines.goneTitle')} body={t('engines.goneBody')}>
        <LinkButton href="/engines">{t('engines.backToAll')}</LinkButton>
      </Blank>
    );
  }
  return (
    <Page
      title={engine ? nameOf(t, engine) : engineId}
      subtitle={
        engine && (
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <EngineLight engine={engine} />
            <span className="tabular">{versionWords(t, engine)}</span>
          </span>
        )
      }
      actions={engine && managed && engine.state !== 'crashed' && <EngineActions engine={engine} full />}
    >
      <Settled query={query}>{() => engine && <Shown engine={engine} managed={managed} />}</Settled>
    </Page>
  );
}
