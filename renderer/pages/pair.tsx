import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useSearch } from 'wouter';
import { api } from '../api/endpoints.ts';
import { Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { teamOf, useConnection } from '../state/connection.ts';
import { Button } from '../ui/button.tsx';
import { controlClass, Field } from '../ui/field.tsx';

/** Where a person lets in the device that shows them a code. */
export default function Pair() {
  const { t } = useTranslation();
  const team = useConnection((state) => teamOf(state.profile)?.display_name ?? '');
  const code = new URLSearchParams(useSearch()).get('user_code') ?? '';
  const confirm = useMutation({ mutationFn: api.confirmPairing });
  const { register, handleSubmit } = useForm({ defaultValues: { code, name: '' } });
  const submit = handleSubmit((typed) =>
    confirm.mutate({
      user_code: typed.code,
      ...(typed.name.trim() ? { device_name: typed.name.trim() } : {}),
    }),
  );
  return (
    <Page title={t('pairing.title')}>
      {confirm.isSuccess ? (
        <p role="status" className="text-lead">
          {t('pairing.done')}
        </p>
      ) : (
        <form onSubmit={(event) => void submit(event)} className="flex max-w-sm flex-col gap-4">
          <p className="text-soft">{t('pairing.body', { team })}</p>
          <Field id="pair-code" label={t('pairing.code')}>
            <input
              id="pair-code"
              required
              maxLength={32}
              autoComplete="off"
              spellCheck={false}
              className={`${controlClass} h-11 font-mono text-lead uppercase tracking-widest`}
              {...register('code')}
            />
          </Field>
          <Field id="pair-name" label={t('pairing.name')} hint={t('pairing.nameHint')}>
            <input
              id="pair-name"
              maxLength={100}
              aria-describedby="pair-name-hint"
              className={`${controlClass} h-10`}
              {...register('name')}
            />
          </Field>
          {confirm.isError && <Problem error={confirm.error} />}
          <Button type="submit" look="primary" size="large" disabled={confirm.isPending}>
            {t('pairing.confirm')}
          </Button>
        </form>
      )}
    </Page>
  );
}
