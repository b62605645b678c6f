import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Section } from '../page.tsx';
import { Device, Figure, useDevices } from './devices.tsx';
import { Elapsed } from './elapsed.tsx';
import { ImportTimes, LaunchStages } from './launch.tsx';
import { RemoveEngine } from './remove.tsx';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex break-inside-avoid gap-4 py-1.5">
      <dt className="w-28 shrink-0 text-soft">{name}</dt>
      <dd className="tabular min-w-0 flex-1">{children}</dd>
    </div>
  );
}

function Facts({ engine, wide }: { engine: EngineItem; wide: boolean }) {
  const { t } = useTranslation();
  const unknown = t('engines.facts.unknown');
  const starter = engine.kind === 'starter';
  return (
    <dl className={wide ? 'gap-x-12 sm:columns-2' : ''}>
      <Fact name={t('engines.facts.version')}>{engine.version || unknown}</Fact>
      {engine.commit && <Fact name={t('engines.facts.commit')}>{engine.commit.slice(0, 12)}</Fact>}
      {!starter && (
        <Fact name={t('engines.facts.python')}>
          {engine.launch?.python || (engine.python ? '' : unknown)}
          <span className="block text-small text-soft">{engine.python}</span>
        </Fact>
      )}
      {!starter && <Fact name={t('engines.facts.torch')}>{engine.pytorch_version || unknown}</Fact>}
      {engine.place && (
        <Fact name={t(`engines.facts.${engine.kind === 'attach' ? 'address' : 'folder'}`)}>
          {engine.place}
        </Fact>
      )}
      {engine.url && engine.url !== engine.place && (
        <Fact name={t('engines.facts.answers')}>{engine.url}</Fact>
      )}
      {engine.pid !== null && <Fact name={t('engines.facts.process')}>{engine.pid}</Fact>}
      <Fact name={t('engines.facts.agent')}>{engine.agent_id}</Fact>
      <Fact name={t('engines.facts.serves')}>
        {t(engine.serves ? 'engines.facts.servesYes' : 'engines.facts.servesNo')}
      </Fact>
    </dl>
  );
}

/** What it has to do, in the two figures one looks for. */
function Work({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  return (
    <dl className="mt-auto grid grid-cols-3 gap-4 border-line border-t pt-5">
      <Figure name={t('engines.facts.tasks')} words={String(engine.running_tasks)} />
      {engine.queue_remaining !== null && (
        <Figure name={t('engines.facts.queue')} words={String(engine.queue_remaining)} />
      )}
    </dl>
  );
}

function Devices({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const devices = useDevices(engine);
  if (devices.length > 0) {
    return (
      <div className="flex flex-col gap-8">
        {devices.map((device, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: it is the place in the machine
          <Device key={place} device={device} full />
        ))}
      </div>
    );
  }
  return <p className="text-soft">{t('engines.processor')}</p>;
}

/** The last start, kept in sight after it is over: which stage took what, which pack failed. */
function LastLaunch({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const { launch, state } = engine;
  if (!launch) return null;
  return (
    <Section
      title={t(
        state === 'starting'
          ? 'engines.launch.title'
          : state === 'crashed'
            ? 'engines.launch.failedAt'
            : 'engines.launch.last',
      )}
    >
      <div className="@container flex flex-col gap-5 rounded-card border border-line bg-surface p-5">
        <LaunchStages engine={engine} report={launch} />
        {state === 'starting' && (
          <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <p className="text-small text-soft">{t('engines.launch.longer')}</p>
            {engine.starting_since && <Elapsed since={engine.starting_since} />}
          </div>
        )}
        <ImportTimes packs={launch.packs} />
      </div>
    </Section>
  );
}

/** Everything of an engine at a glance: what it computes on, what it is, how it came up, and how it goes away. */
export function Overview({ engine, managed }: { engine: EngineItem; managed: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const { kind, place } = engine;
  const up = engine.state === 'ready';
  return (
    <div className="flex flex-col gap-8">
      <div className={up ? 'grid gap-4 lg:grid-cols-2' : ''}>
        {up && (
          <div className="flex flex-col gap-6 rounded-card border border-line bg-surface p-5 sm:p-6">
            <Devices engine={engine} />
            <Work engine={engine} />
          </div>
        )}
        <div className="rounded-card border border-line bg-surface px-5 py-4 sm:px-6">
          <Facts engine={engine} wide={!up} />
        </div>
      </div>
      <LastLaunch engine={engine} />
      {managed && kind !== 'starter' && may('removeEngine') && (
        <Section title={t('engines.remove.title')}>
          <div className="flex flex-col items-start gap-3">
            <p className="text-soft">{t(`engines.remove.body.${kind}`, { place })}</p>
            <RemoveEngine engine={engine} />
          </div>
        </Section>
      )}
    </div>
  );
}
