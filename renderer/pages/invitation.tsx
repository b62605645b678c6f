import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { InvitationView } from '#shared/wire/teams.ts';
import { api } from '../api/endpoints.ts';
import { ApiError } from '../api/http.ts';
import { joinByInvitation } from '../api/session.ts';
import { Problem } from '../components/problem.tsx';
import { Blank, KilnMark } from '../ui/blank.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { controlClass, Field } from '../ui/field.tsx';

const readToken = () => location.hash.slice(1);

/** A person who has just come in; the desk begins anew with their sign-in. */
const enterDesk = () => location.assign('/');

function JoinForm({ invitation, token }: { invitation: InvitationView; token: string }) {
  const { t } = useTranslation();
  const { register, handleSubmit } = useForm({ defaultValues: { name: '', password: '' } });
  const join = useMutation({ mutationFn: joinByInvitation, onSuccess: enterDesk });
  const known = invitation.has_account;
  const submit = handleSubmit(({ name, password }) =>
    join.mutate({
      invitation_token: token,
      user_password: password,
      ...(name.trim() ? { display_name: name.trim() } : {}),
    }),
  );
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <input type="hidden" autoComplete="username" value={invitation.email_address} readOnly />
      {!known && (
        <Field id="join-name" label={t('invitation.name')}>
          <input
            id="join-name"
            required
            maxLength={100}
            autoComplete="name"
            className={`${controlClass} h-10`}
            {...register('name')}
          />
        </Field>
      )}
      <Field
        id="join-password"
        label={t(known ? 'invitation.hasAccount' : 'invitation.newPassword')}
        hint={known ? undefined : t('invitation.passwordRule')}
      >
        <input
          id="join-password"
          type="password"
          required
          minLength={8}
          maxLength={128}
          autoComplete={known ? 'current-password' : 'new-password'}
          aria-describedby={known ? undefined : 'join-password-hint'}
          className={`${controlClass} h-10`}
          {...register('password')}
        />
      </Field>
      {join.isError && <Problem error={join.error} />}
      <Button type="submit" look="primary" size="large" disabled={join.isPending}>
        {t('invitation.join')}
      </Button>
    </form>
  );
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  const name = t('app.name');
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4">
      <div className="flex flex-col gap-3">
        <KilnMark />
        <h1 className="title">{title}</h1>
      </div>
      {children}
    </main>
  );
}

/** Where an invitation's link leads: outside of the gate, since whoever comes has no sign-in yet. */
export default function Invitation() {
  const { t } = useTranslation();
  const token = readToken();
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.lookUpInvitation(token),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (token === '' || error) {
    const words = error instanceof ApiError ? error.message : t('errors.notFoundBody');
    return (
      <main className="px-4 pt-[12vh]">
        <Blank level={1} title={t('invitation.goneTitle')} body={words}>
          <LinkButton href="/">{t('errors.home')}</LinkButton>
        </Blank>
      </main>
    );
  }
  if (!data) return <main aria-busy="true" />;
  const role = t(`team.roles.${data.invitation_role}`);
  return (
    <Frame title={t('invitation.title', { team: data.team_name })}>
      <p className="text-soft">{t('invitation.body', { role, email: data.email_address })}</p>
      <JoinForm invitation={data} token={token} />
    </Frame>
  );
}
