import { useTranslation } from 'react-i18next';
import { duration } from '../format.ts';
import { useNow } from '../use-now.ts';

/** How long it has gone on, counted before the eyes. */
export function Elapsed({ since }: { since: string }) {
  const { t } = useTranslation();
  const now = useNow(true);
  const time = duration(Math.max(0, Math.floor((now - Date.parse(since)) / 1000)) * 1000).replace('.0', '');
  return <span className="tabular text-small text-soft">{t('engines.job.elapsed', { duration: time })}</span>;
}
