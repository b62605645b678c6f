import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { newPassword } from '#shared/wire/identity.ts';
import { api } from '../api/endpoints.ts';
import { refreshProfile } from '../api/session.ts';
import { useConnection } from '../state/connection.ts';
import { Button } from '../ui/button.tsx';
import { controlClass, describes, Field } from '../ui/field.tsx';
import { Problem } from './problem.tsx';

interface Passwords {
  readonly current: string;
  readonly next: string;
}

/** Sets the first password, or changes it. */
export function PasswordForm() {
  const { t } = useTranslation();
  const profile = useConnection((state) => state.profile);
  const [outcome, setOutcome] = useState<unknown>(null);
  const { register, handleSubmit, reset, formState } = useForm<Passwords>();
  const has = profile?.has_password === true;
  const email = profile?.email_address ?? '';
  const submit = handleSubmit(async ({ current, next }) => {
    setOutcome(null);
    try {
      await api.changePassword({ new_password: next, ...(has ? { current_password: current } : {}) });
      await refreshProfile();
      reset();
      setOutcome('done');
    } catch (error) {
      setOutcome(error);
    }
  });
  const error = formState.errors.next?.message;
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
      <p className="text-soft">{t(has ? 'password.some' : 'password.none', { email })}</p>
      {has && (
        <Field id="password-current" label={t('password.current')}>
          <input
            id="password-current"
            type="password"
            autoComplete="current-password"
            className={`${controlClass} h-9`}
            {...register('current')}
          />
        </Field>
      )}
      <Field id="password-next" label={t('password.next')} hint={t('password.rule')} error={error}>
        <input
          id="password-next"
          type="password"
          autoComplete="new-password"
          className={`${controlClass} h-9`}
          {...describes('password-next', error, true)}
          {...register('next', {
            validate: (next) => newPassword.safeParse(next).success || t('password.rule'),
          })}
        />
      </Field>
      <div>
        <Button type="submit" disabled={formState.isSubmitting}>
          {t(has ? 'password.change' : 'password.set')}
        </Button>
      </div>
      {outcome === 'done' ? (
        <p role="status" className="text-small text-soft">
          {t('password.done')}
        </p>
      ) : (
        outcome !== null && <Problem error={outcome} />
      )}
    </form>
  );
}
