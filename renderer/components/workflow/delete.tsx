import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useWorkflowChange, workflowApi } from '../../api/workflow-life.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';

/** The end of a workflow, asked for once more before it comes. */
export function Delete({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const remove = useWorkflowChange(() => workflowApi.remove(workflow.id));
  if (!may('deleteWorkflow')) return null;
  const name = workflow.display_name;
  const act = () =>
    remove.mutate(undefined, {
      onError: (error) => void notify.bad(error.message),
      onSuccess: () => {
        notify.done(t('workflow.edit.deleted', { name }));
        navigate('/workflows');
      },
    });
  return (
    <section>
      <h2 className="mb-1 font-semibold text-lead">{t('workflow.edit.endTitle')}</h2>
      <p className="mb-3 text-soft">{t('workflow.edit.endBody')}</p>
      <Button look="danger" disabled={remove.isPending} onClick={() => setAsking(true)}>
        <Trash2 size={16} strokeWidth={1.5} aria-hidden />
        {t('workflow.edit.delete')}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('workflow.edit.deleteTitle', { name })}
        body={t('workflow.edit.deleteBody')}
        act={t('workflow.edit.delete')}
        keep={t('workflow.edit.deleteKeep')}
        danger
        onAct={act}
      />
    </section>
  );
}
