import type { Row } from './rows.ts';
import type { World } from './world.ts';

/** A public address that is written out, so that no name has to be resolved. */
const url = 'https://93.184.215.14/hook';

const one = async ({ gateway }: World) => {
  const { webhooks } = gateway.gateway.rooms;
  const request = { display_name: 'walked', webhook_url: url, webhook_events: ['task.completed' as const] };
  return { webhookId: (await webhooks.create(gateway.owner.teamId, request)).id };
};
/** So that the team's quota is never used up. */
const only = async (world: World) => {
  const { store } = world.gateway.gateway.rooms;
  await store.write((writer) => writer.hotRun('DELETE FROM webhooks'));
  return one(world);
};

export const webhookRows: Readonly<Record<string, Row>> = {
  createWebhook: async (world) => {
    await only(world);
    return { json: { display_name: 'a', webhook_url: url, webhook_events: ['task.failed'] }, ok: 200 };
  },
  listWebhooks: () => ({ ok: 200 }),
  getWebhook: async (world) => ({ at: await only(world), ok: 200 }),
  updateWebhook: async (world) => ({ at: await only(world), json: { display_name: 'b' }, ok: 200 }),
  deleteWebhook: async (world) => ({ at: await only(world), ok: 204 }),
  rotateWebhookSecret: async (world) => ({ at: await only(world), ok: 200 }),
  testWebhook: async (world) => {
    const at = await only(world);
    const { store } = world.gateway.gateway.rooms;
    // An address that is refused before anything is sent.
    await store.write((writer) => writer.hotRun(`UPDATE webhooks SET url = 'https://127.0.0.1:9/'`));
    return { at, ok: 200 };
  },
  listWebhookDeliveries: async (world) => ({ at: await only(world), ok: 200 }),
};
