import { clsx } from 'clsx';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { may } from '#shared/rights.ts';
import { useCreateCredential, useCredentials, useRevokeCredential } from '../api/queries.ts';
import { teamOf, useConnection } from '../state/connection.ts';
import { themeChoices, useTheme } from '../state/theme.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { controlClass, describes, Field } from '../ui/field.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { ago } from './format.ts';
import { Section } from './page.tsx';
import { PasswordForm } from './password-form.tsx';
import { Problem } from './problem.tsx';
import Storage from './settings/storage.tsx';

function Theme() {
  const { t } = useTranslation();
  const { choice, choose } = useTheme();
  return (
    <fieldset className="flex gap-1 rounded-control bg-well p-1">
      <legend className="sr-only">{t('settings.theme')}</legend>
      {themeChoices.map((theme) => (
        <button
          key={theme}
          type="button"
          aria-pressed={choice === theme}
          onClick={() => choose(theme)}
          className={clsx(
            'h-8 flex-1 rounded-[6px] font-medium transition-colors',
            choice === theme ? 'bg-raised text-text' : 'text-soft hover:text-text',
          )}
        >
          {t(`settings.themes.${theme}`)}
        </button>
      ))}
    </fieldset>
  );
}

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
              className={`${controlClass} h-9`}
              {...describes('key-name', error)}
              {...register('name', {
                validate: (name) =>
                  (name.trim().length > 0 && name.trim().length <= 100) || t('settings.keyNameRule'),
              })}
            />
            <Button type="submit" disabled={create.isPending}>
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

function Keys() {
  const { t } = useTranslation();
  const { data, isError, error } = useCredentials();
  const revoke = useRevokeCredential();
  const keys = data?.credentials.filter((key) => key.key_status !== 'revoked') ?? [];
  if (isError) return <Problem error={error} />;
  if (data && keys.length === 0) return <p className="text-soft">{t('settings.noKeys')}</p>;
  return (
    <ul className="divide-y divide-line">
      {keys.map((key) => (
        <li key={key.id} className="flex items-center justify-between gap-4 py-2.5">
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

export default function SettingsSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const name = useConnection((state) => state.profile?.display_name);
  const role = useConnection((state) => teamOf(state.profile)?.team_role);
  return (
    <Sheet open onClose={onClose} title={t('settings.title')}>
      <Section title={t('settings.theme')}>
        <Theme />
      </Section>
      <Section title={t('password.title')}>
        <PasswordForm />
      </Section>
      {may(role, 'createCredential') && (
        <Section title={t('settings.keys')}>
          <div className="flex flex-col gap-4">
            <p className="text-soft">
              {t('settings.keysBody')}{' '}
              <a href="/docs" className="text-text underline underline-offset-4">
                {t('settings.apiDocs')}
              </a>
            </p>
            <NewKey />
            <Keys />
          </div>
        </Section>
      )}
      <Section title={t('storage.title')}>
        <Storage />
      </Section>
      {name && <p className="mt-8 text-small text-soft">{t('settings.signedInAs', { name })}</p>}
    </Sheet>
  );
}
