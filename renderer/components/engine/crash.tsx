import { ScrollText, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { english } from '../../app/texts/en.ts';
import { useMay } from '../../state/rights.ts';
import { LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { crashReason, engineHref, packHref } from './standing.ts';

type Cause = keyof typeof english.engines.crash.title;
const causeOf = (cause: string | undefined): Cause =>
  cause !== undefined && cause in english.engines.crash.title ? (cause as Cause) : 'untold';

const report = ({ agent_id, engine_id, version, cause, reason, fix, pack, launch }: EngineItem) =>
  [
    `engine ${engine_id} on ${agent_id}, ComfyUI ${version || '?'}`,
    `cause ${cause ?? 'unknown'}`,
    reason,
    fix,
    pack && `pack ${pack}`,
    launch && `got as far as: ${launch.stage}; ${launch.device}`,
  ]
    .filter(Boolean)
    .join('\n');

interface CrashProps {
  readonly engine: EngineItem;
  readonly managed: boolean;
  /** 2 where no card's own heading stands above. */
  readonly level?: 2 | 3;
  /** What can be done, first of all: to start it again. */
  readonly children?: ReactNode;
}

/** A crash, as one wants to be told in the morning: what happened, why, what to do, and the buttons for it. */
export function Crash({ engine, managed, level = 3, children }: CrashProps) {
  const { t } = useTranslation();
  const may = useMay();
  const Heading = level === 2 ? 'h2' : 'h3';
  const reason = crashReason(engine);
  return (
    <section role="alert" className="flex flex-col gap-4 rounded-control bg-well p-4 sm:p-5">
      <Heading className="flex items-start gap-2.5 font-serif text-head">
        <TriangleAlert size={20} strokeWidth={1.5} className="mt-0.5 shrink-0 text-bad" aria-hidden />
        {t(`engines.crash.title.${causeOf(engine.cause)}`)}
      </Heading>
      <dl className="flex max-w-3xl flex-col gap-3 [&_dt]:text-small [&_dt]:text-soft">
        {(engine.pack || reason) && (
          <div>
            <dt>{t('engines.crash.why')}</dt>
            {reason && <dd className="whitespace-pre-line">{reason}</dd>}
            {engine.pack && <dd>{t('engines.crash.pack', { pack: engine.pack })}</dd>}
          </div>
        )}
        {engine.fix && (
          <div>
            <dt>{t('engines.crash.fix')}</dt>
            <dd className="whitespace-pre-line">{engine.fix}</dd>
          </div>
        )}
      </dl>
      <div className="flex flex-wrap gap-2">
        {managed && children}
        {managed && may('getEngineLog') && (
          <LinkButton href={engineHref(engine, 'log')}>
            <ScrollText size={16} strokeWidth={1.5} aria-hidden />
            {t('engines.actions.showLog')}
          </LinkButton>
        )}
        {managed && engine.pack && (
          <LinkButton href={packHref(engine, engine.pack)}>{t('engines.crash.seePack')}</LinkButton>
        )}
        <CopyButton text={report(engine)} label={t('engines.crash.report')} />
      </div>
    </section>
  );
}
