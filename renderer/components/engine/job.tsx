import { clsx } from 'clsx';
import { Check, Circle, Loader, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineItem, EngineJob } from '#shared/wire/engines.ts';
import { useEngineAction } from '../../api/engine-queries.ts';
import { english } from '../../app/texts/en.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Elapsed } from './elapsed.tsx';
import { RemoveEngine } from './remove.tsx';

type Step = EngineJob['steps'][number];

const marks = { waiting: Circle, running: Loader, done: Check, failed: X } as const;
const colours: Record<Step['state'], string> = {
  waiting: 'text-faint',
  running: 'text-accent-ink animate-breathe',
  done: 'text-good',
  failed: 'text-bad',
};

type Known = keyof typeof english.engines.job.names;
const isKnown = (name: string): name is Known => name in english.engines.job.names;

function Steps({ steps }: { steps: readonly Step[] }) {
  const { t } = useTranslation();
  return (
    <ol
      aria-label={t('engines.job.steps')}
      className="flex flex-col gap-x-7 gap-y-1.5 sm:flex-row sm:flex-wrap"
    >
      {steps.map(({ name, state }) => {
        const Mark = marks[state];
        return (
          <li key={name} className={clsx('flex items-center gap-2.5', state === 'waiting' && 'text-soft')}>
            <Mark size={15} strokeWidth={1.5} className={`shrink-0 ${colours[state]}`} aria-hidden />
            <span
              className={clsx('inline-block first-letter:uppercase', state === 'running' && 'font-medium')}
            >
              {isKnown(name) ? t(`engines.job.names.${name}`) : name}
            </span>
            <span className="sr-only">{t(`engines.job.state.${state}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Interrupt({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const { act, isPending } = useEngineAction(engine);
  return (
    <>
      <Button disabled={isPending} onClick={() => setAsked(true)}>
        {t('engines.job.interrupt')}
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('engines.job.interruptTitle')}
        body={t('engines.job.interruptBody')}
        act={t('engines.job.interrupt')}
        keep={t('engines.job.goOn')}
        danger
        onAct={() => act('cancel')}
      />
    </>
  );
}

/** Seen, and not wanted before the eyes any more; what was done stays. */
function Dismiss({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const { act, isPending } = useEngineAction(engine);
  return (
    <Button className="self-start" disabled={isPending} onClick={() => act('dismiss')}>
      {t('engines.job.dismiss')}
    </Button>
  );
}

/** An install that broke off, whether or not its agent remembers why: on with it, or away with it. */
function Unfinished({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const { act, isPending } = useEngineAction(engine);
  return (
    <div className="flex flex-wrap gap-2">
      {may('resumeEngineInstall') && (
        <Button look="primary" disabled={isPending} onClick={() => act('resume')}>
          {t('engines.job.resume')}
        </Button>
      )}
      {may('removeEngine') && <RemoveEngine engine={engine} label={t('engines.job.takeAway')} />}
    </div>
  );
}

interface JobProps {
  readonly engine: EngineItem;
  readonly managed: boolean;
  /** 2 where no card's own heading stands above. */
  readonly level?: 2 | 3;
}

/** What is being done to an engine, step by step, with the tool's last line; or why it broke off and how to go on. */
export function Job({ engine, managed, level = 3 }: JobProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { job, state } = engine;
  const Heading = level === 2 ? 'h2' : 'h3';
  const unfinished = state === 'incomplete' && job?.state !== 'running';
  if (!job || job.state === 'done') {
    if (!unfinished) return null;
    return (
      <section className="flex flex-col gap-3 rounded-control bg-well p-4 sm:p-5">
        <Heading className="font-serif text-head">{t('engines.job.unfinishedTitle')}</Heading>
        <p className="text-soft">{engine.reason || t('engines.job.unfinishedBody')}</p>
        {managed && <Unfinished engine={engine} />}
      </section>
    );
  }
  const failed = job.state === 'failed';
  return (
    <section
      aria-label={job.title}
      className="flex min-w-0 flex-col gap-4 rounded-control bg-well p-4 sm:p-5"
      {...(failed ? { role: 'alert' } : {})}
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <Heading className="font-serif text-head">
          {failed ? t('engines.job.failed', { title: job.title }) : job.title}
        </Heading>
        {!failed && <Elapsed since={job.started_at} />}
      </div>
      {failed && job.error && <p className="whitespace-pre-line text-bad">{job.error}</p>}
      <Steps steps={job.steps} />
      {job.line && (
        <p className="truncate font-mono text-tiny text-soft" title={job.line}>
          <span className="sr-only">{t('engines.job.lastLine')}: </span>
          {job.line}
        </p>
      )}
      {managed && unfinished && <Unfinished engine={engine} />}
      {managed && failed && !unfinished && may('dismissEngineJob') && <Dismiss engine={engine} />}
      {managed && !failed && may('cancelEngineJob') && (
        <div>
          <Interrupt engine={engine} />
        </div>
      )}
    </section>
  );
}
