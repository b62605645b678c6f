import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Section } from '../page.tsx';
import { Device, useDevices } from './devices.tsx';
import { ImportTimes, LaunchStages } from './launch.tsx';
import { RemoveEngine } from './remove.tsx';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-4 py-1.5">
      <dt className="w-28 shrink-0 text-soft">{name}</dt>
      <dd className="tabular min-w-0 flex-1">{children}</dd>
    </div>
  );
}

function Facts({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const unknown = t('engines.facts.unknown');
  const queue = engine.queue_remaining;
  const starter = engine.kind === 'starter';
  return (
    <dl>
      <Fact name={t('engines.facts.version')}>{engine.version || unknown}</Fact>
      {engine.commit && <Fact name={t('engines.facts.commit')}>{engine.commit.slice(0, 12)}</Fact>}
      {!starter && <Fact name={t('engines.facts.python')}>{engine.python || unknown}</Fact>}
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
      {queue !== null && <Fact name={t('engines.facts.queue')}>{queue}</Fact>}
      <Fact name={t('engines.facts.tasks')}>{engine.running_tasks}</Fact>
      <Fact name={t('engines.facts.serves')}>
        {t(engine.serves ? 'engines.facts.servesYes' : 'engines.facts.servesNo')}
      </Fact>
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
  return (
    <p className="text-soft">{t(engine.state === 'ready' ? 'engines.processor' : 'engines.noDevices')}</p>
  );
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
      <div className="flex flex-col gap-5 rounded-card border border-line bg-surface p-5">
        <LaunchStages engine={engine} report={launch} />
        {state === 'starting' && <p className="text-small text-soft">{t('engines.launch.longer')}</p>}
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
  return (
    <div className="flex flex-col gap-8">
      <div className="grid items-start gap-8 lg:grid-cols-2 lg:gap-12">
        <Devices engine={engine} />
        <Facts engine={engine} />
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
