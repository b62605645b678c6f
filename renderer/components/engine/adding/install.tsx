import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type InstallPlanReply, type InstallWish, torchBuilds } from '#shared/wire/engine-adding.ts';
import { useEngineChange, usePlan } from '../../../api/engine-queries.ts';
import { engineApi } from '../../../api/engines.ts';
import { Button } from '../../../ui/button.tsx';
import { Select } from '../../../ui/controls.tsx';
import { controlClass, Field } from '../../../ui/field.tsx';
import { Meter } from '../../../ui/meter.tsx';
import { bytes } from '../../format.ts';
import { PlanFact, PlanProblems, PlanSheet } from '../plan-sheet.tsx';
import { engineHref } from '../standing.ts';
import { NameField, nameGiven, Way } from './way.tsx';

function Plan({ plan }: { plan: InstallPlanReply }) {
  const { t } = useTranslation();
  const { disk_needed: needed, disk_free: free } = plan;
  return (
    <>
      <PlanProblems problems={plan.problems} />
      <dl className="flex flex-col gap-4">
        <PlanFact name={t('engines.adding.planVersion')}>
          {plan.commit ?? t('engines.adding.newest')}
        </PlanFact>
        <PlanFact name={t('engines.adding.planSource')}>
          {plan.source}, {t(`engines.adding.${plan.source_kind}`)}
        </PlanFact>
        <PlanFact name={t('engines.adding.planPython')}>
          {plan.python ? `${plan.python.version} (${plan.python.executable})` : t('engines.adding.noPython')}
        </PlanFact>
        <PlanFact name={t('engines.adding.planTorch')}>
          {t(`engines.adding.torchBuilds.${plan.torch.build}`)}
          <span className="block text-small text-soft">{plan.torch.why}</span>
        </PlanFact>
        <PlanFact name={t('engines.adding.planTools')}>{plan.installer}</PlanFact>
        <PlanFact name={t('engines.adding.planFolder')}>{plan.folder}</PlanFact>
        <PlanFact name={t('engines.adding.time')}>
          {t('engines.adding.timeOf', { minutes: Math.max(1, Math.round(plan.minutes)) })}
        </PlanFact>
      </dl>
      <Meter
        label={t('engines.adding.disk')}
        words={t('engines.adding.diskOf', { needed: bytes(needed), free: bytes(free) })}
        share={needed / Math.max(free, 1)}
      />
      {plan.done_before.length > 0 && (
        <p className="text-soft">{t('engines.adding.doneBefore', { steps: plan.done_before.join(', ') })}</p>
      )}
    </>
  );
}

function PlanOf({ agentId, wish, onClose }: { agentId: string; wish: InstallWish; onClose: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const plan = usePlan(['install', agentId, wish], (signal) => engineApi.plan(agentId, wish, signal));
  const install = useEngineChange(() => engineApi.add(agentId, wish));
  return (
    <PlanSheet
      title={t('engines.adding.planTitle')}
      waiting={t('engines.adding.planWaiting')}
      plan={plan}
      blocked={({ problems }) => problems.length > 0}
      act={t('engines.adding.install')}
      acting={install.isPending}
      failed={install.error}
      onClose={onClose}
      onAct={() =>
        install.mutate(undefined, {
          onSuccess: ({ engine_id }) => navigate(engineHref({ agent_id: agentId, engine_id })),
        })
      }
    >
      {(shown) => <Plan plan={shown} />}
    </PlanSheet>
  );
}

interface Wishes {
  readonly name: string;
  readonly commit: string;
  readonly source: string;
  readonly torch: string;
}

const wishOf = ({ name, commit, source, torch }: Wishes): InstallWish => {
  const build = torchBuilds.find((one) => one === torch);
  return {
    kind: 'install',
    ...nameGiven(name),
    ...(commit.trim() ? { commit: commit.trim() } : {}),
    ...(source.trim() ? { source: source.trim() } : {}),
    ...(build ? { torch: build } : {}),
  };
};

function More({ wishes, onChange }: { wishes: Wishes; onChange: (wishes: Wishes) => void }) {
  const { t } = useTranslation();
  const text = (name: 'commit' | 'source') => (
    <Field id={`install-${name}`} label={t(`engines.adding.${name}`)} hint={t(`engines.adding.${name}Hint`)}>
      <input
        id={`install-${name}`}
        aria-describedby={`install-${name}-hint`}
        className={`${controlClass} h-10`}
        value={wishes[name]}
        onChange={(event) => onChange({ ...wishes, [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <div className="flex flex-col gap-4">
      {text('commit')}
      {text('source')}
      <Field id="install-torch" label={t('engines.adding.torch')}>
        <Select
          id="install-torch"
          aria-labelledby="install-torch-label"
          value={wishes.torch}
          options={[
            { value: 'auto', label: t('engines.adding.torchAuto') },
            ...torchBuilds.map((value) => ({ value, label: t(`engines.adding.torchBuilds.${value}`) })),
          ]}
          onChange={(torch) => onChange({ ...wishes, torch })}
        />
      </Field>
      <NameField id="install-name" value={wishes.name} onChange={(name) => onChange({ ...wishes, name })} />
    </div>
  );
}

/** A ComfyUI made from nothing: the plan is one click away, what may be chosen one more. */
export function Install({ agentId }: { agentId: string }) {
  const { t } = useTranslation();
  const [wishes, setWishes] = useState<Wishes>({ name: '', commit: '', source: '', torch: 'auto' });
  const [open, setOpen] = useState(false);
  const [planned, setPlanned] = useState<InstallWish | null>(null);
  return (
    <Way title={t('engines.adding.installTitle')} body={t('engines.adding.installBody')}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setPlanned(wishOf(wishes));
        }}
      >
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex items-center gap-1.5 self-start text-soft hover:text-text"
        >
          <ChevronDown
            size={16}
            strokeWidth={1.5}
            aria-hidden
            className={clsx('transition-transform', open && 'rotate-180')}
          />
          {t('engines.adding.more')}
        </button>
        {open && <More wishes={wishes} onChange={setWishes} />}
        <Button type="submit" className="self-start">
          {t('engines.adding.plan')}
        </Button>
      </form>
      {planned && <PlanOf agentId={agentId} wish={planned} onClose={() => setPlanned(null)} />}
    </Way>
  );
}
