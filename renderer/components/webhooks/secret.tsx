import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookDetail } from '#shared/wire/webhooks.ts';
import { useRotateSecret } from '../../api/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { notify } from '../../ui/notices.tsx';
import { Problem } from '../problem.tsx';

const covered = `whsec_${'•'.repeat(16)}`;

/** What the receiver checks signatures with: covered until asked for, copied without being shown. */
export function Secret({ webhook }: { webhook: WebhookDetail }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const [asked, setAsked] = useState(false);
  const rotate = useRotateSecret(webhook.id);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-small text-soft">{t('webhooks.secretHint')}</p>
      <code className="rounded-control bg-well p-2 font-mono text-small break-all">
        {shown ? webhook.webhook_secret : covered}
      </code>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={webhook.webhook_secret} label={t('webhooks.copySecret')} />
        <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
          {t(shown ? 'webhooks.hide' : 'webhooks.show')}
        </Button>
        <Button disabled={rotate.isPending} onClick={() => setAsked(true)}>
          {t('webhooks.rotate')}
        </Button>
      </div>
      {rotate.isError && <Problem error={rotate.error} />}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('webhooks.rotateTitle')}
        body={t('webhooks.rotateBody')}
        act={t('webhooks.rotate')}
        keep={t('webhooks.keep')}
        onAct={() => rotate.mutate(undefined, { onSuccess: () => void notify.done(t('webhooks.rotated')) })}
      />
    </div>
  );
}
