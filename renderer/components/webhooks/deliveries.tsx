import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { WebhookAttempt, WebhookDelivery } from '#shared/wire/webhooks.ts';
import { useDeliveries } from '../../api/webhooks.ts';
import { ago, duration, moment } from '../format.ts';
import { Settled } from '../settled.tsx';
import { useNow } from '../use-now.ts';
import { DeliveryMark } from './delivery-mark.tsx';
import { Excerpt } from './excerpt.tsx';

function Try({ attempt }: { attempt: WebhookAttempt }) {
  const { t } = useTranslation();
  const { status_code: status, duration_ms: ms, error } = attempt;
  return (
    <li className="text-small">
      <p className="tabular text-soft">{moment(attempt.attempted_at)}</p>
      <p className="break-words">
        {error || t('webhooks.answered', { status: status ?? '', time: duration(ms) })}
      </p>
      {attempt.response_body !== '' && (
        <p className="line-clamp-3 font-mono text-tiny break-all text-soft">{attempt.response_body}</p>
      )}
    </li>
  );
}

/** A body as it was sent, made easy to read. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function Delivery({ delivery, now }: { delivery: WebhookDelivery; now: number }) {
  const { t } = useTranslation();
  const { attempts, next_attempt_at: next, task_id: task, error } = delivery;
  const facts = [
    ago(delivery.created_at, now),
    t('webhooks.attempts', { count: attempts.length }),
    next !== null && Date.parse(next) > now && t('webhooks.next', { time: duration(Date.parse(next) - now) }),
  ].filter(Boolean);
  return (
    <li>
      <details className="group">
        <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-0.5 py-2.5">
          <DeliveryMark status={delivery.delivery_status} />
          <span className="text-small">{t(`webhooks.eventsShort.${delivery.event_type}`)}</span>
          <span className="tabular ml-auto text-small text-soft">{facts.join(', ')}</span>
          <ChevronRight
            size={16}
            strokeWidth={1.5}
            className="text-soft transition-transform group-open:rotate-90"
            aria-hidden
          />
        </summary>
        <div className="flex flex-col gap-3 pb-4">
          {error !== '' && attempts.at(-1)?.error !== error && <p className="text-small text-bad">{error}</p>}
          <ol className="flex flex-col gap-2 border-line border-l pl-3">
            {attempts.map((attempt) => (
              <Try key={attempt.attempted_at} attempt={attempt} />
            ))}
          </ol>
          <Excerpt label={t('webhooks.sent')} text={pretty(delivery.request_body)} />
          {task !== null && (
            <Link href={`/tasks/${task}`} className="self-start text-small underline underline-offset-4">
              {t('webhooks.task')}
            </Link>
          )}
        </div>
      </details>
    </li>
  );
}

/** What was sent, newest first; each opens to its tries and its body. */
export function Deliveries({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useDeliveries(id);
  const now = useNow(true, 5000);
  return (
    <Settled query={query}>
      {(deliveries) =>
        deliveries.length === 0 ? (
          <p className="text-soft">{t('webhooks.logNone')}</p>
        ) : (
          <ul className="divide-y divide-line border-line border-y">
            {deliveries.map((delivery) => (
              <Delivery key={delivery.id} delivery={delivery} now={now} />
            ))}
          </ul>
        )
      }
    </Settled>
  );
}
