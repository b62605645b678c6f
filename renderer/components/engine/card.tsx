import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { EngineItem } from '#shared/wire/engines.ts';
import { LinkButton } from '../../ui/button.tsx';
import { EngineActions } from './actions.tsx';
import { Crash } from './crash.tsx';
import { Device, useDevices } from './devices.tsx';
import { Job } from './job.tsx';
import { Launch } from './launch.tsx';
import { EngineLight } from './light.tsx';
import { engineHref, nameOf, versionWords } from './standing.ts';

/** What it has to do: its own queue, in which others may have runs too, and what of it is ours. */
function Queue({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const { queue_remaining: queue, running_tasks: count } = engine;
  const words = [
    count > 0 && t('engines.tasks', { count }),
    queue !== null && t('engines.queue', { count: queue }),
  ].filter(Boolean);
  if (words.length === 0) return null;
  return <p className="tabular text-small text-soft">{words.join(' · ')}</p>;
}

function Body({ engine, managed }: { engine: EngineItem; managed: boolean }) {
  const { t } = useTranslation();
  const devices = useDevices(engine);
  if (engine.state === 'crashed') {
    return (
      <Crash engine={engine} managed={managed}>
        <EngineActions engine={engine} />
      </Crash>
    );
  }
  return (
    <>
      <Job engine={engine} managed={managed} />
      <Launch engine={engine} />
      {engine.state === 'ready' && engine.reason && <p className="text-soft">{engine.reason}</p>}
      {engine.state === 'ready' && devices.length === 0 && engine.kind !== 'starter' && (
        <p className="text-small text-soft">{t('engines.processor')}</p>
      )}
      {engine.state === 'ready' &&
        devices.map((device, place) => (
          // Two cards of one kind bear the same name, so the place tells them apart.
          // biome-ignore lint/suspicious/noArrayIndexKey: it is the place in the machine
          <Device key={place} device={device} />
        ))}
    </>
  );
}

/** One engine of the list: how it stands, what it computes on, what to do about it. */
export function EngineCard({ engine, managed }: { engine: EngineItem; managed: boolean }) {
  const { t } = useTranslation();
  const name = nameOf(t, engine);
  const versions = versionWords(t, engine);
  return (
    <article className="flex h-full flex-col gap-4 rounded-card border border-line bg-surface p-5">
      <header className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-lead">
            <Link href={engineHref(engine)} className="hover:underline hover:underline-offset-4">
              {name}
            </Link>
          </h2>
          <p className="text-small text-soft">{t(`engines.kinds.${engine.kind}`)}</p>
          {versions && <p className="tabular text-small text-soft">{versions}</p>}
        </div>
        <EngineLight engine={engine} />
      </header>
      <Body engine={engine} managed={managed} />
      {engine.state !== 'crashed' && engine.state !== 'incomplete' && (
        <footer className="mt-auto flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
          <Queue engine={engine} />
          <div className="ml-auto flex flex-wrap gap-2">
            {managed && <EngineActions engine={engine} />}
            <LinkButton
              href={engineHref(engine)}
              look="quiet"
              aria-label={t('engines.actions.open', { name })}
            >
              {t('common.open')}
            </LinkButton>
          </div>
        </footer>
      )}
    </article>
  );
}

/** The built-in engine, which is always there: a row at the end. */
export function StarterRow({ engine, managed }: { engine: EngineItem; managed: boolean }) {
  const { t } = useTranslation();
  const name = nameOf(t, engine);
  return (
    <article className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-card border border-line px-5 py-3.5">
      <div className="min-w-0 flex-1 basis-48">
        <h2 className="font-semibold">
          <Link href={engineHref(engine)} className="hover:underline hover:underline-offset-4">
            {name}
          </Link>
        </h2>
        <p className="text-small text-soft">{t('engines.kinds.starter')}</p>
      </div>
      <EngineLight engine={engine} />
      <div className="max-sm:hidden">
        <Queue engine={engine} />
      </div>
      {managed && (
        <div className="flex flex-wrap gap-2">
          <EngineActions engine={engine} />
        </div>
      )}
    </article>
  );
}
