import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import { type Pagination, toTimestamp } from '#shared/wire/common.ts';
import type { TaskEventData } from '#shared/wire/events.ts';
import type {
  CreateWebhookRequest,
  UpdateWebhookRequest,
  WebhookBody,
  WebhookEvent,
} from '#shared/wire/webhooks.ts';
import type { Features } from '../identity/features.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../store/rows/webhooks.ts';
import type { TaskEventRow } from '../store/schema.ts';
import type { Reader, Writer } from '../store/store.ts';
import { Courier, type CourierPorts, placeOf } from './courier.ts';
import { giveUp, insertDelivery, keepAttempt } from './outbox.ts';
import { Pruning } from './pruning.ts';
import { newSecret } from './sign.ts';

export interface WebhookPorts extends Omit<CourierPorts, 'enabled'> {
  readonly features: Features;
  /** What a finished task made, in short. */
  readonly summary: (reader: Reader, taskId: string) => WebhookBody['task_output'];
}

/** A webhook as the list shows it. */
export type ListedWebhook = WebhookRow & {
  readonly waiting: number;
  readonly last: WebhookDeliveryRow | undefined;
};

/** Whom a team tells of its tasks. What is to be told goes through an outbox; the courier takes it from there. */
export class Webhooks {
  readonly #ports: WebhookPorts;
  readonly #courier: Courier;
  readonly #pruning: Pruning;

