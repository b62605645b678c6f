import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { GivenRole } from '#shared/wire/teams.ts';
import { useCancelInvitation, useInvitations, useInvite } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { Problem } from '../problem.tsx';
import { Settled } from '../settled.tsx';
import { givenRoles } from './members.tsx';

/** After the #: a browser sends that part to nobody, so it is in no log. */
const linkOf = (token: string) => `${location.origin}/invitation#${token}`;

/** Asks somebody in: the link appears once, to be passed on by hand. */
export function InviteForm() {
  const { t } = useTranslation();
  const invite = useInvite();
  const [role, setRole] = useState<GivenRole>('member');
  const { register, handleSubmit, reset } = useForm<{ email: string }>();
  const submit = handleSubmit(
    ({ email }) =>
      invite
        .mutateAsync({ email_address: email.trim(), invitation_role: role })
        .then(() => reset())
        .catch(() => undefined), // shown in place
  );
  const token = invite.data?.invitation_token;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft">{t('team.inviteBody')}</p>
      <form onSubmit={(event) => void submit(event)} className="flex flex-wrap items-end gap-3">
        <Field id="invite-email" label={t('team.email')} className="min-w-56 flex-1">
          <input
            id="invite-email"
            type="email"
            required
            className={`${controlClass} h-10`}
            {...register('email')}
          />
        </Field>
        <Field id="invite-role" label={t('team.role')} className="w-36">
          <Select
            id="invite-role"
            aria-labelledby="invite-role-label"
            value={role}
            options={givenRoles.map((value) => ({ value, label: t(`team.roles.${value}`) }))}
            onChange={(next) => setRole(next as GivenRole)}
          />
        </Field>
        <Button type="submit" className="h-10" disabled={invite.isPending}>
          {t('team.makeLink')}
        </Button>
      </form>
      <p className="text-small text-soft">{t(`team.rights.${role}`)}</p>
      {invite.isError && <Problem error={invite.error} />}
      {token !== undefined && (
        <div
          role="status"
          className="flex animate-arrive flex-col gap-2 rounded-card border border-accent/60 p-3"
        >
          <p className="text-small">
            {t('team.linkReady', { email: invite.variables?.email_address ?? '' })}
          </p>
          <code className="rounded-control bg-well p-2 font-mono text-small break-all">{linkOf(token)}</code>
          <div className="flex flex-wrap gap-2">
            <CopyButton text={linkOf(token)} label={t('team.copyLink')} />
            <CopyButton text={token} label={t('team.copyToken')} />
          </div>
        </div>
      )}
    </div>
  );
}

/** Those that were not accepted yet. */
export function Invitations({ mayCancel }: { mayCancel: boolean }) {
  const { t } = useTranslation();
  const query = useInvitations();
  const cancel = useCancelInvitation();
  return (
    <Settled query={query}>
      {(invitations) =>
        invitations.length === 0 ? (
          <p className="text-soft">{t('team.noInvitations')}</p>
        ) : (
          <ul className="divide-y divide-line rounded-card border border-line bg-surface">
            {invitations.map(({ id, email_address: email, invitation_role: role, expires_at }) => (
              <li key={id} className="flex items-center justify-between gap-4 px-4 py-3">
                <div className="min-w-0">
                  <p className="truncate font-medium">{email}</p>
                  <p className="text-small text-soft">
                    {t('team.until', {
                      role: t(`team.roles.${role}`),
                      when: new Date(expires_at).toLocaleDateString(),
                    })}
                  </p>
                </div>
                {mayCancel && (
                  <Button
                    look="danger"
                    aria-label={t('team.cancelNamed', { email })}
                    disabled={cancel.isPending}
                    onClick={() => cancel.mutate(id)}
                  >
                    {t('team.cancel')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )
      }
    </Settled>
  );
}
