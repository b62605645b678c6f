import type { WebhookBody } from '#shared/wire/webhooks.ts';

export interface WebhookRow {
  id: string;
  team_id: string;
  display_name: string;
  url: string;
  events_json: string;
  status: 'active' | 'disabled';
  /** Sealed by the room of secrets. */
  secret: Uint8Array;
  created_at: number;
  last_delivered_at: number | null;
}

/** The outbox, and afterwards the log: one row for what one webhook is told of one task. */
export interface WebhookDeliveryRow {
  id: string;
  webhook_id: string;
  event_type: WebhookBody['event_type'];
  /** Not a reference: the log outlives its task. null for tests. */
  task_id: string | null;
  /** The raw body, as every attempt sends it. */
  body: string;
  status: 'waiting' | 'delivered' | 'failed';
  /** When it is due; null once it is over. */
  next_at: number | null;
  /** An array of attempts as the API shows them, oldest first. */
  attempts_json: string;
  /** Why it was given up. */
  error: string;
  created_at: number;
}
