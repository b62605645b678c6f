import type { LucideIcon } from 'lucide-react';
import { Check, Flame, Play, Users, Workflow, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngines } from '../../api/engine-queries.ts';
import { useMembers, useTasks } from '../../api/queries.ts';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { useMay } from '../../state/rights.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { useSamples } from '../importing/samples.ts';
import { useAddSample } from '../sample-list.tsx';

interface StepProps {
  readonly icon: LucideIcon;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly done: boolean;
  readonly seen: string;
  readonly children: ReactNode;
}

/** One step: what it is for, and one thing to press; once it is done only that. */
function Step({ icon: Icon, number, title, body, done, seen, children }: StepProps) {
  return (
    <li className="flex flex-col gap-3 p-5">
      <div className="flex items-center gap-3">
        <span
          className={`flex size-9 shrink-0 items-center justify-center rounded-full border ${done ? 'border-good text-good' : 'border-line text-accent-ink'}`}
        >
          {done ? (
            <Check size={17} strokeWidth={2} aria-hidden />
          ) : (
            <Icon size={17} strokeWidth={1.5} aria-hidden />
          )}
        </span>
        <h3 className="font-serif text-head">
          <span className="sr-only">{number}. </span>
          {title}
        </h3>
      </div>
      <p className="text-soft">{done ? seen : body}</p>
      {!done && <div className="mt-auto pt-1">{children}</div>}
    </li>
  );
}

/** Adds the first sample and opens its form, ready to run. */
export function RunSample({ size = 'normal' }: { size?: 'normal' | 'large' }) {
  const { t } = useTranslation();
  const { data: samples } = useSamples();
  const { add, adding } = useAddSample();
  const first = samples?.[0];
  return (
    <Button look="primary" size={size} disabled={adding || !first} onClick={() => first && void add(first)}>
      <Play size={16} strokeWidth={1.5} fill="currentColor" aria-hidden />
      {t('home.runSample')}
    </Button>
  );
}

/** How far somebody is; unknown is not done, and not to be shown yet either. */
export function useSteps() {
  const made = useTasks({ status: 'completed' }, 1).data;
  const engines = useEngines().data?.engine_list;
  const members = useMembers().data;
  const known = made !== undefined && engines !== undefined && members !== undefined;
  const first = (made?.length ?? 0) > 0;
  const second = engines?.some((engine) => engine.kind !== 'starter') ?? false;
  const third = (members?.length ?? 0) > 1;
  return { known, first, second, third, all: first && second && third };
}

/** The first steps in a studio: they stay until they are done, or put away. */
export function Begin({ dismissible = false }: { dismissible?: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const { first, second, third } = useSteps();
  return (
    <section aria-labelledby="begin-title">
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 id="begin-title" className="font-semibold text-lead">
          {t('begin.title')}
        </h2>
        {dismissible && (
          <Button
            look="quiet"
            size="icon"
            aria-label={t('begin.hide')}
            onClick={() => prefer({ begun: true })}
          >
            <X size={17} strokeWidth={1.5} aria-hidden />
          </Button>
        )}
      </div>
      <ol className="grid divide-line rounded-card border border-line bg-surface max-md:divide-y md:grid-cols-3 md:divide-x">
        <Step
          icon={Flame}
          number={1}
          title={t('begin.one.title')}
          body={t('begin.one.body')}
          done={first}
          seen={t('begin.one.seen')}
        >
          {may('importWorkflow') ? (
            <RunSample />
          ) : (
            <LinkButton href="/workflows">{t('nav.workflows')}</LinkButton>
          )}
        </Step>
        <Step
          icon={Workflow}
          number={2}
          title={t('begin.two.title')}
          body={t('begin.two.body')}
          done={second}
          seen={t('begin.two.seen')}
        >
          {may('addEngine') ? (
            <LinkButton href="/engines/add">{t('begin.two.act')}</LinkButton>
          ) : (
            <p className="text-small text-soft">{t('begin.two.ask')}</p>
          )}
        </Step>
        <Step
          icon={Users}
          number={3}
          title={t('begin.three.title')}
          body={t('begin.three.body')}
          done={third}
          seen={t('begin.three.seen')}
        >
          {may('createInvitation') ? (
            <LinkButton href="/team#invite">{t('begin.three.act')}</LinkButton>
          ) : (
            <p className="text-small text-soft">{t('begin.three.ask')}</p>
          )}
        </Step>
      </ol>
    </section>
  );
}

/** The same on a Home that has pictures already: for whoever runs the team, until it is done or put away. */
export function StillToBegin() {
  const { known, all } = useSteps();
  const away = usePreferences((preferences) => preferences.begun);
  const runs = useMay()('createInvitation');
  if (!known || all || away || !runs) return null;
  return (
    <div className="mt-8">
      <Begin dismissible />
    </div>
  );
}
