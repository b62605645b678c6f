import { beforeAll, describe, expect, it } from 'vitest';
import { linkClose } from '../../../shared/link/protocol.ts';
import type { AgentItem, AwayAgent } from '../../../shared/wire/agents.ts';
import { Studio } from '../../unit/gateway/studio.ts';
import { LinkAgent } from './link-agent.ts';
import { soon, withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';
beforeAll(async () => {
  workflow = await gateway.import();
});

const call = (method: string, path: string, json?: unknown, key = gateway.keys.jwt) =>
  gateway.call(method, `/agents/${path}`, key, json === undefined ? {} : { json });
const agents = async () =>
  (await gateway.call('GET', '/agents', gateway.keys.jwt)).body as {
    agent_list: AgentItem[];
    away_list: AwayAgent[];
  };
const item = async (id: string) => (await agents()).agent_list.find(({ agent_id }) => agent_id === id);
const away = async (id: string) => (await agents()).away_list.find(({ agent_id }) => agent_id === id);
const task = async (id: string) => (await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.jwt)).body;
const join = (agent_id: string, key = gateway.keys.agent) => LinkAgent.join(gateway.url, key, { agent_id });
const ownKey = () =>
  gateway.gateway.rooms.identity.createKey({ kind: 'agent', name: 'own', teamId: gateway.owner.teamId });

describe('labels', () => {
  it('are added to those that the agent tells, and scheduling honours them at once', async () => {
    const agent = await join('labelled');
    const picky = await gateway.import({ workflow_slug: 'picky', required_labels: ['Fast-Disk'] });
    const id = await gateway.run(picky);
    await expect
      .poll(() => task(id), soon)
      .toMatchObject({ waiting_reason: 'No agent has the label Fast-Disk.' });
    expect(
      (await call('PUT', 'labelled', { added_labels: [' fast-disk ', 'GPU', 'FAST-disk'] })).body,
    ).toEqual({
      agent_id: 'labelled',
      added_labels: ['fast-disk', 'GPU'],
      is_draining: false,
      is_community: false,
    });
    await expect.poll(() => agent.assigned.length, soon).toBe(1);
    expect(await task(id)).toMatchObject({ agent_id: 'labelled', agent_labels: ['gpu', 'fast-disk'] });
    expect(await item('labelled')).toMatchObject({
      agent_labels: ['gpu', 'fast-disk'],
      added_labels: ['fast-disk', 'GPU'],
    });
    await call('PUT', 'labelled', { added_labels: [] });
    expect(await item('labelled')).toMatchObject({ agent_labels: ['gpu'] });
  });

  it('are there when the agent comes back', async () => {
    const agent = await join('comes-back');
    await agent.leave();
    await expect.poll(() => away('comes-back'), soon).toMatchObject({ hostname: 'kiln' });
    await call('PUT', 'comes-back', { added_labels: ['night'] });
    await join('comes-back');
    expect(await item('comes-back')).toMatchObject({ agent_labels: ['gpu', 'night'] });
    expect(await away('comes-back')).toBeUndefined();
  });

  it.each([[''], ['a,b'], ['a\u0000b'], ['x'.repeat(101)]])('refuse %j', async (label) => {
    await join('fussy');
    expect((await call('PUT', 'fussy', { added_labels: [label] })).status).toBe(400);
  });
});

describe('draining', () => {
  it('lets it finish what it has and gives it no more, until it is resumed', async () => {
    const agent = await join('drained');
    const first = await gateway.run(workflow);
    await expect.poll(() => agent.assigned.length, soon).toBe(1);
    const [attempt] = agent.assigned;
    if (!attempt) throw new Error('not assigned');
    agent.accept(attempt);
    expect((await call('POST', 'drained/drain')).body).toMatchObject({ is_draining: true });
    const second = await gateway.run(workflow);
    await expect
      .poll(() => task(second), soon)
      .toMatchObject({ waiting_reason: expect.stringContaining('it is being drained') });
    agent.complete(attempt);
    await expect.poll(() => task(first), soon).toMatchObject({ task_status: 'completed' });
    expect(await item('drained')).toMatchObject({ is_draining: true, running_count: 0 });
    expect(agent.heard.filter(({ type }) => type === 'drain')).toMatchObject([{ draining: true }]);
    expect(agent.assigned).toHaveLength(1);
    await call('POST', 'drained/resume');
    await expect.poll(() => agent.assigned.length, soon).toBe(2);
  });

  it('holds when the agent comes back, and when the gateway does', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { roster, agents: registry } = studio.rooms;
    await roster.setDraining(studio.teamId, 'agent-1', true);
    registry.decided(studio.teamId, 'agent-1');
    await studio.stop();
    expect(agent.session.draining).toBe(true);
    const again = await Studio.open({}, studio.folder);
    const back = await again.agent();
    expect(back.session.draining).toBe(true);
    const id = await again.submit(await again.workflow());
    await again.until(id, 'waiting');
    expect(back.assigned).toEqual([]);
  });
});

