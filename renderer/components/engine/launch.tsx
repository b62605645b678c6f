import { clsx } from 'clsx';
import { Check, Circle, Loader, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type EngineItem, type ImportedPack, type LaunchReport, launchStages } from '#shared/wire/engines.ts';
import { Elapsed } from './elapsed.tsx';

type Stage = LaunchReport['stage'];
type State = 'done' | 'now' | 'waiting' | 'failed';

const marks = { done: Check, now: Loader, waiting: Circle, failed: X } as const;
const colours: Record<State, string> = {
  done: 'border-good text-good',
  now: 'border-accent text-accent-ink animate-breathe',
  waiting: 'border-line text-faint',
  failed: 'border-bad text-bad',
};

function stateOf(engine: EngineItem, report: LaunchReport, stage: Stage): State {
  const reached = launchStages.indexOf(report.stage);
  const place = launchStages.indexOf(stage);
  if (place < reached || engine.state === 'ready') return 'done';
  if (place > reached) return 'waiting';
  if (engine.state === 'starting') return 'now';
  return engine.state === 'crashed' ? 'failed' : 'done';
}

function useDetail({ python, torch, device, packs, version }: LaunchReport) {
  const { t } = useTranslation();
  const failed = packs.filter((pack) => pack.failed).length;
  const taken = packs.length > 0 ? t('engines.launch.packs', { count: packs.length }) : '';
  const details: Record<Stage, readonly string[]> = {
    python: [python],
    torch: [torch, device.replace(/^\w+:\d+ /, '').replace(/ : \w+$/, '')],
    'node packs': [taken, failed > 0 ? t('engines.launch.packsFailed', { count: failed }) : ''],
    server: [version && t('engines.version', { version })],
    ready: [],
  };
  return (stage: Stage) => details[stage].filter(Boolean);
}

/** The stages of a start, as far as it came. */
export function LaunchStages({ engine, report }: { engine: EngineItem; report: LaunchReport }) {
  const { t } = useTranslation();
  const detail = useDetail(report);
  return (
    <ol className="grid gap-2.5 @2xl:grid-cols-5 @2xl:gap-2">
      {launchStages.map((stage) => {
        const state = stateOf(engine, report, stage);
        const Mark = marks[state];
        return (
          <li key={stage} className="flex gap-3 @2xl:flex-col @2xl:gap-2">
            <div className="flex items-center gap-2 self-start @2xl:w-full">
              <span
                className={clsx(
                  'flex size-6 shrink-0 items-center justify-center rounded-full border',
                  colours[state],
                )}
              >
                <Mark size={13} strokeWidth={2} aria-hidden />
              </span>
              <span
                aria-hidden
                className={clsx(
                  'hidden h-px flex-1 @2xl:block',
                  state === 'done' ? 'bg-good' : 'bg-line',
                  stage === 'ready' && '@2xl:hidden',
                )}
              />
            </div>
            <div className="flex min-w-0 flex-wrap items-baseline gap-x-3 @2xl:block @2xl:pr-3">
              <p className={clsx('font-medium', state === 'waiting' && 'text-soft')}>
                {t(`engines.launch.stages.${stage}`)}
                <span className="sr-only">, {t(`engines.launch.state.${state}`)}</span>
              </p>
              {detail(stage).map((words) => (
                <p key={words} className="text-small text-soft">
                  {words}
                </p>
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** Each node pack's import: what failed first, then the slowest, with the time as a line to compare. */
export function ImportTimes({ packs }: { packs: readonly ImportedPack[] }) {
  const { t } = useTranslation();
  if (packs.length === 0) return null;
  const most = Math.max(...packs.map((pack) => pack.seconds), 0.1);
  const sorted = packs.toSorted(
    (one, other) => Number(other.failed) - Number(one.failed) || other.seconds - one.seconds,
  );
  return (
    <ul aria-label={t('engines.launch.importTimes')} className="flex flex-col divide-y divide-line">
      {sorted.map((pack) => (
        <li key={pack.name} className="py-2">
          <div className="flex items-baseline justify-between gap-4">
            <span className="min-w-0 truncate">{pack.name}</span>
            <span className={clsx('tabular shrink-0 text-small', pack.failed ? 'text-bad' : 'text-soft')}>
              {pack.failed
                ? t('engines.launch.failed')
                : t('engines.launch.seconds', { seconds: pack.seconds.toFixed(1) })}
            </span>
          </div>
          {pack.failed ? (
            <p className="mt-0.5 text-small text-soft">{pack.error || t('engines.launch.noReason')}</p>
          ) : (
            <div className="mt-1.5 h-0.5 rounded-full bg-line" aria-hidden>
              <div
                className="h-full rounded-full bg-faint"
                style={{ width: `${(pack.seconds / most) * 100}%` }}
              />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The whole of a start while it goes on: stages, then the packs that are in. */
export function Launch({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const { launch, state } = engine;
  if (!launch || (state !== 'starting' && state !== 'crashed')) return null;
  return (
    <section
      aria-label={t('engines.launch.title')}
      className="@container flex flex-col gap-4 rounded-control bg-well p-4 sm:p-5"
    >
      <LaunchStages engine={engine} report={launch} />
      {state === 'starting' && (
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-small text-soft">
          <p>{engine.reason}</p>
          {engine.starting_since && <Elapsed since={engine.starting_since} />}
        </div>
      )}
    </section>
  );
}
