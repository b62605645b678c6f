import { Blocks, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type CrashReport, crashReport } from '#shared/wire/crash.ts';
import type { TaskDetail, TaskResult } from '#shared/wire/tasks.ts';
import { useMay } from '../../state/rights.ts';
import { LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { packHref } from '../engine/standing.ts';

function report(task: TaskDetail, result: TaskResult | undefined): string {
  const { failure } = result ?? {};
  const lines = [
    `task ${task.id}`,
    `workflow ${task.workflow_slug}@${task.workflow_version}`,
    `agent ${task.agent_id ?? '-'}`,
    `error ${task.task_error}`,
    failure && JSON.stringify(failure, null, 2),
  ];
  return lines.filter(Boolean).join('\n');
}

interface Told {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** The engine's own account where it gave one, else what is known of failures of this kind. */
function useTold(task: TaskDetail, result: TaskResult | undefined, crash: CrashReport | undefined): Told {
  const { t } = useTranslation();
  const failure = result?.failure;
  const code = failure?.code ?? 'unknown';
  const node = failure?.node_type ?? failure?.node_id;
  const cause = crash ? t(`task.crash.${crash.cause}`) : t(`task.cause.${code}`);
  return {
    what: [cause, node && t('task.atNode', { node })].filter(Boolean).join(' '),
    why: crash?.what || failure?.message || task.task_error,
    fix: crash?.fix || t(`task.advice.${code}`),
  };
}

/** The node pack that had a hand in it, and the way to it. */
function Pack({ task, crash }: { task: TaskDetail; crash: CrashReport }) {
  const { t } = useTranslation();
  const may = useMay();
  const { pack, engine } = crash;
  if (!pack) return null;
  const href =
    task.agent_id && engine ? packHref({ agent_id: task.agent_id, engine_id: engine }, pack) : undefined;
  return (
    <div>
      <dt>{t('task.pack')}</dt>
      <dd className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="font-medium wrap-anywhere">{pack}</span>
        {href && may('listNodePacks') && (
          <LinkButton href={href}>
            <Blocks size={16} strokeWidth={1.5} aria-hidden />
            {t('task.seePack')}
          </LinkButton>
        )}
      </dd>
    </div>
  );
}

/** A red state names its cause and the fix: what happened, why, what to do, and the rest for the clipboard. */
export function Failure({ task, result }: { task: TaskDetail; result: TaskResult | undefined }) {
  const { t } = useTranslation();
  const { data: crash } = crashReport.safeParse(result?.failure?.details);
  const { what, why, fix } = useTold(task, result, crash);
  const log = result?.failure?.log_tail ?? [];
  return (
    <section role="alert" className="relative flex w-full max-w-2xl flex-col gap-5 p-5 sm:p-10">
      <h2 className="title flex items-center gap-3">
        <TriangleAlert size={24} strokeWidth={1.5} className="text-bad" aria-hidden />
        {t('task.failedTitle')}
      </h2>
      <dl className="flex flex-col gap-3 [&_dt]:text-small [&_dt]:text-soft">
        <div>
          <dt>{t('task.whatHappened')}</dt>
          <dd>{what}</dd>
        </div>
        <div>
          <dt>{t('task.why')}</dt>
          <dd className="whitespace-pre-line wrap-anywhere">{why}</dd>
        </div>
        <div>
          <dt>{t('task.whatToDo')}</dt>
          <dd className="whitespace-pre-line">{fix}</dd>
        </div>
        {crash && <Pack task={task} crash={crash} />}
      </dl>
      {log.length > 0 && (
        <pre className="max-h-48 overflow-auto rounded-control bg-surface p-3 font-mono text-tiny whitespace-pre-wrap">
          {log.join('\n')}
        </pre>
      )}
      <div>
        <CopyButton text={report(task, result)} label={t('task.copyReport')} />
      </div>
    </section>
  );
}
