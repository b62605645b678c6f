import { ChevronRight, CircleOff, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookItem } from '#shared/wire/webhooks.ts';
import {
  useAllowPrivateTargets,
  useCreateWebhook,
  usePrivateTargets,
  useWebhooks,
} from '../../api/webhooks.ts';
import { useConnection } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/controls.tsx';
import { ago } from '../format.ts';
import { Problem } from '../problem.tsx';
import { Settled } from '../settled.tsx';
import { useNow } from '../use-now.ts';
import { DeliveryMark } from './delivery-mark.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { WebhookSheet } from './webhook-sheet.tsx';

/** How the newest delivery stands, in a few words. */
function Standing({ webhook, now }: { webhook: WebhookItem; now: number }) {
  const { t } = useTranslation();
  const { last_delivery: last, waiting_count: count } = webhook;
  if (webhook.webhook_status === 'disabled') {
    return (
      <span className="inline-flex items-center gap-1.5 text-small font-medium text-idle">
        <CircleOff size={15} strokeWidth={1.5} aria-hidden />
        {t('webhooks.disabled')}
      </span>
    );
  }
  if (!last) return <span className="text-small text-soft">{t('webhooks.never')}</span>;
  const { delivery_status: status, at } = last;
  const word = t(`webhooks.status.${status}`);
  const words = status === 'waiting' ? word : t('webhooks.at', { status: word, when: ago(at, now) });
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <DeliveryMark status={status} words={words} />
      {count > 0 && <span className="tabular text-small text-soft">{t('webhooks.toGo', { count })}</span>}
    </span>
  );
}

function Row({ webhook, now, onOpen }: { webhook: WebhookItem; now: number; onOpen: () => void }) {
  const { t } = useTranslation();
  const { last_delivery: last } = webhook;
  return (
    <li className="relative flex items-center gap-4 px-4 py-3 transition-colors hover:bg-hover">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-48">
          <button
            type="button"
            aria-label={t('webhooks.open', { name: webhook.display_name })}
            onClick={onOpen}
            className="block max-w-full truncate text-left font-medium after:absolute after:inset-0"
          >
            {webhook.display_name}
          </button>
          <p className="truncate text-small text-soft">{webhook.webhook_url}</p>
        </div>
        <Standing webhook={webhook} now={now} />
        {webhook.webhook_status === 'active' && last?.error && (
          <p className="basis-full text-small text-soft">{last.error}</p>
        )}
      </div>
      <ChevronRight size={16} strokeWidth={1.5} className="shrink-0 text-soft" aria-hidden />
    </li>
  );
}

/** The owner of the studio alone may open the own network to webhooks. */
function PrivateTargets({ allowed }: { allowed: boolean }) {
  const { t } = useTranslation();
  const allow = useAllowPrivateTargets();
  return (
    <div className="flex flex-col gap-3 rounded-card border border-line bg-surface px-4 py-3">
      <div className="flex items-start justify-between gap-6">
        <div>
          <p id="webhooks-private" className="font-medium">
            {t('webhooks.private')}
          </p>
          <p id="webhooks-private-hint" className="max-w-prose text-small text-soft">
            {t('webhooks.privateHint')}
          </p>
        </div>
        <Switch
          aria-labelledby="webhooks-private"
          aria-describedby="webhooks-private-hint"
          checked={allowed}
          onChange={(on) => allow.mutate(on)}
        />
      </div>
      {allow.isError && <Problem error={allow.error} />}
    </div>
  );
}

function Add({ privateAllowed, onAdded }: { privateAllowed: boolean; onAdded: (id: string) => void }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const create = useCreateWebhook();
  if (!adding) {
    return (
      <Button className="self-start" onClick={() => setAdding(true)}>
        <Plus size={16} strokeWidth={1.5} aria-hidden />
        {t('webhooks.add')}
      </Button>
    );
  }
  return (
    <div className="animate-arrive rounded-card border border-line bg-surface p-4">
      <WebhookForm
        id="webhook-new"
        privateAllowed={privateAllowed}
        act={t('webhooks.create')}
        busy={create.isPending}
        error={create.error}
        onCancel={() => {
          create.reset();
          setAdding(false);
        }}
        onSubmit={(webhook) =>
          create.mutate(webhook, {
            onSuccess: ({ id }) => {
              setAdding(false);
              onAdded(id);
            },
          })
        }
      />
    </div>
  );
}

/** Whom the team tells of its tasks: for owner and admins. */
export function Webhooks() {
  const { t } = useTranslation();
  const operator = useConnection((state) => state.profile?.is_operator === true);
  const query = useWebhooks();
  const allowed = usePrivateTargets(operator);
  const [opened, setOpened] = useState<string | null>(null);
  const now = useNow(true, 30_000);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft">{t('webhooks.body')}</p>
      <Settled query={query}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <p className="text-soft">{t('webhooks.none')}</p>
          ) : (
            <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
              {webhooks.map((webhook) => (
                <Row key={webhook.id} webhook={webhook} now={now} onOpen={() => setOpened(webhook.id)} />
              ))}
            </ul>
          )
        }
      </Settled>
      <Add privateAllowed={allowed.data === true} onAdded={setOpened} />
      {allowed.data !== undefined && <PrivateTargets allowed={allowed.data} />}
      {opened && (
        <WebhookSheet id={opened} privateAllowed={allowed.data === true} onClose={() => setOpened(null)} />
      )}
    </div>
  );
}
