import { Check, Hourglass, type LucideIcon, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WebhookDelivery } from '#shared/wire/webhooks.ts';

type Status = WebhookDelivery['delivery_status'];

const marks: Record<Status, { icon: LucideIcon; colour: string }> = {
  waiting: { icon: Hourglass, colour: 'text-wait' },
  delivered: { icon: Check, colour: 'text-good' },
  failed: { icon: TriangleAlert, colour: 'text-bad' },
};

/** How a delivery stands: a shape and a word beside the colour. */
export function DeliveryMark({ status, words }: { status: Status; words?: string }) {
  const { t } = useTranslation();
  const { icon: Icon, colour } = marks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 text-small font-medium whitespace-nowrap ${colour}`}>
      <Icon size={15} strokeWidth={1.5} aria-hidden />
      {words ?? t(`webhooks.status.${status}`)}
    </span>
  );
}
