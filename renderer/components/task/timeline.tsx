import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { isTerminal } from '#shared/task-states.ts';
import { duration, timeOfDay } from '../format.ts';
import { StatusMark } from '../status-mark.tsx';
import { useNow } from '../use-now.ts';
import type { Moment } from '../use-task-history.ts';

interface Step extends Moment {
  /** Which attempt it belongs to, from 1; 0 before the first and between two. */
  readonly attempt: number;
}

/** An attempt begins when an agent is chosen, and ends with the task or when the task goes back in line. */
function stepsOf(moments: readonly Moment[]): Step[] {
  let attempt = 0;
  return moments.map((moment) => {
    if (moment.status === 'queued') attempt += 1;
    const within = moment.status === 'queued' || moment.status === 'running' || isTerminal(moment.status);
    return { ...moment, attempt: within ? attempt : 0 };
  });
}

/** Where it ran: the agent, and the engine once that is known. */
function placeOf(t: TFunction, { agent, engine }: Moment): string {
  return [agent && t('timeline.onAgent', { agent }), engine && t('timeline.withEngine', { engine })]
    .filter(Boolean)
    .join(' ');
}

function Duration({ from, to }: { from: string; to: string | undefined }) {
  const now = useNow(to === undefined);
  const end = to === undefined ? Math.max(now, Date.parse(from)) : Date.parse(to);
  const words = duration(end - Date.parse(from));
  return <span className="tabular ml-auto text-small text-soft">{words}</span>;
}

/** Every state it went through, attempt by attempt: when, why, where and for how long. */
export function Timeline({ moments }: { moments: readonly Moment[] }) {
  const { t } = useTranslation();
  const steps = stepsOf(moments);
  const several = steps.filter(({ status }) => status === 'queued').length > 1;
  return (
    <section>
      <h2 className="mb-1 font-semibold">{t('task.history')}</h2>
      <ol className="mt-2 flex flex-col border-line border-l">
        {steps.map((step, index) => {
          const next = steps[index + 1];
          const last = !next && isTerminal(step.status);
          return (
            <li
              key={`${step.status}-${step.at}`}
              className="relative flex flex-wrap items-baseline gap-x-3 py-1.5 pl-4 before:absolute before:top-3.5 before:-left-1 before:size-2 before:rounded-full before:bg-line"
            >
              {several && step.status === 'queued' && (
                <p className="basis-full pt-1 font-medium text-small">
                  {t('timeline.attempt', { number: step.attempt })}
                </p>
              )}
              <StatusMark status={step.status} />
              <time dateTime={step.at} className="text-small text-soft">
                {timeOfDay(step.at)}
              </time>
              {!last && <Duration from={step.at} to={next?.at} />}
              {placeOf(t, step) && <p className="basis-full text-small">{placeOf(t, step)}</p>}
              {step.reason && <p className="basis-full text-small text-soft">{step.reason}</p>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
