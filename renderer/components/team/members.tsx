import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '#shared/rights.ts';
import type { Role } from '#shared/wire/common.ts';
import type { GivenRole, Member } from '#shared/wire/teams.ts';
import { useRemoveMember, useSetRole } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Select } from '../../ui/controls.tsx';
import { Problem } from '../problem.tsx';

export const givenRoles = ['admin', 'member', 'viewer'] as const satisfies readonly GivenRole[];

interface MembersProps {
  readonly members: readonly Member[];
  readonly me: string;
  readonly role: Role | undefined;
}

/** Who is in the team; admins change roles and remove people in place. */
export function Members({ members, me, role }: MembersProps) {
  const { t } = useTranslation();
  const setRole = useSetRole();
  const remove = useRemoveMember();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const options = givenRoles.map((value) => ({ value, label: t(`team.roles.${value}`) }));
  const failed = setRole.error ?? remove.error;
  return (
    <>
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {members.map((member) => {
          const fixed = member.user_id === me || member.member_role === 'owner';
          return (
            <li key={member.user_id} className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
              <div className="min-w-40 flex-1">
                <p className="truncate font-medium">
                  {member.display_name}
                  {member.user_id === me && <span className="font-normal text-soft"> ({t('team.you')})</span>}
                </p>
                <p className="truncate text-small text-soft">{member.email_address}</p>
              </div>
              {fixed || !may(role, 'updateMemberRole') ? (
                <p className="text-soft" title={t(`team.rights.${member.member_role}`)}>
                  {t(`team.roles.${member.member_role}`)}
                </p>
              ) : (
                <>
                  <Select
                    aria-label={t('team.roleOf', { name: member.display_name })}
                    value={member.member_role}
                    options={options}
                    onChange={(next) => setRole.mutate({ userId: member.user_id, role: next as GivenRole })}
                    className="max-w-36"
                  />
                  <Button
                    look="danger"
                    aria-label={t('team.removeNamed', { name: member.display_name })}
                    disabled={remove.isPending}
                    onClick={() => setLeaving(member)}
                  >
                    {t('team.remove')}
                  </Button>
                </>
              )}
            </li>
          );
        })}
      </ul>
      <Confirm
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('team.removeNamed', { name: leaving?.display_name ?? '' })}
        body={t('team.removeAsk', { name: leaving?.display_name ?? '' })}
        act={t('team.remove')}
        keep={t('teamPage.keep')}
        danger
        onAct={() => leaving && remove.mutate(leaving.user_id)}
      />
      {failed && (
        <div className="mt-4">
          <Problem error={failed} />
        </div>
      )}
    </>
  );
}
