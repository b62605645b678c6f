import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookDetail } from '#shared/wire/webhooks.ts';
import { useDeleteWebhook, useUpdateWebhook, useWebhook } from '../../api/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Switch } from '../../ui/controls.tsx';
import { notify } from '../../ui/notices.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../page.tsx';
import { Problem } from '../problem.tsx';
import { Settled } from '../settled.tsx';
import { Deliveries } from './deliveries.tsx';
import { Secret } from './secret.tsx';
import { SendTest } from './send-test.tsx';
import { WebhookForm } from './webhook-form.tsx';

interface OneProps {
  readonly webhook: WebhookDetail;
  readonly privateAllowed: boolean;
}

/** Where it leads and what it is told of; changed in place. */
function Target({ webhook, privateAllowed }: OneProps) {
  const { t } = useTranslation();
  const [changing, setChanging] = useState(false);
  const update = useUpdateWebhook(webhook.id);
  if (changing) {
    return (
      <WebhookForm
        id="webhook-change"
        initial={webhook}
        privateAllowed={privateAllowed}
        act={t('webhooks.save')}
        busy={update.isPending}
        error={update.error}
        onCancel={() => {
          update.reset();
          setChanging(false);
        }}
        onSubmit={({ display_name, webhook_url, webhook_events }) =>
          update.mutate(
            { display_name, webhook_url, webhook_events },
            { onSuccess: () => setChanging(false) },
          )
        }
      />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="break-all">{webhook.webhook_url}</p>
          <p className="text-small text-soft">
            {t(
              `webhooks.told.${webhook.webhook_events.length > 1 ? 'both' : (webhook.webhook_events[0] ?? 'both')}`,
            )}
          </p>
        </div>
        <Button onClick={() => setChanging(true)}>{t('webhooks.change')}</Button>
      </div>
      <div className="flex items-start justify-between gap-4">
        <div>
          <p id="webhook-active" className="font-medium">
            {t('webhooks.active')}
          </p>
          <p id="webhook-active-hint" className="text-small text-soft">
            {t('webhooks.activeHint')}
          </p>
        </div>
        <Switch
          aria-labelledby="webhook-active"
          aria-describedby="webhook-active-hint"
          checked={webhook.webhook_status === 'active'}
          onChange={(on) => update.mutate({ webhook_status: on ? 'active' : 'disabled' })}
        />
      </div>
      {update.isError && <Problem error={update.error} />}
    </div>
  );
}

function Remove({ webhook, onGone }: { webhook: WebhookDetail; onGone: () => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const { display_name: name } = webhook;
  const remove = useDeleteWebhook(webhook.id);
  return (
    <>
      <Button look="danger" disabled={remove.isPending} onClick={() => setAsked(true)}>
        {t('webhooks.delete')}
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('webhooks.deleteTitle', { name })}
        body={t('webhooks.deleteBody')}
        act={t('webhooks.delete')}
        keep={t('webhooks.keep')}
        danger
        onAct={() =>
          remove.mutate(undefined, {
            onSuccess: () => {
              notify.done(t('webhooks.deleted', { name }));
              onGone();
            },
            onError: (error) => void notify.bad(error.message),
          })
        }
      />
    </>
  );
}

/** All about one webhook: where it leads, its secret, a test, what was delivered. */
export function WebhookSheet({
  id,
  privateAllowed,
  onClose,
}: {
  id: string;
  privateAllowed: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const query = useWebhook(id);
  const webhook = query.data;
  return (
    <Sheet
      open
      onClose={onClose}
      title={webhook?.display_name ?? t('webhooks.title')}
      footer={webhook && <Remove webhook={webhook} onGone={onClose} />}
    >
      <Settled query={query}>
        {(found) => (
          <>
            <Section title={t('webhooks.address')}>
              <Target webhook={found} privateAllowed={privateAllowed} />
            </Section>
            <Section title={t('webhooks.secret')}>
              <Secret webhook={found} />
            </Section>
            <Section title={t('webhooks.test')}>
              <SendTest id={id} />
            </Section>
            <Section title={t('webhooks.log')}>
              <Deliveries id={id} />
            </Section>
          </>
        )}
      </Settled>
    </Sheet>
  );
}
