import { clsx } from 'clsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PackPlanReply } from '#shared/wire/engine-changes.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineChange, usePlan } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/controls.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PlanFact, PlanProblems, PlanSheet } from './plan-sheet.tsx';

/** What is known before the form is filled in: nothing, or the pack that gets another version. */
export interface PackWish {
  readonly name?: string;
  readonly source?: string;
  /** Nothing more is to be said: its plan is shown at once. */
  readonly straight?: boolean;
}

interface Wish extends PackWish {
  readonly source: string;
  readonly commit?: string;
}

type PackageChange = PackPlanReply['packages'][number];

function Packages({ packages }: { packages: readonly PackageChange[] }) {
  const { t } = useTranslation();
  if (packages.length === 0) return <p className="text-soft">{t('engines.packs.noPackages')}</p>;
  // What ComfyUI rests on comes first: it is what breaks the others.
  const sorted = packages.toSorted((one, other) => Number(other.guarded) - Number(one.guarded));
  return (
    <section>
      <h3 className="mb-1 font-semibold">{t('engines.packs.packages')}</h3>
      <ul className="divide-y divide-line">
        {sorted.map(({ name, from, to, guarded }) => (
          <li
            key={name}
            className={clsx('flex items-baseline justify-between gap-4 py-1.5', guarded && 'text-bad')}
          >
            <span className={guarded ? 'font-semibold' : ''}>{name}</span>
            <span className={clsx('tabular text-right', !guarded && 'text-soft')}>
              {from === null
                ? `${to ?? ''} (${t('engines.packs.packageNew')})`
                : to === null
                  ? `${from} (${t('engines.packs.packageGone')})`
                  : `${from} → ${to}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TickProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Tick({ id, label, hint, checked, onChange }: TickProps) {
  return (
    <div className="flex gap-3">
      <Checkbox aria-labelledby={id} checked={checked} onChange={onChange} />
      <div>
        <p id={id}>{label}</p>
        {hint && <p className="text-small text-soft">{hint}</p>}
      </div>
    </div>
  );
}

interface PlanProps {
  readonly plan: PackPlanReply;
  readonly insist: boolean;
  readonly script: boolean;
  readonly onInsist: (insist: boolean) => void;
  readonly onScript: (script: boolean) => void;
}

const isGuarded = (plan: PackPlanReply) => plan.packages.some(({ guarded }) => guarded);

function Plan({ plan, insist, script, onInsist, onScript }: PlanProps) {
  const { t } = useTranslation();
  const short = plan.commit.slice(0, 10);
  return (
    <>
      <PlanProblems problems={plan.problems} />
      <dl className="flex flex-col gap-4">
        <PlanFact name={t('engines.packs.name')}>{plan.name}</PlanFact>
        <PlanFact name={t('engines.adding.planSource')}>{plan.source}</PlanFact>
        <PlanFact name={t('engines.packs.planCommit')}>
          {plan.replaces === null
            ? short
            : t('engines.packs.replaces', { from: plan.replaces.slice(0, 10), to: short })}
        </PlanFact>
      </dl>
      <Packages packages={plan.packages} />
      {(isGuarded(plan) || plan.problems.length > 0 || insist) && (
        <Tick
          id="pack-insist"
          label={t('engines.packs.insist')}
          hint={isGuarded(plan) ? t('engines.packs.guarded') : ''}
          checked={insist}
          onChange={onInsist}
        />
      )}
      {plan.install_script && (
        <Tick
          id="pack-script"
          label={t('engines.packs.script')}
          hint={t('engines.packs.scriptHint')}
          checked={script}
          onChange={onScript}
        />
      )}
    </>
  );
}

function PlanOf({ engine, wish, onClose }: { engine: EngineItem; wish: Wish; onClose: () => void }) {
  const { t } = useTranslation();
  const [insist, setInsist] = useState(false);
  const [script, setScript] = useState(false);
  const { agent_id, engine_id } = engine;
  // Insisting may let more be resolved, so the plan is made anew with it.
  const plan = usePlan(['pack', agent_id, engine_id, wish, insist], (signal) =>
    engineApi.installPack(engine, { ...wish, insist, dry_run: true }, signal),
  );
  // What was shown is what is done: that very commit, those very packages, or nothing.
  const install = useEngineChange(
    ({ commit, plan_id }: PackPlanReply) =>
      engineApi.installPack(engine, {
        ...{ ...wish, insist, run_install_script: script, dry_run: false },
        ...{ commit, plan_id },
      }),
    engine,
  );
  return (
    <PlanSheet
      title={t('engines.packs.planTitle')}
      waiting={t('engines.packs.planWaiting')}
      plan={plan}
      blocked={(shown) => !insist && (shown.problems.length > 0 || isGuarded(shown))}
      act={t('engines.packs.do')}
      acting={install.isPending}
      failed={install.error}
      onClose={onClose}
      onAct={() => plan.data && install.mutate(plan.data, { onSuccess: onClose })}
    >
      {(shown) => (
        <Plan plan={shown} insist={insist} script={script} onInsist={setInsist} onScript={setScript} />
      )}
    </PlanSheet>
  );
}

interface InstallProps {
  readonly engine: EngineItem;
  readonly wish: PackWish;
  readonly onClose: () => void;
}

/** First what to install, then what that would change; nothing happens before both were seen. */
export function PackInstall({ engine, wish, onClose }: InstallProps) {
  const { t } = useTranslation();
  const [source, setSource] = useState(wish.source ?? '');
  const [commit, setCommit] = useState('');
  const [asked, setAsked] = useState<Wish | null>(() =>
    wish.straight && wish.source ? { source: wish.source } : null,
  );
  if (asked) return <PlanOf engine={engine} wish={asked} onClose={onClose} />;
  const ask = () =>
    setAsked({
      source: source.trim(),
      ...(wish.name === undefined ? {} : { name: wish.name }),
      ...(commit.trim() ? { commit: commit.trim() } : {}),
    });
  const title =
    wish.name === undefined ? t('engines.packs.install') : t('engines.packs.update', { name: wish.name });
  return (
    <Sheet open onClose={onClose} title={title}>
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <Field id="pack-source" label={t('engines.packs.source')} hint={t('engines.packs.sourceHint')}>
          <input
            id="pack-source"
            required
            readOnly={wish.name !== undefined}
            spellCheck={false}
            aria-describedby="pack-source-hint"
            className={`${controlClass} h-10`}
            value={source}
            onChange={(event) => setSource(event.target.value)}
          />
        </Field>
        <Field id="pack-commit" label={t('engines.packs.commit')} hint={t('engines.packs.commitHint')}>
          <input
            id="pack-commit"
            spellCheck={false}
            aria-describedby="pack-commit-hint"
            className={`${controlClass} h-10`}
            value={commit}
            onChange={(event) => setCommit(event.target.value)}
          />
        </Field>
        <Button type="submit" look="primary" className="self-start">
          {t('engines.packs.plan')}
        </Button>
      </form>
    </Sheet>
  );
}
