import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useCreateCredential, useCredentials, useRevokeCredential } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { ago } from '../format.ts';
import { Problem } from '../problem.tsx';

function NewKey() {
  const { t } = useTranslation();
  const create = useCreateCredential();
  const { register, handleSubmit, reset, formState } = useForm<{ name: string }>();
  const error = formState.errors.name?.message;
  const submit = handleSubmit(
    ({ name }) =>
      create
        .mutateAsync({ kind: 'integration', display_name: name.trim() })
        .then(() => reset())
        .catch(() => undefined), // shown in place
  );
  return (
    <>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field id="key-name" label={t('settings.keyName')} error={error}>
          <div className="flex gap-2">
            <input
              id="key-name"
              className={`${controlClass} h-10`}
              {...describes('key-name', error)}
              {...register('name', {
                validate: (name) =>
                  (name.trim().length > 0 && name.trim().length <= 100) || t('settings.keyNameRule'),
              })}
            />
            <Button type="submit" className="h-10" disabled={create.isPending}>
              {t('settings.createKey')}
            </Button>
          </div>
        </Field>
      </form>
      {create.isError && <Problem error={create.error} />}
      {create.data && (
        <div
          role="status"
          className="flex animate-arrive flex-col gap-2 rounded-card border border-accent/60 p-3"
        >
          <p className="text-small">{t('settings.newKey')}</p>
          <code className="rounded-control bg-well p-2 font-mono text-small break-all">
            {create.data.raw_key}
          </code>
          <div>
            <CopyButton text={create.data.raw_key} label={t('common.copy')} />
          </div>
        </div>
      )}
    </>
  );
}

function List() {
  const { t } = useTranslation();
  const { data, isError, error } = useCredentials();
  const revoke = useRevokeCredential();
  const keys = data?.credentials.filter((key) => key.key_status !== 'revoked') ?? [];
  if (isError) return <Problem error={error} />;
  if (data && keys.length === 0) return <p className="text-soft">{t('settings.noKeys')}</p>;
  return (
    <ul className="divide-y divide-line rounded-card border border-line bg-surface empty:hidden">
      {keys.map((key) => (
        <li key={key.id} className="flex items-center justify-between gap-4 px-4 py-3">
          <div className="min-w-0">
            <p className="truncate font-medium">{key.display_name}</p>
            <p className="truncate text-small text-soft">
              {[
                `${key.key_prefix}…`,
                t(`settings.keyKinds.${key.kind}`),
                key.key_status === 'active' ? null : t(`settings.keyStatus.${key.key_status}`),
                key.last_used_at
                  ? t('settings.lastUsed', { when: ago(key.last_used_at, Date.now()) })
                  : t('settings.neverUsed'),
              ]
                .filter(Boolean)
                .join(', ')}
            </p>
          </div>
          <Button
            look="danger"
            aria-label={t('settings.revokeNamed', { name: key.display_name })}
            disabled={revoke.isPending}
            onClick={() => revoke.mutate(key.id)}
          >
            {t('settings.revoke')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Keys for programs: made, seen once, revoked. */
export default function Keys() {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-5">
      <p className="text-soft">
        {t('settings.keysBody')}{' '}
        <a href="/docs" className="text-text underline underline-offset-4">
          {t('settings.apiDocs')}
        </a>
      </p>
      <NewKey />
      <List />
    </div>
  );
}
