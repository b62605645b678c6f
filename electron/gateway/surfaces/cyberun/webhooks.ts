import { z } from 'zod';
import { idReply, paginationQuery, toTimestamp, uuid } from '#shared/wire/common.ts';
import {
  createWebhookReply,
  createWebhookRequest,
  rotateWebhookSecretReply,
  updateWebhookRequest,
  type WebhookDelivery,
  type WebhookItem,
  webhookDelivery,
  webhookDeliveryList,
  webhookDetail,
  webhookList,
} from '#shared/wire/webhooks.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import type { WebhookDeliveryRow, WebhookRow } from '../../store/rows/webhooks.ts';
import { attemptsOf } from '../../webhooks/outbox.ts';
import { eventsOf, type ListedWebhook } from '../../webhooks/webhooks.ts';
import { fewTries } from './limits.ts';
import { describe } from './route.ts';

const tag = 'webhook';
const params = z.object({ webhookId: uuid });
const target =
  'The target is checked here and again at every delivery: its name must not lead to addresses that are not public, ' +
  'unless the owner of the studio has allowed those of the own network (`private_webhooks`).';

/** Whom a team tells of its tasks (Cyberun spec 3.14 and 5.7). Owner and admins only. */
export function webhookRoutes(app: App, rooms: Rooms): void {
  createRoute(app, rooms);
  readRoutes(app, rooms);
  changeRoutes(app, rooms);
  secretRoute(app, rooms);
  deliveryRoutes(app, rooms);
}

function createRoute(app: App, { identity, webhooks }: Rooms): void {
  app.post(
    '/webhooks',
    {
      onRequest: permit(identity, 'createWebhook'),
      schema: describe(
        {
          tag,
          id: 'createWebhook',
          summary: 'Create a webhook',
          description: `${target} The secret is in this reply, and in that of GET.`,
          errors: [429],
        },
        { body: createWebhookRequest },
        { 200: createWebhookReply },
      ),
    },
    async (request) => {
      const { id, secret } = await webhooks.create(callerOf(request).teamId, request.body);
      return { id, webhook_secret: secret };
    },
  );
}

function readRoutes(app: App, { identity, webhooks }: Rooms): void {
  app.get(
    '/webhooks',
    {
      onRequest: permit(identity, 'listWebhooks'),
      schema: describe(
        {
          tag,
          id: 'listWebhooks',
          summary: 'List webhooks',
          description: 'In the order in which they were added, without their secrets.',
          ours: true,
        },
        { querystring: paginationQuery },
        { 200: webhookList },
      ),
    },
    (request) => {
      const { webhooks: rows, total } = webhooks.list(callerOf(request).teamId, request.query);
      return { webhook_list: rows.map(item), page_meta: { ...request.query, total_count: total } };
    },
  );

  app.get(
    '/webhooks/:webhookId',
    {
      onRequest: permit(identity, 'getWebhook'),
      schema: describe(
        {
          tag,
          id: 'getWebhook',
          summary: 'Get a webhook',
          description: 'With its secret. 409 when the secret can’t be read any more: rotate it then.',
          errors: [409],
        },
        { params },
        { 200: webhookDetail },
      ),
    },
    (request) => {
      const row = webhooks.find(callerOf(request).teamId, request.params.webhookId.toLowerCase());
      return { ...shown(row), webhook_secret: webhooks.secretOf(row) };
    },
  );
}

