import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useStarWorkflow } from '../api/queries.ts';
import { useMay } from '../state/rights.ts';
import { notify } from '../ui/notices.tsx';
import { StarButton } from '../ui/star.tsx';

type Item = Pick<WorkflowDetail, 'id' | 'display_name' | 'is_starred'>;

/** A starred workflow must keep working: it is tried on a new version of an engine before that is taken. */
export default function WorkflowStar({ workflow, className = '' }: { workflow: Item; className?: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const star = useStarWorkflow();
  if (!may('starWorkflow')) return null;
  const { id, display_name: name } = workflow;
  const on = star.isPending ? star.variables.starred : workflow.is_starred;
  return (
    <StarButton
      on={on}
      label={t('engines.star.label', { name })}
      hint={t('engines.star.hint')}
      className={`${on ? 'text-wait hover:text-wait' : ''} ${className}`}
      onChange={(starred) =>
        star.mutate({ id, starred }, { onError: (error) => void notify.bad(error.message) })
      }
    />
  );
}