describe('removing', () => {
  it('sends it away, gives back what it held, and ends its key when nobody else uses it', async () => {
    const key = await ownKey();
    const agent = await join('leaving', key);
    const id = await gateway.run(workflow);
    await expect.poll(() => agent.assigned.length, soon).toBe(1);
    expect((await call('DELETE', 'leaving')).body).toEqual({ is_success: true, key_revoked: true });
    await expect.poll(() => agent.closed, soon).toBe(linkClose.badCredential);
    await expect.poll(() => task(id), soon).toMatchObject({ task_status: 'waiting', agent_id: null });
    expect(await item('leaving')).toBeUndefined();
    expect(await away('leaving')).toBeUndefined();
    await expect(join('leaving', key)).rejects.toThrow('401');
    expect((await call('DELETE', 'leaving')).status).toBe(404);
    await gateway.gateway.rooms.tasks.attempts.cancel(id);
  });

  it('leaves a key alone that another agent uses', async () => {
    const key = await ownKey();
    await join('one-of-two', key);
    await join('other-of-two', key);
    expect((await call('DELETE', 'one-of-two')).body).toMatchObject({ key_revoked: false });
    expect(await item('other-of-two')).toBeDefined();
    expect((await call('DELETE', 'other-of-two')).body).toMatchObject({ key_revoked: true });
  });

  it('is refused for the built-in agent, with what to do instead', async () => {
    const key = await ownKey();
    const { identity, roster } = gateway.gateway.rooms;
    roster.builtIn(identity.verifyKey(key)?.id ?? '');
    await join('built-in', key);
    expect(await call('DELETE', 'built-in')).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('Drain it') },
    });
    expect(await item('built-in')).toBeDefined();
  });

  it('is for admins', async () => {
    await join('guarded');
    const { jwt } = await gateway.stranger('member');
    const headers = { 'x-team-id': gateway.owner.teamId };
    for (const [method, path] of [
      ['DELETE', 'guarded'],
      ['POST', 'guarded/drain'],
    ] as const)
      expect((await gateway.call(method, `/agents/${path}`, jwt, { headers })).status).toBe(403);
  });
});

it('counts what an agent did', async () => {
  const key = await ownKey();
  const agent = await join('counted', key);
  for (const other of (await agents()).agent_list)
    if (other.agent_id !== 'counted') await call('POST', `${other.agent_id}/drain`);
  await gateway.call('POST', '/r/tasks/cancel', gateway.keys.integration, { json: { all: true } });
  const id = await gateway.run(workflow);
  await expect.poll(() => agent.assigned.length, soon).toBe(1);
  const [attempt] = agent.assigned;
  if (!attempt) throw new Error('not assigned');
  agent.accept(attempt);
  agent.complete(attempt);
  await expect.poll(() => task(id), soon).toMatchObject({ task_status: 'completed' });
  expect((await call('GET', 'counted/statistics')).body).toMatchObject({
    agent_id: 'counted',
    attempt_count: 1,
    by_outcome: { completed: 1 },
    run_time: { count: 1, median: expect.any(Number), p95: expect.any(Number) },
    last_ended_at: expect.stringMatching(/Z$/),
  });
  const before = '?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z';
  expect((await call('GET', `counted/statistics${before}`)).body).toMatchObject({
    attempt_count: 0,
    run_time: { count: 0, median: null, p95: null },
  });
});