  constructor(ports: WebhookPorts) {
    this.#ports = ports;
    this.#courier = new Courier({
      ...ports,
      enabled: (teamId) => ports.features.has('team', 'webhooks', teamId),
    });
    this.#pruning = new Pruning(ports);
  }

  /** Delivers what a former life has left, oldest first, and then what comes. */
  start(): void {
    this.#courier.start();
    this.#pruning.start();
  }

  async stop(): Promise<void> {
    this.#pruning.stop();
    await this.#courier.stop();
  }

  /** Something may be due: a task has ended, time has passed. */
  look(): void {
    this.#courier.look();
  }

  /** Joins the unit of work of a task's event: what is to be told of it is on disk with it, or neither is. */
  enqueue(writer: Writer, { event, team_id, task_id, data_json, created_at }: TaskEventRow): void {
    if (event !== 'completed' && event !== 'failed') return;
    const event_type: WebhookEvent = `task.${event}`;
    const listening = writer
      .hot<WebhookRow>(`SELECT * FROM webhooks WHERE team_id = ? AND status = 'active' ORDER BY id`, team_id)
      .filter((webhook) => eventsOf(webhook).includes(event_type));
    if (listening.length === 0 || !this.#ports.features.has('team', 'webhooks', team_id)) return;
    const failed = event === 'failed';
    const body: WebhookBody = {
      event_type,
      task_id,
      task_status: event,
      task_output: failed ? null : this.#ports.summary(writer, task_id),
      task_error: failed ? (JSON.parse(data_json) as TaskEventData<'failed'>).error : '',
      timestamp: toTimestamp(created_at),
    };
    for (const { id } of listening) this.#enter(writer, id, body, task_id, created_at);
  }

  /** @param dueAt null: only the caller sends it */
  #enter(
    writer: Writer,
    webhookId: string,
    body: WebhookBody,
    taskId: string | null,
    dueAt: number | null,
  ): WebhookDeliveryRow {
    const row: WebhookDeliveryRow = {
      id: v7(),
      webhook_id: webhookId,
      event_type: body.event_type,
      task_id: taskId,
      body: JSON.stringify(body),
      status: 'waiting',
      next_at: dueAt,
      attempts_json: '[]',
      error: '',
      created_at: this.#ports.clock(),
    };
    insertDelivery(writer, row);
    return row;
  }

  /** @throws AppError `webhook_target_refused`, `quota_exceeded` */
  async create(teamId: string, request: CreateWebhookRequest): Promise<{ id: string; secret: string }> {
    const { store, features, secrets, targets, clock, changed } = this.#ports;
    await targets.check(request.webhook_url);
    const [id, secret] = [v7(), newSecret()];
    await store.write((writer) => {
      const [{ used = 0 } = {}] = writer.hot<{ used: number }>(
        'SELECT COUNT(*) AS used FROM webhooks WHERE team_id = ?',
        teamId,
      );
      features.spend(writer, 'team', 'max_webhooks', used, teamId);
      const row: WebhookRow = {
        id,
        team_id: teamId,
        display_name: request.display_name,
        url: request.webhook_url,
        events_json: JSON.stringify([...new Set(request.webhook_events)]),
        status: 'active',
        secret: secrets.seal(secret, placeOf(id)),
        created_at: clock(),
        last_delivered_at: null,
      };
      writer.run(store.sql.insertInto('webhooks').values(row));
    });
    changed(teamId);
    return { id, secret };
  }

  find(teamId: string, id: string): WebhookRow {
    const { read } = this.#ports.store;
    const row = read.hot<WebhookRow>('SELECT * FROM webhooks WHERE id = ? AND team_id = ?', id, teamId)[0];
    if (!row) throw new AppError('not_found', 'There is no such webhook in this team.');
    return row;
  }

  secretOf({ id, secret }: WebhookRow): string {
    return this.#ports.secrets.unseal(secret, placeOf(id));
  }

  /** Oldest first, as they were added. */
  list(teamId: string, { current_page, per_page }: Pagination): { webhooks: ListedWebhook[]; total: number } {
    const { read } = this.#ports.store;
    const rows = read.hot<WebhookRow & { waiting: number }>(
      `SELECT w.*, (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.next_at IS NOT NULL) AS waiting
       FROM webhooks w WHERE team_id = ? ORDER BY id LIMIT ? OFFSET ?`,
      teamId,
      per_page,
      (current_page - 1) * per_page,
    );
    const [{ total = 0 } = {}] = read.hot<{ total: number }>(
      'SELECT COUNT(*) AS total FROM webhooks WHERE team_id = ?',
      teamId,
    );
    return { webhooks: rows.map((row) => ({ ...row, last: this.#page(row.id, 1, 0)[0] })), total };
  }

  /** Only what is given changes. What waits goes to the new address; a disabled webhook's line is given up. */
  async update(teamId: string, id: string, request: UpdateWebhookRequest): Promise<void> {
    const { store, targets, changed } = this.#ports;
    this.find(teamId, id);
    if (request.webhook_url !== undefined) await targets.check(request.webhook_url);
    const { display_name, webhook_url: url, webhook_events: events, webhook_status: status } = request;
    const set = {
      ...(display_name === undefined ? {} : { display_name }),
      ...(url === undefined ? {} : { url }),
      ...(events === undefined ? {} : { events_json: JSON.stringify([...new Set(events)]) }),
      ...(status === undefined ? {} : { status }),
    };
    if (Object.keys(set).length === 0) return;
    await store.write((writer) => {
      writer.run(store.sql.updateTable('webhooks').set(set).where('id', '=', id));
      if (status === 'disabled') giveUp(writer, id, 'The webhook was disabled.');
    });
    changed(teamId);
  }

  /** With its log, and with what still waits for it. */
  async delete(teamId: string, id: string): Promise<void> {
    this.find(teamId, id);
    await this.#ports.store.write((writer) => writer.hotRun('DELETE FROM webhooks WHERE id = ?', id));
    this.#ports.changed(teamId);
  }

  /** The old secret is dead at once: what waits is signed with the new one. */
  async rotate(teamId: string, id: string): Promise<string> {
    const { store, secrets } = this.#ports;
    this.find(teamId, id);
    const secret = newSecret();
    await store.write((writer) =>
      writer.hotRun('UPDATE webhooks SET secret = ? WHERE id = ?', secrets.seal(secret, placeOf(id)), id),
    );
    return secret;
  }

  /** Sends a test now, once, and waits for what comes of it. */
  async test(teamId: string, id: string): Promise<WebhookDeliveryRow> {
    const { store, clock, changed } = this.#ports;
    const webhook = this.find(teamId, id);
    const body = testBody(clock());
    const row = await store.write((writer) => {
      // It may have been deleted since.
      if (writer.hot('SELECT 1 FROM webhooks WHERE id = ?', id).length === 0) throw new AppError('not_found');
      return this.#enter(writer, id, body, null, null);
    });
    const attempt = await this.#courier.attempt({ ...webhook, ...row });
    const status = attempt.error === '' ? 'delivered' : 'failed';
    const outcome = { status, next_at: null, error: attempt.error } as const;
    await store.write((writer) => keepAttempt(writer, row, attempt, outcome));
    changed(teamId);
    return { ...row, ...outcome, attempts_json: JSON.stringify([attempt]) };
  }

  /** Newest first. */
  deliveries(
    teamId: string,
    id: string,
    { current_page, per_page }: Pagination,
  ): { deliveries: WebhookDeliveryRow[]; total: number } {
    this.find(teamId, id);
    const [{ total = 0 } = {}] = this.#ports.store.read.hot<{ total: number }>(
      'SELECT COUNT(*) AS total FROM webhook_deliveries WHERE webhook_id = ?',
      id,
    );
    return { deliveries: this.#page(id, per_page, (current_page - 1) * per_page), total };
  }

  #page(webhookId: string, limit: number, offset: number): WebhookDeliveryRow[] {
    return this.#ports.store.read.hot<WebhookDeliveryRow>(
      'SELECT * FROM webhook_deliveries WHERE webhook_id = ? ORDER BY id DESC LIMIT ? OFFSET ?',
      webhookId,
      limit,
      offset,
    );
  }
}

export const eventsOf = ({ events_json }: Pick<WebhookRow, 'events_json'>): WebhookEvent[] =>
  JSON.parse(events_json) as WebhookEvent[];

/** Of the shape of a real one, about a task that does not exist. */
const testBody = (now: number): WebhookBody => ({
  event_type: 'webhook.test',
  task_id: '00000000-0000-0000-0000-000000000000',
  task_status: 'completed',
  task_output: { storage_key: 'tasks/00000000-0000-0000-0000-000000000000/0/test.png', image_count: 1 },
  task_error: '',
  timestamp: toTimestamp(now),
});
