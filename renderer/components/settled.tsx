import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from './problem.tsx';

/** Shows what a query brought; until then keeps quiet, and says so if it failed. */
export function Settled<Data>({
  query,
  children,
}: {
  query: UseQueryResult<Data>;
  children: (data: Data) => ReactNode;
}) {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <Problem title={t('errors.loadTitle')} error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <p className="sr-only" role="status">
      {t('common.loading')}
    </p>
  );
}
