import { useTranslation } from 'react-i18next';
import { useMembers } from '../../api/queries.ts';

/** Whoever sent a task, by name: a member, or a program with a key. */
export function usePeople(): (submitter: string) => string {
  const { t } = useTranslation();
  const members = useMembers().data;
  return (submitter) =>
    members?.find(({ user_id }) => user_id === submitter)?.display_name ??
    (members ? t('tasks.program') : '');
}
