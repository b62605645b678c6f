import { Check, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { CloudKeyStatus, SetCloudKeyRequest } from '#shared/wire/cloud.ts';
import { useCloudKey, useRemoveCloudKey, useSetCloudKey } from '../../api/cloud.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Checkbox } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { Problem } from '../problem.tsx';
import { Settled } from '../settled.tsx';

interface FormProps {
  readonly fallback: boolean;
  readonly onDone?: () => void;
}

function KeyForm({ fallback, onDone }: FormProps) {
  const { t } = useTranslation();
  const set = useSetCloudKey();
  const form = useForm<SetCloudKeyRequest>({ defaultValues: { api_key: '', cloud_fallback: fallback } });
  const { register, handleSubmit, watch, setValue, formState } = form;
  const error = formState.errors.api_key?.message;
  const submit = handleSubmit(({ api_key, cloud_fallback }) =>
    set.mutate({ api_key: api_key.trim(), cloud_fallback }, { onSuccess: () => onDone?.() }),
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <Field id="cloud-key" label={t('cloud.key')} hint={t('cloud.keyHint')} error={error}>
        <input
          id="cloud-key"
          type="password"
          autoComplete="off"
          className={`${controlClass} h-10`}
          {...describes('cloud-key', error, true)}
          {...register('api_key', {
            validate: (key) => /^[\x21-\x7e]{1,512}$/.test(key.trim()) || t('cloud.keyRule'),
          })}
        />
      </Field>
      <div className="relative flex items-start gap-2.5">
        <Checkbox
          wide
          aria-labelledby="cloud-fallback"
          aria-describedby="cloud-fallback-hint"
          checked={watch('cloud_fallback')}
          onChange={(on) => setValue('cloud_fallback', on)}
        />
        <div>
          <p id="cloud-fallback">{t('cloud.fallback')}</p>
          <p id="cloud-fallback-hint" className="text-small text-soft">
            {t('cloud.fallbackHint')}
          </p>
        </div>
      </div>
      {set.isError && <Problem error={set.error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={set.isPending}>
          {t('cloud.save')}
        </Button>
        {onDone && (
          <Button look="quiet" onClick={onDone}>
            {t('common.cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}

function Standing({ status }: { status: CloudKeyStatus }) {
  const { t } = useTranslation();
  const active = status.credential_status === 'active';
  const Icon = active ? Check : TriangleAlert;
  const since = t('cloud.since', { when: new Date(status.updated_at).toLocaleDateString() });
  return (
    <div className="min-w-0 flex-1 basis-56">
      <p className="flex flex-wrap items-center gap-x-3">
        <span className={`inline-flex items-center gap-1.5 font-medium ${active ? 'text-good' : 'text-bad'}`}>
          <Icon size={15} strokeWidth={1.5} aria-hidden />
          {t(active ? 'cloud.active' : 'cloud.revoked')}
        </span>
        <span className="font-mono text-small break-all">{status.key_preview}</span>
      </p>
      <p className="text-small text-soft">
        {since}, {t(status.cloud_fallback ? 'cloud.falls' : 'cloud.only')}
      </p>
    </div>
  );
}

function Kept({ status, onAnother }: { status: CloudKeyStatus; onAnother: () => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const remove = useRemoveCloudKey();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border border-line bg-surface px-4 py-3">
      <Standing status={status} />
      <div className="flex flex-wrap gap-2">
        <Button onClick={onAnother}>{t('cloud.another')}</Button>
        <Button look="danger" disabled={remove.isPending} onClick={() => setAsked(true)}>
          {t('cloud.remove')}
        </Button>
      </div>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('cloud.removeTitle')}
        body={t('cloud.removeBody')}
        act={t('cloud.remove')}
        keep={t('cloud.keep')}
        danger
        onAct={() => remove.mutate(undefined, { onError: (error) => void notify.bad(error.message) })}
      />
    </div>
  );
}

/** The team's account at ComfyUI Cloud: for owner and admins. */
export function CloudKey() {
  const { t } = useTranslation();
  const query = useCloudKey();
  const [entering, setEntering] = useState(false);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft">{t('cloud.body')}</p>
      <Settled query={query}>
        {(status) => {
          if (status === null) return <KeyForm fallback={false} />;
          if (!entering) return <Kept status={status} onAnother={() => setEntering(true)} />;
          return <KeyForm fallback={status.cloud_fallback} onDone={() => setEntering(false)} />;
        }}
      </Settled>
    </div>
  );
}
