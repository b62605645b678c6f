import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { emailAddress, personName } from '#shared/wire/identity.ts';
import { refreshProfile, signOut } from '../../api/session.ts';
import { shellApi } from '../../api/shell.ts';
import { useConnection } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { Section } from '../page.tsx';
import { PasswordForm } from '../password-form.tsx';
import { Problem } from '../problem.tsx';

interface Typed {
  readonly name: string;
  readonly email: string;
}

/** Name and address, as the others of the team see them. */
function Person() {
  const { t } = useTranslation();
  const profile = useConnection((state) => state.profile);
  const save = useMutation({
    mutationFn: async ({ name, email }: Typed) => {
      await shellApi.updateProfile({ display_name: name.trim(), email_address: email.trim() });
      await refreshProfile();
    },
    onSuccess: () => void notify.done(t('settingsPage.profile.saved')),
  });
  const { register, handleSubmit, formState } = useForm<Typed>({
    values: { name: profile?.display_name ?? '', email: profile?.email_address ?? '' },
  });
  const { name, email } = formState.errors;
  return (
    <form
      noValidate
      onSubmit={(event) => void handleSubmit((typed) => save.mutate(typed))(event)}
      className="flex flex-col gap-4"
    >
      <Field id="profile-name" label={t('settingsPage.profile.name')} error={name?.message}>
        <input
          id="profile-name"
          autoComplete="name"
          className={`${controlClass} h-10`}
          {...describes('profile-name', name?.message)}
          {...register('name', {
            validate: (text) => personName.safeParse(text).success || t('settingsPage.profile.nameRule'),
          })}
        />
      </Field>
      <Field
        id="profile-email"
        label={t('settingsPage.profile.email')}
        hint={t('settingsPage.profile.emailBody')}
        error={email?.message}
      >
        <input
          id="profile-email"
          type="email"
          autoComplete="email"
          className={`${controlClass} h-10`}
          {...describes('profile-email', email?.message, true)}
          {...register('email', {
            validate: (text) =>
              emailAddress.safeParse(text.trim()).success || t('settingsPage.profile.emailRule'),
          })}
        />
      </Field>
      {save.isError && <Problem error={save.error} />}
      <div>
        <Button type="submit" disabled={save.isPending || !formState.isDirty}>
          {t('settingsPage.profile.save')}
        </Button>
      </div>
    </form>
  );
}

export default function Profile() {
  const { t } = useTranslation();
  return (
    <div className="max-w-md">
      <Section title={t('settingsPage.profile.title')}>
        <Person />
      </Section>
      <Section title={t('password.title')}>
        <PasswordForm />
      </Section>
      <Section title={t('settingsPage.profile.out')}>
        <p className="mb-4 text-soft">{t('settingsPage.profile.outBody')}</p>
        <Button onClick={signOut}>{t('settingsPage.profile.out')}</Button>
      </Section>
    </div>
  );
}
