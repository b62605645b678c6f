import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CloudKeyStatus, cloudKeyStatus, type SetCloudKeyRequest } from '#shared/wire/cloud.ts';
import { successReply } from '#shared/wire/common.ts';
import { ApiError, call } from '../../api/http.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Checkbox } from '../../ui/controls.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { ago } from '../format.ts';
import { Problem } from '../problem.tsx';
import { useNow } from '../use-now.ts';
import { Row, Rows } from './row.tsx';

const path = '/cloud-providers/comfy-cloud';
const queryKey = ['comfy-cloud'] as const;

/** The team's key, or null while there is none. */
const useKey = () =>
  useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      call(cloudKeyStatus, path, { signal }).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
  });

function useChange<Wish>(change: (wish: Wish) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey }),
    onError: (error) => notify.bad(error.message),
  });
}

function Present({ status }: { status: CloudKeyStatus }) {
  const { t } = useTranslation();
  const now = useNow(true, 30_000);
  const [asking, setAsking] = useState(false);
  const remove = useChange(() => call(successReply, path, { method: 'DELETE' }));
  const refused = status.credential_status === 'revoked';
  return (
    <Rows>
      <Row
        title={<code className="font-mono">{status.key_preview}</code>}
        body={
          <span className={refused ? 'text-bad' : undefined}>
            {t(refused ? 'cloud.refused' : 'cloud.inUse', { when: ago(status.updated_at, now) })}{' '}
            {t(status.cloud_fallback ? 'cloud.fallsBack' : 'cloud.onlyAsked')}
          </span>
        }
      >
        <Button onClick={() => setAsking(true)}>{t('common.remove')}</Button>
      </Row>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('cloud.removeTitle')}
        body={t('cloud.removeBody')}
        act={t('common.remove')}
        keep={t('common.cancel')}
        danger
        onAct={() => remove.mutate(undefined)}
      />
    </Rows>
  );
}

function Enter({ status }: { status: CloudKeyStatus | null }) {
  const { t } = useTranslation();
  const [key, setKey] = useState('');
  const [fallback, setFallback] = useState(status?.cloud_fallback ?? false);
  const set = useChange((body: SetCloudKeyRequest) => call(cloudKeyStatus, path, { method: 'PUT', body }));
  return (
    <form
      className="flex flex-col items-start gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim() === '') return;
        set.mutate({ api_key: key.trim(), cloud_fallback: fallback }, { onSuccess: () => setKey('') });
      }}
    >
      <Field
        id="cloud-key"
        label={t(status ? 'cloud.other' : 'cloud.key')}
        hint={t('cloud.keyHint')}
        className="w-full"
      >
        <input
          id="cloud-key"
          type="password"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          aria-describedby="cloud-key-hint"
          className={`${controlClass} h-10`}
        />
      </Field>
      <div className="flex items-start gap-3">
        <Checkbox aria-labelledby="cloud-fallback" checked={fallback} onChange={setFallback} />
        <p id="cloud-fallback">{t('cloud.fallback')}</p>
      </div>
      <Button type="submit" look="primary" disabled={set.isPending}>
        {t('cloud.keep')}
      </Button>
    </form>
  );
}

/** The team's key for ComfyUI Cloud, and whether tasks go there by themselves. */
export default function Cloud() {
  const { t } = useTranslation();
  const { data: status, isError, error } = useKey();
  return (
    <div className="flex flex-col gap-6">
      <p className="text-soft">{t('cloud.intro')}</p>
      {isError && <Problem error={error} />}
      {status && <Present status={status} />}
      {status !== undefined && <Enter key={status?.updated_at ?? ''} status={status} />}
    </div>
  );
}
