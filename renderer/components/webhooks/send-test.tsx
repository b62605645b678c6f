import { Send } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WebhookDelivery } from '#shared/wire/webhooks.ts';
import { useTestWebhook } from '../../api/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { duration } from '../format.ts';
import { Problem } from '../problem.tsx';
import { DeliveryMark } from './delivery-mark.tsx';
import { Excerpt } from './excerpt.tsx';

function Outcome({ delivery }: { delivery: WebhookDelivery }) {
  const { t } = useTranslation();
  const attempt = delivery.attempts.at(-1);
  if (!attempt) return null;
  const { status_code: status, duration_ms: ms, response_body: text, error } = attempt;
  return (
    <div
      role="status"
      className="flex animate-arrive flex-col gap-2 rounded-card border border-line bg-surface p-3"
    >
      <DeliveryMark status={delivery.delivery_status} />
      <p>{error || t('webhooks.answered', { status: status ?? '', time: duration(ms) })}</p>
      {text !== '' && <Excerpt label={t('webhooks.answer')} text={text} />}
    </div>
  );
}

/** Sends one message now and shows what came back. */
export function SendTest({ id }: { id: string }) {
  const { t } = useTranslation();
  const test = useTestWebhook(id);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-small text-soft">{t('webhooks.testHint')}</p>
      <Button className="self-start" disabled={test.isPending} onClick={() => test.mutate(undefined)}>
        <Send size={16} strokeWidth={1.5} aria-hidden />
        {t(test.isPending ? 'webhooks.sending' : 'webhooks.send')}
      </Button>
      {test.isError && <Problem error={test.error} />}
      {test.data && !test.isPending && <Outcome delivery={test.data} />}
    </div>
  );
}
