import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { signIn } from '../api/session.ts';
import { Problem } from '../components/problem.tsx';
import { KilnMark } from '../ui/blank.tsx';
import { Button } from '../ui/button.tsx';
import { controlClass, Field } from '../ui/field.tsx';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

export default function SignIn() {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const { register, handleSubmit, formState } = useForm<Credentials>();
  const submit = handleSubmit(async ({ email, password }) => {
    setError(null);
    await signIn(email, password).catch(setError);
  });
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4">
      <div className="flex flex-col gap-3">
        <KilnMark />
        <h1 className="title">{t('gate.signInTitle')}</h1>
        <p className="text-soft">{t('gate.signInBody')}</p>
      </div>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field id="email" label={t('gate.email')}>
          <input
            id="email"
            type="email"
            autoComplete="username"
            required
            className={`${controlClass} h-10`}
            {...register('email')}
          />
        </Field>
        <Field id="password" label={t('gate.password')}>
          <input
            id="password"
            type="password"
            autoComplete="current-password"
            required
            className={`${controlClass} h-10`}
            {...register('password')}
          />
        </Field>
        {error !== null && <Problem error={error} />}
        <Button type="submit" look="primary" size="large" disabled={formState.isSubmitting}>
          {t('gate.signIn')}
        </Button>
      </form>
    </main>
  );
}
