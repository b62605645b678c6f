import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/http.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';

interface ProblemProps {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: () => void;
}

/** A refusal in place: what happened in words, and the rest for the clipboard. */
export function Problem({ error, title, onRetry }: ProblemProps) {
  const { t } = useTranslation();
  const message = error instanceof Error ? error.message : String(error);
  const report = error instanceof ApiError ? error.report : message;
  return (
    <div role="alert" className="flex flex-col gap-3 rounded-card border border-bad/50 bg-surface p-4">
      <div className="flex gap-3">
        <TriangleAlert size={18} strokeWidth={1.5} className="mt-0.5 shrink-0 text-bad" aria-hidden />
        <div>
          {title && <p className="font-semibold">{title}</p>}
          <p className={title ? 'text-soft' : ''}>{message}</p>
        </div>
      </div>
      <div className="flex gap-2 pl-7.5">
        {onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
        <CopyButton text={report} label={t('common.copyDetails')} />
      </div>
    </div>
  );
}
