import { Check, CircleX, History, type LucideIcon, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineCard, EngineItem } from '#shared/wire/engines.ts';
import { useEngineChange } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Problem } from '../problem.tsx';

type Candidate = NonNullable<EngineCard['candidate']>;
type Canary = Candidate['canaries'][number];

const marks: Record<Canary['verdict'], { icon: LucideIcon; colour: string }> = {
  same: { icon: Check, colour: 'text-good' },
  differs: { icon: TriangleAlert, colour: 'text-wait' },
  broken: { icon: CircleX, colour: 'text-bad' },
  'was broken before': { icon: History, colour: 'text-idle' },
  mended: { icon: Check, colour: 'text-good' },
};

function useSpeed() {
  const { t } = useTranslation();
  return (ratio: number | undefined): string => {
    if (ratio === undefined) return '';
    const percent = Math.round(Math.abs(ratio - 1) * 100);
    if (percent < 3) return t('engines.update.sameSpeed');
    return t(ratio < 1 ? 'engines.update.faster' : 'engines.update.slower', { percent });
  };
}

/** Each starred workflow on both versions, the bad news first. */
function Canaries({ canaries }: { canaries: readonly Canary[] }) {
  const { t } = useTranslation();
  const speed = useSpeed();
  if (canaries.length === 0) return null;
  const order: Canary['verdict'][] = ['broken', 'differs', 'was broken before', 'same'];
  const sorted = canaries.toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  const head = 'border-line border-b py-2 pr-4 text-left font-normal text-small text-soft wrap-break-word';
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{t('engines.update.table')}</caption>
      <thead>
        <tr>
          <th scope="col" className={head}>
            {t('engines.update.workflow')}
          </th>
          <th scope="col" className={head}>
            {t('engines.update.result')}
          </th>
          <th scope="col" className={`${head} hidden sm:table-cell`}>
            {t('engines.update.speed')}
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ name, verdict, words, duration_ratio: ratio }) => {
          const { icon: Icon, colour } = marks[verdict];
          return (
            <tr key={name} className="border-line border-b align-top last:border-b-0">
              <th scope="row" className="py-2.5 pr-4 text-left font-medium wrap-break-word">
                {name}
              </th>
              <td className="py-2.5 pr-4">
                <span className={`inline-flex items-center gap-1.5 font-medium ${colour}`}>
                  <Icon size={15} strokeWidth={1.5} aria-hidden />
                  {t(`engines.update.verdicts.${verdict}`)}
                </span>
                {words && <p className="text-small text-soft">{words}</p>}
              </td>
              <td className="tabular hidden py-2.5 whitespace-nowrap text-soft sm:table-cell">
                {speed(ratio)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Settle({ engine, candidate }: { engine: EngineItem; candidate: Candidate }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const settle = useEngineChange(
    ({ how, insist = false }: { how: 'switch' | 'discard'; insist?: boolean }) =>
      engineApi.settle(engine, how, insist),
    engine,
  );
  const isBroken = candidate.verdict === 'broken';
  const broken = candidate.canaries
    .filter(({ verdict }) => verdict === 'broken')
    .map(({ name }) => name)
    .join(', ');
  const { version } = candidate;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          look={isBroken ? 'plain' : 'primary'}
          disabled={settle.isPending}
          onClick={() => (isBroken ? setAsked(true) : settle.mutate({ how: 'switch' }))}
        >
          {t('engines.update.take', { version })}
        </Button>
        <Button
          look={isBroken ? 'primary' : 'plain'}
          disabled={settle.isPending}
          onClick={() => settle.mutate({ how: 'discard' })}
        >
          {t('engines.update.discard')}
        </Button>
      </div>
      {settle.isError && <Problem error={settle.error} />}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('engines.update.brokenTitle')}
        body={t('engines.update.brokenBody', { names: broken })}
        act={t('engines.update.insist')}
        keep={t('common.cancel')}
        danger
        onAct={() => settle.mutate({ how: 'switch', insist: true })}
      />
    </>
  );
}

/** The new version that stands beside the present one: how it did, and the choice. */
export function CandidateOf({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const { candidate } = engine;
  if (!candidate) return null;
  const { verdict, canaries } = candidate;
  // It stands already while the starred workflows are still tried on it: there is nothing to choose yet.
  const trying = engine.job?.kind === 'update' && engine.job.state === 'running';
  const state = trying ? 'preparing' : candidate.state;
  const version = candidate.version || candidate.commit.slice(0, 10);
  return (
    <section className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5 sm:p-6">
      <h2 className="font-serif text-head">
        {state === 'preparing'
          ? t('engines.update.preparingTitle', { version })
          : t(`engines.update.readyTitle.${verdict}`, { version })}
      </h2>
      {state === 'preparing' && <p className="text-soft">{t('engines.update.preparingBody')}</p>}
      <Canaries canaries={canaries} />
      {state === 'ready' && may('settleEngineUpdate') && (
        <Settle engine={engine} candidate={{ ...candidate, version }} />
      )}
    </section>
  );
}
