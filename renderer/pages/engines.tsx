import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { EngineItem, EngineList } from '#shared/wire/engines.ts';
import { useEngines } from '../api/engine-queries.ts';
import { Ways } from '../components/engine/adding/ways.tsx';
import { EngineCard, StarterRow } from '../components/engine/card.tsx';
import { byUrgency, isManaged, needsCare, type Standing, standingOf } from '../components/engine/standing.ts';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { useMay } from '../state/rights.ts';
import { Blank, KilnMark } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';

/** Whether one can go on working, in a line. */
function useSummary(engines: readonly EngineItem[] | undefined): string {
  const { t } = useTranslation();
  if (!engines || engines.length === 0) return ' ';
  const count = (...wanted: Standing[]) =>
    engines.filter((engine) => wanted.includes(standingOf(engine))).length;
  const up = count('ready', 'busy');
  if (up === engines.length) return t('engines.allUp', { count: up });
  const parts = [
    ['engines.care', engines.filter(needsCare).length],
    ['engines.up', up],
    ['engines.coming', count('starting')],
    ['engines.changing', count('working')],
    ['engines.down', count('stopped')],
  ] as const;
  return parts
    .filter(([, number]) => number > 0)
    .map(([key, number]) => t(key, { count: number }))
    .join(', ');
}

/** Two beside each other, but for what asks for a hand and what stands alone. */
function Cards({ engines, managed }: { engines: readonly EngineItem[]; managed: boolean }) {
  const alone = engines.filter(({ kind }) => kind !== 'starter').length === 1;
  const isWide = (engine: EngineItem) => alone || engine.kind === 'starter' || needsCare(engine);
  return (
    <ul className="grid gap-4 lg:grid-cols-2">
      {engines.toSorted(byUrgency).map((engine) => (
        <li key={engine.engine_id} className={isWide(engine) ? 'min-w-0 lg:col-span-2' : 'min-w-0'}>
          {engine.kind === 'starter' && !needsCare(engine) ? (
            <StarterRow engine={engine} managed={managed} />
          ) : (
            <EngineCard engine={engine} managed={managed} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** The engines of one agent, under its name where there are several. */
function OfAgent({ list, agentId, named }: { list: EngineList; agentId: string; named: boolean }) {
  const { t } = useTranslation();
  const managed = isManaged(list, agentId);
  const engines = list.engine_list.filter(({ agent_id }) => agent_id === agentId);
  if (engines.length === 0) return null;
  return (
    <section aria-label={t('engines.ofAgent', { agent: agentId })} className="flex flex-col gap-4">
      {named && <h2 className="font-semibold text-lead">{agentId}</h2>}
      {!managed && <p className="text-soft">{t('engines.notManaged', { agent: agentId })}</p>}
      <Cards engines={engines} managed={managed} />
    </section>
  );
}

/** Nothing but the built-in engine: a warm word, and the ways to a real one. */
function Welcome({ agents }: { agents: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <div className="flex animate-arrive flex-col gap-8">
      <div className="flex flex-col items-start gap-4 pt-2 sm:flex-row sm:items-center sm:gap-6">
        <KilnMark size={64} />
        <div className="max-w-2xl">
          <h2 className="title">{t('engines.adding.emptyTitle')}</h2>
          <p className="mt-2 text-lead text-soft">{t('engines.adding.emptyBody')}</p>
        </div>
      </div>
      <Ways agents={agents} />
    </div>
  );
}

function Shown({ list }: { list: EngineList }) {
  const { t } = useTranslation();
  const { agent_list: agents, engine_list: engines } = list;
  if (agents.length === 0) {
    return <Blank title={t('engines.noAgentTitle')} body={t('engines.noAgentBody')} />;
  }
  const manageable = agents.filter(({ managed }) => managed).map(({ agent_id }) => agent_id);
  const bare = engines.every(({ kind }) => kind === 'starter');
  const order = agents.toSorted((one, other) => urgency(list, one.agent_id) - urgency(list, other.agent_id));
  return (
    <div className="flex flex-col gap-10">
      {bare && manageable.length > 0 && <Welcome agents={manageable} />}
      {order.map(({ agent_id }) => (
        <OfAgent key={agent_id} list={list} agentId={agent_id} named={agents.length > 1} />
      ))}
    </div>
  );
}

/** A machine with an engine in need comes before the others. */
const urgency = ({ engine_list }: EngineList, agentId: string): number =>
  engine_list.some((engine) => engine.agent_id === agentId && needsCare(engine)) ? 0 : 1;

export default function Engines() {
  const { t } = useTranslation();
  const may = useMay();
  const query = useEngines();
  const list = query.data;
  const summary = useSummary(list?.engine_list.filter(({ kind }) => kind !== 'starter'));
  const canAdd =
    may('addEngine') &&
    list?.agent_list.some(({ managed }) => managed) &&
    list.engine_list.some(({ kind }) => kind !== 'starter');
  return (
    <Page
      title={t('engines.title')}
      subtitle={summary}
      actions={
        canAdd && (
          <LinkButton href="/engines/add">
            <Plus size={16} strokeWidth={1.5} aria-hidden />
            {t('engines.add')}
          </LinkButton>
        )
      }
    >
      <Settled query={query}>{(shown) => <Shown list={shown} />}</Settled>
    </Page>
  );
}
