import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useEstimate, useLine } from '../../api/workflow-life.ts';
import { duration } from '../format.ts';

/** In whole seconds: it is a guess. */
const roughly = (ms: number): string =>
  ms < 10_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : duration(ms);

/** Before it is sent: how many runs, about how long, and who is before them. */
export function useOutlook(workflow: WorkflowDetail, count: number) {
  const { t } = useTranslation();
  const { data: estimate } = useEstimate(workflow.id);
  const { data: line } = useLine();
  const median = estimate?.median_ms ?? null;
  const waiting = line?.waiting_count ?? 0;
  const parts = [
    ...(count > 1 ? [t('form.runs', { count })] : []),
    ...(median === null ? [] : [t('form.about', { duration: roughly(median * Math.max(1, count)) })]),
    ...(line?.paused ? [t('form.linePaused')] : waiting > 0 ? [t('form.before', { count: waiting })] : []),
  ];
  return { words: parts.join(', '), waiting };
}
