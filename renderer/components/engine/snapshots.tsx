import { Camera } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { restorePlanReply, snapshotItem } from '#shared/wire/engine-changes.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineChange, usePlan, useSnapshots } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.tsx';
import { ago, moment } from '../format.ts';
import { Settled } from '../settled.tsx';
import { useNow } from '../use-now.ts';
import { PlanFact, PlanLines, PlanProblems, PlanSheet } from './plan-sheet.tsx';
import { isUp } from './standing.ts';

type Snapshot = z.infer<typeof snapshotItem>;
type RestorePlan = z.infer<typeof restorePlanReply>;

function Plan({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const { commit, packages_to_install: come, packages_to_remove: go, packs } = plan;
  if (plan.changes_nothing) return <p>{t('engines.snapshots.nothing')}</p>;
  return (
    <>
      <PlanProblems problems={plan.beyond} title={t('engines.snapshots.beyond')} />
      {commit && (
        <dl>
          <PlanFact name={t('engines.snapshots.version')}>
            {t('engines.packs.replaces', { from: commit.from.slice(0, 10), to: commit.to.slice(0, 10) })}
          </PlanFact>
        </dl>
      )}
      <PlanLines title={t('engines.snapshots.packagesIn', { count: come.length })} lines={come} />
      <PlanLines title={t('engines.snapshots.packagesOut', { count: go.length })} lines={go} />
      <PlanLines
        title={t('engines.snapshots.packs')}
        lines={packs.map(({ name, change }) => `${name}: ${change}`)}
      />
      {plan.settings && <p>{t('engines.snapshots.settings')}</p>}
    </>
  );
}

function Restore({ engine, id, onClose }: { engine: EngineItem; id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { agent_id, engine_id } = engine;
  const plan = usePlan(['restore', agent_id, engine_id, id], (signal) =>
    engineApi.restore(engine, id, true, signal),
  );
  const restore = useEngineChange(async () => {
    if (isUp(engine)) await engineApi.act(engine, 'stop');
    return engineApi.restore(engine, id, false);
  }, engine);
  return (
    <PlanSheet
      title={t('engines.snapshots.planTitle')}
      waiting={t('engines.snapshots.planWaiting')}
      plan={plan}
      blocked={(shown) => shown.changes_nothing}
      act={t('engines.snapshots.do')}
      acting={restore.isPending}
      failed={restore.error}
      onClose={onClose}
      onAct={() => restore.mutate(undefined, { onSuccess: onClose })}
    >
      {(shown) => (
        <>
          <Plan plan={shown} />
          {isUp(engine) && !shown.changes_nothing && (
            <p className="text-soft">{t('engines.snapshots.stopsFirst')}</p>
          )}
        </>
      )}
    </PlanSheet>
  );
}

function Row({ shot, now, onRestore }: { shot: Snapshot; now: number; onRestore: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const when = moment(shot.taken_at);
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{shot.reason}</p>
        <p className="tabular text-small text-soft">
          <time dateTime={shot.taken_at} title={when}>
            {ago(shot.taken_at, now)}
          </time>
          {' · '}
          {[
            shot.version && t('engines.version', { version: shot.version }),
            t('engines.snapshots.counts', { packages: shot.package_count, packs: shot.pack_count }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      {may('restoreEngineSnapshot') && (
        <Button aria-label={t('engines.snapshots.restoreNamed', { when })} onClick={onRestore}>
          {t('engines.snapshots.restore')}
        </Button>
      )}
    </li>
  );
}

/** How the engine stood before each change, and the way back. */
export function Snapshots({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const query = useSnapshots(engine);
  const now = useNow(true, 30_000);
  const [chosen, setChosen] = useState<string | null>(null);
  const take = useEngineChange(() => engineApi.takeSnapshot(engine), engine);
  return (
    <div className="flex flex-col gap-4">
      <p className="max-w-2xl text-soft">{t('engines.snapshots.intro')}</p>
      {may('takeEngineSnapshot') && (
        <Button
          className="self-start"
          disabled={take.isPending}
          onClick={() =>
            take.mutate(undefined, {
              onSuccess: () => void notify.done(t('engines.snapshots.taken')),
              onError: (error) => void notify.bad(error.message),
            })
          }
        >
          <Camera size={16} strokeWidth={1.5} aria-hidden />
          {t('engines.snapshots.take')}
        </Button>
      )}
      <Settled query={query}>
        {(shots) =>
          shots.length === 0 ? (
            <p className="rounded-card border border-line px-4 py-6 text-center text-soft">
              {t('engines.snapshots.noneBody')}
            </p>
          ) : (
            <ul className="divide-y divide-line rounded-card border border-line bg-surface">
              {shots.map((shot) => (
                <Row
                  key={shot.snapshot_id}
                  shot={shot}
                  now={now}
                  onRestore={() => setChosen(shot.snapshot_id)}
                />
              ))}
            </ul>
          )
        }
      </Settled>
      {chosen !== null && <Restore engine={engine} id={chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}
