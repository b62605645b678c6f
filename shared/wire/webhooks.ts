import { z } from 'zod';
import { pageMeta, timestamp, uuid } from './common.ts';

/** What a team can be told about (Cyberun spec 5.7). */
export const webhookEvents = ['task.completed', 'task.failed'] as const;
export const webhookEvent = z.enum(webhookEvents).meta({ id: 'WebhookEvent' });
export type WebhookEvent = z.infer<typeof webhookEvent>;

/** Signs the raw body: `sha256=` and the hex of HMAC-SHA256 with the webhook's secret. */
export const signatureHeader = 'X-Webhook-Signature-256';
export const signaturePrefix = 'sha256=';
export const secretPrefix = 'whsec_';

/** The body of a delivery, field by field as documented. `webhook.test` is ours. */
export const webhookBody = z
  .object({
    event_type: z.enum([...webhookEvents, 'webhook.test']),
    task_id: uuid,
    task_status: z.enum(['completed', 'failed']),
    task_output: z
      .object({ storage_key: z.string(), image_count: z.int() })
      .loose()
      .nullable()
      .meta({ description: 'null on failure.' }),
    task_error: z.string().meta({ description: 'Empty on success.' }),
    timestamp,
  })
  .meta({ id: 'WebhookBody' });
export type WebhookBody = z.infer<typeof webhookBody>;

const displayName = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .meta({ examples: ['Render farm'] });

const webhookUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .meta({
    description:
      'https, and public. Where the owner of the studio allows it (the feature `private_webhooks`), addresses of the own ' +
      'network too, there also by http.',
    examples: ['https://hooks.example.org/atelier'],
  });

const webhookSecret = z.string().meta({
  description: 'Signs what is sent.',
  examples: ['whsec_9tY0cJ2m4Qw8ZkR1xVb7nLs5uHd3Gf6aPe0iTo2yKjM'],
});

const subscribed = z
  .array(webhookEvent)
  .min(1)
  .max(webhookEvents.length)
  .meta({ examples: [['task.completed', 'task.failed']] });

export const webhookStatus = z.enum(['active', 'disabled']).meta({ id: 'WebhookStatus' });

export const createWebhookRequest = z
  .object({ display_name: displayName, webhook_url: webhookUrl, webhook_events: subscribed })
  .meta({ id: 'CreateWebhookRequest' });
export type CreateWebhookRequest = z.infer<typeof createWebhookRequest>;

export const createWebhookReply = z
  .object({ id: uuid, webhook_secret: webhookSecret })
  .meta({ id: 'CreateWebhookReply' });

export const updateWebhookRequest = z
  .object({
    display_name: displayName.optional(),
    webhook_url: webhookUrl.optional(),
    webhook_events: subscribed.optional(),
    webhook_status: webhookStatus.optional().meta({
      description: 'A disabled webhook is sent nothing; what still waits for it is given up.',
    }),
  })
  .meta({ id: 'UpdateWebhookRequest', description: 'Only what is given changes.' });
export type UpdateWebhookRequest = z.infer<typeof updateWebhookRequest>;

export const rotateWebhookSecretReply = z
  .object({ webhook_secret: webhookSecret })
  .meta({ id: 'RotateWebhookSecretReply' });

/** One try to deliver. */
export const webhookAttempt = z
  .object({
    attempted_at: timestamp,
    duration_ms: z.int().meta({ examples: [84] }),
    status_code: z
      .int()
      .nullable()
      .meta({ description: 'null when nothing answered.', examples: [200] }),
    response_body: z.string().meta({ description: 'The first 1,000 characters of the answer.' }),
    error: z.string().meta({ description: 'Why it counts as failed, for people; empty when it does not.' }),
  })
  .meta({ id: 'WebhookAttempt' });
export type WebhookAttempt = z.infer<typeof webhookAttempt>;

export const deliveryStatus = z
  .enum(['waiting', 'delivered', 'failed'])
  .meta({ id: 'WebhookDeliveryStatus' });

export const webhookDelivery = z
  .object({
    id: uuid,
    event_type: webhookBody.shape.event_type,
    task_id: uuid.nullable().meta({ description: 'null for a test.' }),
    delivery_status: deliveryStatus,
    request_body: z.string().meta({ description: 'As it is sent and signed.' }),
    attempts: z.array(webhookAttempt).meta({ description: 'Oldest first.' }),
    error: z.string().meta({ description: 'Why it was given up, for people; else empty.' }),
    created_at: timestamp,
    next_attempt_at: timestamp.nullable().meta({ description: 'null when there is none to come.' }),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const webhookDeliveryList = z
  .object({ delivery_list: z.array(webhookDelivery), page_meta: pageMeta })
  .meta({ id: 'WebhookDeliveryList' });

const shown = {
  id: uuid,
  display_name: displayName,
  webhook_url: z.string().meta({ examples: ['https://hooks.example.org/atelier'] }),
  webhook_events: z.array(webhookEvent),
  webhook_status: webhookStatus,
  created_at: timestamp,
  last_delivered_at: timestamp.nullable().meta({ description: 'When a delivery last succeeded.' }),
};

export const webhookItem = z
  .object({
    ...shown,
    last_delivery: z
      .object({
        delivery_status: deliveryStatus,
        status_code: z.int().nullable(),
        error: z.string(),
        at: timestamp,
      })
      .nullable()
      .meta({ description: 'How the newest one stands.' }),
    waiting_count: z.int().meta({ description: 'Deliveries that are not over.' }),
  })
  .meta({ id: 'WebhookItem' });
export type WebhookItem = z.infer<typeof webhookItem>;

export const webhookList = z
  .object({ webhook_list: z.array(webhookItem), page_meta: pageMeta })
  .meta({ id: 'WebhookList' });

/** GET /webhooks/{webhookId} (spec 3.14). */
export const webhookDetail = z
  .object({ ...shown, webhook_secret: webhookSecret })
  .meta({ id: 'WebhookDetail' });
export type WebhookDetail = z.infer<typeof webhookDetail>;
