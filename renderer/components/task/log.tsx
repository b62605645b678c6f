import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLiveRun } from '../../state/live.ts';
import { Section } from '../page.tsx';

/** What the engine says while it works; follows the last line. */
export function Log({ taskId }: { taskId: string }) {
  const { t } = useTranslation();
  const { log } = useLiveRun(taskId);
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (log.length) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [log]);
  if (log.length === 0) return null;
  return (
    <Section
      title={t('task.log')}
      aside={
        <span className="tabular text-small text-soft">{t('task.logLines', { count: log.length })}</span>
      }
    >
      <pre
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t('task.log')}
        className="max-h-56 overflow-auto rounded-card border border-line bg-surface p-4 font-mono text-tiny whitespace-pre-wrap text-soft"
      >
        {log.join('\n')}
      </pre>
    </Section>
  );
}
