import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { UpdatePlanReply } from '#shared/wire/engine-changes.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineChange, usePlan } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { useWorkflows } from '../../api/queries.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { Meter } from '../../ui/meter.tsx';
import { notify } from '../../ui/notices.tsx';
import { bytes } from '../format.ts';
import { CandidateOf } from './candidate.tsx';
import { PlanFact, PlanLines, PlanProblems, PlanSheet } from './plan-sheet.tsx';

const versionOf = ({ version, commit }: UpdatePlanReply['from']) =>
  [version, commit.slice(0, 10)].filter(Boolean).join(', ');

const isSame = ({ from, to }: UpdatePlanReply) => from.commit !== '' && from.commit === to.commit;

/** Which workflows vouch for the new version. */
function Starred() {
  const { t } = useTranslation();
  const starred = (useWorkflows().data ?? []).filter((one) => one.is_starred);
  const names = starred.map((one) => one.display_name).join(', ');
  return (
    <p className="text-soft">
      {t('engines.update.canaries', { count: starred.length, names })}{' '}
      {starred.length === 0 && (
        <Link href="/workflows" className="text-text underline underline-offset-4">
          {t('engines.update.goWorkflows')}
        </Link>
      )}
    </p>
  );
}

function Plan({ plan }: { plan: UpdatePlanReply }) {
  const { t } = useTranslation();
  const { disk_needed: needed, disk_free: free, commits, requirements } = plan;
  return (
    <>
      <PlanProblems problems={plan.problems} />
      <dl className="flex flex-col gap-4">
        <PlanFact name={t('engines.update.current')}>{versionOf(plan.from)}</PlanFact>
        <PlanFact name={t('engines.update.next')}>
          {versionOf(plan.to)}
          {isSame(plan) && <span className="block text-soft">{t('engines.update.same')}</span>}
          {commits !== null && commits > 0 && (
            <span className="block text-small text-soft">
              {t('engines.update.commits', { count: commits })}
            </span>
          )}
        </PlanFact>
      </dl>
      {requirements.length === 0 ? (
        <p className="text-soft">{t('engines.update.noRequirements')}</p>
      ) : (
        <PlanLines title={t('engines.update.requirements')} lines={requirements} />
      )}
      <Meter
        label={t('engines.adding.disk')}
        words={t('engines.adding.diskOf', { needed: bytes(needed), free: bytes(free) })}
        share={needed / Math.max(free, 1)}
      />
      <Starred />
    </>
  );
}

function PlanOf({ engine, commit, onClose }: { engine: EngineItem; commit: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { agent_id, engine_id } = engine;
  const wish = commit.trim() ? { commit: commit.trim() } : {};
  const plan = usePlan(['update', agent_id, engine_id, wish], (signal) =>
    engineApi.update(engine, { ...wish, dry_run: true }, signal),
  );
  const update = useEngineChange(() => engineApi.update(engine, { ...wish, dry_run: false }), engine);
  return (
    <PlanSheet
      title={t('engines.update.planTitle')}
      waiting={t('engines.update.planWaiting')}
      plan={plan}
      blocked={(shown) => shown.problems.length > 0 || isSame(shown)}
      act={t('engines.update.do')}
      acting={update.isPending}
      failed={update.error}
      onClose={onClose}
      onAct={() => update.mutate(undefined, { onSuccess: onClose })}
    >
      {(shown) => <Plan plan={shown} />}
    </PlanSheet>
  );
}

function Ask({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const [commit, setCommit] = useState('');
  const [planned, setPlanned] = useState(false);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setPlanned(true);
      }}
    >
      <Field
        id="update-commit"
        label={t('engines.update.commit')}
        hint={t('engines.update.commitHint')}
        className="max-w-sm"
      >
        <input
          id="update-commit"
          spellCheck={false}
          aria-describedby="update-commit-hint"
          className={`${controlClass} h-10`}
          value={commit}
          onChange={(event) => setCommit(event.target.value)}
        />
      </Field>
      <Button type="submit" look="primary" className="self-start">
        {t('engines.update.plan')}
      </Button>
      {planned && <PlanOf engine={engine} commit={commit} onClose={() => setPlanned(false)} />}
    </form>
  );
}

function GoBack({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const back = useEngineChange(() => engineApi.settle(engine, 'back'), engine);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button disabled={back.isPending} onClick={() => setAsked(true)}>
        {t('engines.update.back')}
      </Button>
      <p className="text-small text-soft">{t('engines.update.backHint')}</p>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('engines.update.backTitle')}
        body={t('engines.update.backBody')}
        act={t('engines.update.back')}
        keep={t('common.cancel')}
        onAct={() => back.mutate(undefined, { onError: (error) => void notify.bad(error.message) })}
      />
    </div>
  );
}

/** To a newer version without fear: made beside, tried, compared, and then taken or thrown away. */
export function Update({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const busy = engine.job?.state === 'running';
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      {engine.candidate ? (
        <CandidateOf engine={engine} />
      ) : (
        <>
          <div className="flex flex-col gap-2">
            <p>{t('engines.update.intro')}</p>
            <Starred />
          </div>
          {may('updateEngine') && !busy && <Ask engine={engine} />}
        </>
      )}
      {engine.can_switch_back && may('settleEngineUpdate') && <GoBack engine={engine} />}
    </div>
  );
}
