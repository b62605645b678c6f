import type { WebhookAttempt } from '#shared/wire/webhooks.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../store/rows/webhooks.ts';
import type { Reader, Writer } from '../store/store.ts';

/** A delivery with what it takes to send it. */
export type DueDelivery = WebhookDeliveryRow & Pick<WebhookRow, 'team_id' | 'url' | 'secret'>;

const columns = [
  'id',
  'webhook_id',
  'event_type',
  'task_id',
  'body',
  'status',
  'next_at',
  'attempts_json',
  'error',
  'created_at',
] as const satisfies readonly (keyof WebhookDeliveryRow)[];

export function insertDelivery(writer: Writer, row: WebhookDeliveryRow): void {
  writer.hotRun(
    `INSERT INTO webhook_deliveries (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ...columns.map((column) => row[column]),
  );
}

// Both look at the head of each webhook's line only: a line may be very long.

/** Webhooks for which something is due, those first that have waited longest. */
export function webhooksDue(reader: Reader, now: number): string[] {
  return reader
    .hot<{ id: string }>(
      `SELECT id FROM (
         SELECT w.id, (SELECT MIN(d.next_at) FROM webhook_deliveries d
                       WHERE d.webhook_id = w.id AND d.next_at IS NOT NULL) AS first FROM webhooks w)
       WHERE first <= ? ORDER BY first`,
      now,
    )
    .map(({ id }) => id);
}

/** When the next one comes due that is not due yet. */
export function nextDue(reader: Reader, now: number): number | undefined {
  const [row] = reader.hot<{ next: number | null }>(
    `SELECT MIN(first) AS next FROM (
       SELECT (SELECT MIN(d.next_at) FROM webhook_deliveries d
               WHERE d.webhook_id = w.id AND d.next_at > ?) AS first FROM webhooks w)`,
    now,
  );
  return row?.next ?? undefined;
}

/** What is due for one webhook, in the order in which it happened. */
export function dueFor(reader: Reader, webhookId: string, now: number, most: number): DueDelivery[] {
  return reader.hot<DueDelivery>(
    `SELECT d.*, w.team_id, w.url, w.secret FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
     WHERE d.webhook_id = ? AND d.next_at <= ? ORDER BY d.next_at, d.id LIMIT ?`,
    webhookId,
    now,
    most,
  );
}

/** How it went on: over, or due again. */
export type Outcome = Pick<WebhookDeliveryRow, 'status' | 'next_at' | 'error'>;

/** Enters an attempt. One that was given up or deleted while it was under way stays so. */
export function keepAttempt(
  writer: Writer,
  delivery: Pick<WebhookDeliveryRow, 'id' | 'webhook_id' | 'attempts_json'>,
  attempt: WebhookAttempt,
  { status, next_at, error }: Outcome,
): void {
  const attempts = [...attemptsOf(delivery), attempt];
  const changed = writer.hotRun(
    `UPDATE webhook_deliveries SET attempts_json = ?, status = ?, next_at = ?, error = ?
     WHERE id = ? AND status = 'waiting'`,
    JSON.stringify(attempts),
    status,
    next_at,
    error,
    delivery.id,
  );
  if (changed > 0 && status === 'delivered') {
    const at = Date.parse(attempt.attempted_at) + attempt.duration_ms;
    writer.hotRun('UPDATE webhooks SET last_delivered_at = ? WHERE id = ?', at, delivery.webhook_id);
  }
}

export const attemptsOf = ({ attempts_json }: Pick<WebhookDeliveryRow, 'attempts_json'>): WebhookAttempt[] =>
  JSON.parse(attempts_json) as WebhookAttempt[];

/** Gives up what still waits for a webhook. */
export function giveUp(writer: Writer, webhookId: string, error: string): void {
  writer.hotRun(
    `UPDATE webhook_deliveries SET status = 'failed', next_at = NULL, error = ?
     WHERE webhook_id = ? AND next_at IS NOT NULL`,
    error,
    webhookId,
  );
}

/** Tests whose maker is gone: the gateway ended in the middle of them. */
export function endOrphans(writer: Writer, before: number): void {
  writer.hotRun(
    `UPDATE webhook_deliveries SET status = 'failed', error = 'Atelier was stopped in the middle of it.'
     WHERE status = 'waiting' AND next_at IS NULL AND created_at < ?`,
    before,
  );
}

/** Forgets some of what is over and older than `before`; returns how many. */
export function pruneOld(writer: Writer, before: number, most: number): number {
  return writer.hotRun(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE next_at IS NULL AND created_at < ? LIMIT ?)`,
    before,
    most,
  );
}

/** Forgets some of what is over and beyond the newest `kept` of a webhook; returns how many. */
export function pruneMany(writer: Writer, webhookId: string, kept: number, most: number): number {
  return writer.hotRun(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE webhook_id = ? AND next_at IS NULL
       ORDER BY id DESC LIMIT ? OFFSET ?)`,
    webhookId,
    most,
    kept,
  );
}
