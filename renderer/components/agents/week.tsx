import { useTranslation } from 'react-i18next';
import { useAgentWeek } from '../../api/agents.ts';
import { duration } from '../format.ts';

/** What an agent did in the last week, in four figures. */
export function Week({ agentId, finished }: { agentId: string; finished: number }) {
  const { t } = useTranslation();
  const { data: week } = useAgentWeek(agentId, finished);
  // Its place is kept while it is counted, so nothing moves when it comes.
  if (!week) return <div className="min-h-24" />;
  const failed = ['failed', 'crashed', 'timeout', 'lost'].reduce(
    (sum, outcome) => sum + (week.by_outcome[outcome] ?? 0),
    0,
  );
  const { median, p95 } = week.run_time;
  const figures = [
    [t('agentCare.weekDone'), String(week.by_outcome.completed ?? 0)],
    [t('agentCare.weekFailed'), String(failed)],
    [t('agentCare.weekBusy'), duration(week.busy_seconds * 1000)],
  ] as const;
  return (
    <section className="min-h-24 border-line border-t pt-3">
      <h3 className="text-small text-soft">{t('agentCare.week')}</h3>
      {week.attempt_count === 0 ? (
        <p className="mt-1">{t('agentCare.weekNothing')}</p>
      ) : (
        <>
          <dl className="mt-1 flex flex-wrap gap-x-6 gap-y-1">
            {figures.map(([name, figure]) => (
              <div key={name} className="flex flex-col-reverse">
                <dt className="text-small text-soft">{name}</dt>
                <dd className="tabular text-lead font-medium">{figure}</dd>
              </div>
            ))}
          </dl>
          {median !== null && p95 !== null && (
            <p className="tabular mt-1 text-small text-soft">
              {t(p95 > median * 1.1 ? 'agentCare.weekRuns' : 'agentCare.weekRun', {
                median: duration(median * 1000),
                p95: duration(p95 * 1000),
              })}
            </p>
          )}
        </>
      )}
    </section>
  );
}
