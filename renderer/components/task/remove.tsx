import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { roleAtLeast } from '#shared/wire/common.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { taskApi, useTaskChange } from '../../api/tasks.ts';
import { teamOf, useConnection } from '../../state/connection.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';

/** Members delete what they sent, admins everything. */
function useMayRemove(task: TaskDetail): boolean {
  const may = useMay();
  const profile = useConnection((state) => state.profile);
  const role = teamOf(profile)?.team_role;
  if (!may('deleteTask') || role === undefined) return false;
  return roleAtLeast(role, 'admin') || task.submitted_by === profile?.id;
}

/** Deletes a task that is over, once asked. */
export function RemoveTask({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState(false);
  const remove = useTaskChange(taskApi.remove);
  if (!useMayRemove(task)) return null;
  return (
    <>
      <Button look="danger" disabled={remove.isPending} onClick={() => setAsked(true)}>
        <Trash2 size={15} strokeWidth={1.5} aria-hidden />
        {t('tasks.remove')}
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('tasks.askRemoveTitle', { count: 1 })}
        body={t('tasks.askRemoveBody')}
        act={t('tasks.remove')}
        keep={t('tasks.keep')}
        danger
        onAct={() =>
          remove.mutate(task.id, {
            onSuccess: () => {
              notify.done(t('tasks.removed', { count: 1 }));
              navigate('/tasks');
            },
            onError: (error) => void notify.bad(error.message),
          })
        }
      />
    </>
  );
}
