import { expect, it } from 'vitest';
import { LinkAgent } from './link-agent.ts';
import { soon, text, withGateway } from './support.ts';

const gateway = withGateway();

/** Another team with an agent of its own, whose owner lends it. */
async function lender(fields: Parameters<typeof LinkAgent.join>[2] = {}) {
  const { jwt, teamId } = await gateway.stranger();
  const key = await gateway.gateway.rooms.identity.createKey({ kind: 'agent', name: 'lent', teamId });
  const agent_id = `private-${crypto.randomUUID().slice(0, 6)}`;
  const agent = await LinkAgent.join(gateway.url, key, { agent_id, ...fields });
  const headers = { 'x-team-id': teamId };
  const lend = (is_community: boolean) =>
    gateway.call('PUT', `/agents/${agent_id}/community`, jwt, { json: { is_community }, headers });
  return { agent, agent_id, jwt, headers, teamId, lend };
}
const task = async (id: string) => (await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.jwt)).body;
const assigned = async (agent: LinkAgent, count = 1) => {
  await expect.poll(() => agent.assigned.length, soon).toBe(count);
  return agent.assigned[count - 1] as NonNullable<(typeof agent.assigned)[number]>;
};
const pool = { target_pool: 'community' };

it('a task for the pool runs on an agent of another team, and neither learns who the other is', async () => {
  const workflow = await gateway.import({ workflow_slug: 'secret-plan', display_name: 'Secret plan' });
  const id = await gateway.run(workflow, pool);
  await expect
    .poll(() => task(id), soon)
    .toMatchObject({ waiting_reason: 'No agent of the community pool is connected.' });
  const { agent, agent_id, teamId, jwt, headers, lend } = await lender({ labels: ['adas-attic'] });
  expect(agent.assigned).toEqual([]);
  expect((await lend(true)).body).toMatchObject({ agent_id, is_community: true });
  const order = await assigned(agent);
  expect(order).toMatchObject({ foreign: true, workflow: { name: '', slug: '' } });
  const told = JSON.stringify(order);
  for (const secret of ['Secret plan', 'secret-plan', gateway.owner.teamId])
    expect(told).not.toContain(secret);
  agent.accept(order);
  await expect.poll(() => task(id), soon).toMatchObject({ task_status: 'running' });
  const shown = JSON.stringify(await task(id));
  expect(await task(id)).toMatchObject({ agent_id: 'community-agent', agent_labels: [] });
  for (const secret of [agent_id, 'adas-attic', teamId]) expect(shown).not.toContain(secret);
  agent.complete(order);
  await expect.poll(() => task(id), soon).toMatchObject({ task_status: 'completed' });
  const theirs = await gateway.call('GET', '/r/tasks', jwt, { headers });
  expect(theirs.body).toMatchObject({ task_list: [] });
});

it('does not say who it was when it goes away in the middle', async () => {
  const { agent, agent_id, lend } = await lender();
  await lend(true);
  const id = await gateway.run(await gateway.import({ workflow_slug: 'left-alone' }), pool);
  const order = await assigned(agent);
  agent.accept(order);
  agent.say({
    type: 'declined',
    attempt_id: order.attempt_id,
    fence: order.fence,
    reason: 'its owner took it',
  });
  await lend(false);
  await expect.poll(() => task(id), soon).toMatchObject({ task_status: 'waiting' });
  expect(JSON.stringify(await task(id))).not.toContain(agent_id);
  await gateway.call('POST', `/r/tasks/${id}/cancel`, gateway.keys.jwt);
});

it('is the owner’s to lend, and no member’s', async () => {
  const { agent_id, jwt, headers, lend } = await lender();
  expect((await lend(true)).status).toBe(200);
  const mine = await gateway.call('GET', '/agents', jwt, { headers });
  expect(mine.body).toMatchObject({ agent_list: [{ agent_id, is_community: true }] });
  await lend(false);
  const admin = await gateway.stranger('admin');
  const reply = await gateway.call('PUT', `/agents/${agent_id}/community`, admin.jwt, {
    json: { is_community: true },
    headers: { 'x-team-id': gateway.owner.teamId },
  });
  expect(reply.status).toBe(403);
});

it('serves its own team first, and takes nothing of others ahead', async () => {
  const { agent, jwt, headers, lend } = await lender({ staging: 2 });
  await lend(true);
  const own = text(
    await gateway.call('POST', '/workflows/import', jwt, {
      headers,
      json: {
        workflow_slug: 'own',
        display_name: 'Own',
        workflow_json: { '1': { class_type: 'EmptyImage', inputs: {} } },
      },
    }),
    'id',
  );
  const workflow = await gateway.import({ workflow_slug: 'many' });
  const foreign = [await gateway.run(workflow, { ...pool, priority: 100 })];
  const first = await assigned(agent);
  agent.accept(first);
  foreign.push(await gateway.run(workflow, { ...pool, priority: 100 }));
  await expect
    .poll(() => task(foreign[1] ?? ''), soon)
    .toMatchObject({ waiting_reason: 'The agents of the community pool that fit are busy.' });
  const ran = await gateway.call('POST', `/r/workflows/${own}/run`, jwt, { headers, json: {} });
  expect((await assigned(agent, 2)).task_id).toBe(text(ran, 'task_id'));
  agent.complete(first);
  const second = agent.assigned[1];
  if (second) agent.complete(second);
  const last = await assigned(agent, 3);
  expect(last.task_id).toBe(foreign[1]);
  agent.complete(last);
  await expect.poll(() => task(last.task_id), soon).toMatchObject({ task_status: 'completed' });
  await lend(false);
});

it('gives a team no more than its quota', async () => {
  const { agent, lend } = await lender({ slots: 4 });
  await lend(true);
  const { features } = gateway.gateway.rooms.identity;
  await features.set('team', gateway.owner.teamId, { quotas: { max_community_tasks: 1 } });
  const workflow = await gateway.import({ workflow_slug: 'rationed' });
  await gateway.run(workflow, pool);
  const order = await assigned(agent);
  const second = await gateway.run(workflow, pool);
  await expect
    .poll(() => task(second), soon)
    .toMatchObject({ waiting_reason: expect.stringContaining('max_community_tasks') });
  agent.accept(order);
  agent.complete(order);
  expect((await assigned(agent, 2)).task_id).toBe(second);
});