function changeRoutes(app: App, { identity, webhooks }: Rooms): void {
  app.put(
    '/webhooks/:webhookId',
    {
      onRequest: permit(identity, 'updateWebhook'),
      schema: describe(
        {
          tag,
          id: 'updateWebhook',
          summary: 'Update a webhook',
          description: `Only what is given changes; what still waits goes to the new address. ${target}`,
        },
        { params, body: updateWebhookRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const id = request.params.webhookId.toLowerCase();
      await webhooks.update(callerOf(request).teamId, id, request.body);
      return { id };
    },
  );

  app.delete(
    '/webhooks/:webhookId',
    {
      onRequest: permit(identity, 'deleteWebhook'),
      schema: describe(
        {
          tag,
          id: 'deleteWebhook',
          summary: 'Delete a webhook',
          description: 'With its log, and with what still waits for it.',
          ours: true,
        },
        { params },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      await webhooks.delete(callerOf(request).teamId, request.params.webhookId.toLowerCase());
      return reply.code(204).send(null);
    },
  );
}

function secretRoute(app: App, { identity, webhooks }: Rooms): void {
  app.post(
    '/webhooks/:webhookId/rotate-secret',
    {
      onRequest: permit(identity, 'rotateWebhookSecret'),
      schema: describe(
        {
          tag,
          id: 'rotateWebhookSecret',
          summary: 'Rotate the signing secret',
          description:
            'The old one is dead at once: what is sent from now on carries signatures of the new one.',
        },
        { params },
        { 200: rotateWebhookSecretReply },
      ),
    },
    async (request) => ({
      webhook_secret: await webhooks.rotate(callerOf(request).teamId, request.params.webhookId.toLowerCase()),
    }),
  );
}

function deliveryRoutes(app: App, rooms: Rooms): void {
  const { identity, webhooks } = rooms;
  app.post(
    '/webhooks/:webhookId/test',
    {
      ...fewTries(rooms, 3),
      onRequest: permit(identity, 'testWebhook'),
      schema: describe(
        {
          tag,
          id: 'testWebhook',
          summary: 'Send a test',
          description:
            'Sends a signed body with the event `webhook.test`, once, also to a disabled webhook, and answers with what ' +
            'came of it. Thirty tests a minute and address.',
          ours: true,
          errors: [429],
        },
        { params },
        { 200: webhookDelivery },
      ),
    },
    async (request) =>
      delivery(await webhooks.test(callerOf(request).teamId, request.params.webhookId.toLowerCase())),
  );

  app.get(
    '/webhooks/:webhookId/deliveries',
    {
      onRequest: permit(identity, 'listWebhookDeliveries'),
      schema: describe(
        {
          tag,
          id: 'listWebhookDeliveries',
          summary: 'List deliveries',
          description: 'Newest first. Kept for seven days, and at most the last 500 that are over.',
          ours: true,
        },
        { params, querystring: paginationQuery },
        { 200: webhookDeliveryList },
      ),
    },
    (request) => {
      const id = request.params.webhookId.toLowerCase();
      const { deliveries, total } = webhooks.deliveries(callerOf(request).teamId, id, request.query);
      return {
        delivery_list: deliveries.map(delivery),
        page_meta: { ...request.query, total_count: total },
      };
    },
  );
}

const optional = (at: number | null) => (at === null ? null : toTimestamp(at));

const shown = (row: WebhookRow) => ({
  id: row.id,
  display_name: row.display_name,
  webhook_url: row.url,
  webhook_events: eventsOf(row),
  webhook_status: row.status,
  created_at: toTimestamp(row.created_at),
  last_delivered_at: optional(row.last_delivered_at),
});

function item(row: ListedWebhook): WebhookItem {
  return {
    ...shown(row),
    last_delivery: row.last ? standing(row.last) : null,
    waiting_count: row.waiting,
  };
}

function standing(row: WebhookDeliveryRow): NonNullable<WebhookItem['last_delivery']> {
  const last = attemptsOf(row).at(-1);
  return {
    delivery_status: row.status,
    status_code: last?.status_code ?? null,
    error: row.error || (last?.error ?? ''),
    at: last?.attempted_at ?? toTimestamp(row.created_at),
  };
}

const delivery = (row: WebhookDeliveryRow): WebhookDelivery => ({
  id: row.id,
  event_type: row.event_type,
  task_id: row.task_id,
  delivery_status: row.status,
  request_body: row.body,
  attempts: attemptsOf(row),
  error: row.error,
  created_at: toTimestamp(row.created_at),
  next_attempt_at: optional(row.next_at),
});
