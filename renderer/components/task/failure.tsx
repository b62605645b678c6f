import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TaskDetail, TaskResult } from '#shared/wire/tasks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';

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

/** A red state names its cause and the fix: what happened, why, what to do, and the rest for the clipboard. */
export function Failure({ task, result }: { task: TaskDetail; result: TaskResult | undefined }) {
  const { t } = useTranslation();
  const failure = result?.failure;
  const code = failure?.code ?? 'unknown';
  const node = failure?.node_type ?? failure?.node_id;
  const log = failure?.log_tail ?? [];
  return (
    <section role="alert" className="relative flex w-full max-w-2xl flex-col gap-5 p-5 sm:p-10">
      <h2 className="title flex items-center gap-3">
        <TriangleAlert size={24} strokeWidth={1.5} className="text-bad" aria-hidden />
        {t('task.failedTitle')}
      </h2>
      <dl className="flex flex-col gap-3 [&_dt]:text-small [&_dt]:text-soft">
        <div>
          <dt>{t('task.whatHappened')}</dt>
          <dd>
            {t(`task.cause.${code}`)} {node && t('task.atNode', { node })}
          </dd>
        </div>
        <div>
          <dt>{t('task.why')}</dt>
          <dd className="whitespace-pre-line">{failure?.message || task.task_error}</dd>
        </div>
        <div>
          <dt>{t('task.whatToDo')}</dt>
          <dd>{t(`task.advice.${code}`)}</dd>
        </div>
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
