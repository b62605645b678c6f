import { expect, it } from 'vitest';
import { Pruning } from '../../../../electron/gateway/webhooks/pruning.ts';
import { openReceiver, told } from '../../../helpers/webhook-receiver.ts';
import { eventually, Studio } from '../studio.ts';

const day = 86_400_000;
let now = Date.now();

async function hooked(studio: Studio, webhook_url: string): Promise<string> {
  const { identity, webhooks } = studio.rooms;
  await identity.features.set('global', '', { features: { private_webhooks: true } });
  const webhook_events = ['task.failed' as const];
  return (await webhooks.create(studio.teamId, { display_name: 'x', webhook_url, webhook_events })).id;
}

/** Tasks that fail one after the other; nothing else about them matters here. */
async function failures(studio: Studio, count: number): Promise<string[]> {
  const workflow = await studio.workflow();
  const ids = await Promise.all(Array.from({ length: count }, () => studio.submit(workflow)));
  const { store, events } = studio.rooms;
  const data = { status: 'failed', error: 'x', failure: null } as const;
  for (const id of ids) {
    now += 1;
    await store.write((writer) => events.append(writer, { id, team_id: studio.teamId }, 'failed', data));
  }
  return ids;
}

const deliveries = (studio: Studio, id: string) =>
  studio.rooms.webhooks.deliveries(studio.teamId, id, { current_page: 1, per_page: 1000 }).deliveries;

it('goes on after a restart with what waited, in the order in which it happened', async () => {
  const receiver = await openReceiver();
  // Not started: everything waits.
  const before = await Studio.open({ clock: () => now });
  const id = await hooked(before, receiver.url);
  const tasks = await failures(before, 9);
  await before.stop();
  expect(receiver.received).toEqual([]);

  const after = await Studio.open({ clock: () => ++now }, before.folder);
  await after.start();
  await eventually(() => expect(deliveries(after, id).every((one) => one.status === 'delivered')).toBe(true));
  expect(new Set(told(receiver).map(({ task_id }) => task_id))).toEqual(new Set(tasks));
  expect(receiver.received).toHaveLength(9);
  const began = deliveries(after, id).map(({ task_id, attempts_json }) => {
    const [first] = JSON.parse(attempts_json) as { attempted_at: string }[];
    return { task_id, at: first?.attempted_at ?? '' };
  });
  expect(began.toSorted((a, b) => (a.at < b.at ? -1 : 1)).map(({ task_id }) => task_id)).toEqual(tasks);
});

it('is stopped in the middle of a delivery, counts no attempt, and delivers it at the next start', async () => {
  const receiver = await openReceiver();
  receiver.answer = () => undefined;
  const before = await Studio.open({ clock: () => now });
  const id = await hooked(before, receiver.url);
  await before.start();
  const [task] = await failures(before, 1);
  before.rooms.webhooks.look();
  await eventually(() => expect(receiver.received).toHaveLength(1));
  await before.stop();

  receiver.answer = (reply) => void reply.writeHead(200).end();
  const after = await Studio.open({ clock: () => now }, before.folder);
  expect(deliveries(after, id)).toMatchObject([{ task_id: task, status: 'waiting', attempts_json: '[]' }]);
  await after.start();
  await eventually(() => expect(deliveries(after, id)).toMatchObject([{ status: 'delivered' }]));
  expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
});

it('forgets what is over and old or too much, and nothing that still waits', async () => {
  const studio = await Studio.open({ clock: () => now });
  const id = await hooked(studio, 'http://127.0.0.1:9/');
  await failures(studio, 3);
  const { store } = studio.rooms;
  const end = (which: string) =>
    store.write((writer) =>
      writer.hotRun(`UPDATE webhook_deliveries SET next_at = NULL, status = 'failed' WHERE ${which}`),
    );
  await end('id = (SELECT MIN(id) FROM webhook_deliveries)');
  now += 7 * day + 1000;
  const pruning = new Pruning({ store, clock: () => now, log: studio.rooms.config.log });
  await pruning.prune();
  const kept = deliveries(studio, id);
  expect(kept.map(({ status }) => status)).toEqual(['waiting', 'waiting']);

  await failures(studio, 520);
  await end(`id > '${kept[0]?.id}'`);
  await pruning.prune();
  const all = deliveries(studio, id);
  expect(all.filter(({ status }) => status === 'failed')).toHaveLength(500);
  expect(all.filter(({ status }) => status === 'waiting')).toHaveLength(2);
  // The newest are those that stay.
  expect(all[0]?.created_at).toBe(now);
});
