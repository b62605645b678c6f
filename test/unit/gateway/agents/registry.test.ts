import { rm } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { linkClose } from '../../../../shared/link/protocol.ts';
import { eventually, type FakeAgent, Studio } from '../studio.ts';

async function settle(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await turn();
}

async function running(studio: Studio, agent: FakeAgent) {
  const id = await studio.submit(await studio.workflow());
  const assigned = await agent.assignment(id);
  await agent.say('received', assigned, {});
  await agent.say('accepted', assigned, {});
  return { id, assigned, held: { attempt_id: assigned.attempt_id, fence: assigned.fence } };
}

const welcomes = (agent: FakeAgent) => agent.sent.filter((message) => message.type === 'welcome');

describe('a message', () => {
  it('is acknowledged when its effect is on disk, in the order of the numbers', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id } = await running(studio, agent);
    expect(studio.task(id).status).toBe('running');
    expect(agent.sent.filter(({ type }) => type === 'ack')).toEqual([
      { type: 'ack', seq: 1 },
      { type: 'ack', seq: 2 },
    ]);
  });

  it('that comes again is acknowledged again and changes nothing', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    const before = studio.story(id);
    agent.tell({ type: 'accepted', seq: 2, ...held });
    await agent.session.settled;
    expect(agent.sent.at(-1)).toEqual({ type: 'ack', seq: 2 });
    expect(studio.story(id)).toEqual(before);
  });

  it('that can’t be stored is not acknowledged: the connection is cut, for it to be said again', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    vi.spyOn(studio.rooms.tasks.attempts, 'completed').mockRejectedValueOnce(new Error('disk full'));
    await agent.say('completed', held, { outputs: [] });
    expect(agent.ending).toBe('cut');
    expect(agent.sent).not.toContainEqual({ type: 'ack', seq: 3 });
    await agent.connect({ attempts: [{ ...held, phase: 'done' }] }, true);
    expect(welcomes(agent).at(-1)).toMatchObject({ resumed: false, last_received: 0, drop: [] });
    await agent.say('completed', held, { outputs: [] });
    expect(studio.task(id).status).toBe('completed');
  });
});

describe('an agent that comes back', () => {
  it('with its session goes on where it was: nothing is lost or done again', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    agent.drop();
    await agent.connect({ attempts: [{ ...held, phase: 'running' }] }, true);
    expect(welcomes(agent).at(-1)).toMatchObject({ resumed: true, last_received: 2, drop: [] });
    await agent.complete(held);
    expect(studio.task(id).status).toBe('completed');
    expect(studio.attempts(id)).toHaveLength(1);
  });

  it('gets what was sent while it was away, after the welcome', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    agent.drop();
    await studio.rooms.tasks.cancel(studio.teamId, id);
    agent.sent.length = 0;
    await agent.connect({ attempts: [{ ...held, phase: 'running' }] }, true);
    const types = agent.sent.map(({ type }) => type);
    expect(types[0]).toBe('welcome');
    expect(types).toContain('cancel');
    expect(agent.sent[0]).toMatchObject({ drop: [held.attempt_id] });
  });

  it('hears that what it said before the break was received only when that is on disk', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    agent.tell({ type: 'completed', seq: 3, ...held, outputs: [] });
    agent.drop();
    await agent.connect({ attempts: [{ ...held, phase: 'done' }] }, true);
    expect(welcomes(agent).at(-1)).toMatchObject({ resumed: true, last_received: 3 });
    expect(studio.task(id).status).toBe('completed');
  });

  it('without an attempt has lost it: another is opened', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    agent.drop();
    await agent.connect();
    const again = await eventually(() => {
      const last = agent.assigned.at(-1);
      if (!last || last.fence === held.fence) throw new Error('not yet');
      return last;
    });
    expect(again.task_id).toBe(id);
    expect(studio.attempts(id).map(({ outcome }) => outcome)).toEqual(['lost', null]);
  });

  it('with an attempt that was given up is told to drop it', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    agent.drop();
    await studio.rooms.tasks.cancel(studio.teamId, id);
    await agent.connect({ attempts: [{ ...held, phase: 'running' }] });
    expect(welcomes(agent).at(-1)).toMatchObject({ resumed: false, drop: [held.attempt_id] });
  });

  it('after a restart of the gateway keeps its attempt, and finishes it', async () => {
    const before = await Studio.open();
    const { id, held } = await running(before, await before.agent());
    await before.stop();
    const after = await Studio.open({}, before.folder);
    await after.start();
    const agent = await after.agent({ attempts: [{ ...held, phase: 'running' }] });
    expect(welcomes(agent)[0]).toMatchObject({ drop: [] });
    expect(agent.session.attempts.size).toBe(1);
    await agent.complete(held);
    expect(after.task(id).status).toBe('completed');
    expect(after.attempts(id)).toHaveLength(1);
  });

  it('while it still seems to be connected replaces its older connection', async () => {
    const studio = await Studio.open();
    const older = await studio.agent();
    const newer = await studio.agent();
    expect(older.ending).toBe(linkClose.replaced);
    expect(studio.rooms.agents.list(studio.teamId)).toHaveLength(1);
    const id = await studio.submit(await studio.workflow());
    await newer.assignment(id);
    expect(older.assigned).toEqual([]);
  });
});

describe('an agent that is gone', () => {
  it('keeps its attempts for the time of its lease, then they go to others', async () => {
    const studio = await Studio.open({ timings: { leaseMs: 30 } });
    const agent = await studio.agent();
    const { id } = await running(studio, agent);
    agent.drop();
    expect(studio.rooms.agents.list(studio.teamId)).toEqual([]);
    expect(studio.task(id).status).toBe('running');
    await studio.until(id, 'waiting');
    expect(studio.attempts(id)[0]?.outcome).toBe('lost');
  });

  it('does not come back after a restart of the gateway: its lease runs out all the same', async () => {
    const before = await Studio.open();
    const { id } = await running(before, await before.agent());
    await before.stop();
    const after = await Studio.open({ timings: { leaseMs: 30 } }, before.folder);
    await after.start();
    await after.until(id, 'waiting');
  });

  it('is noticed when it falls silent, though its connection was never closed', async () => {
    const studio = await Studio.open({ timings: { leaseMs: 30, heartbeatMs: 20 } });
    const agent = await studio.agent();
    const { id } = await running(studio, agent);
    await studio.until(id, 'waiting');
    expect(agent.ending).toBe('cut');
  });

  it('is not taken for gone while it sends heartbeats', async () => {
    const studio = await Studio.open({ timings: { leaseMs: 50, heartbeatMs: 200 } });
    const agent = await studio.agent();
    const { id } = await running(studio, agent);
    for (let n = 0; n < 25; n += 1) {
      agent.tell({ type: 'heartbeat' });
      await new Promise((done) => setTimeout(done, 40));
    }
    expect(agent.ending).toBeUndefined();
    expect(studio.task(id).status).toBe('running');
  });

  it('gives its task up after the third lease in a row', async () => {
    const studio = await Studio.open({ timings: { leaseMs: 5 } });
    const id = await studio.submit(await studio.workflow());
    for (let n = 0; n < 3; n += 1) {
      const agent = await studio.agent({ agent_id: `agent-${n}` });
      await agent.assignment(id);
      agent.drop();
      await studio.until(id, n < 2 ? 'waiting' : 'failed');
    }
    expect(studio.task(id).error).toBe(
      'Given up after 3 attempts. The agent agent-2 has been away for 0.005 s.',
    );
  });
});

describe('an assignment', () => {
  it('that is not acknowledged in time is taken back and given again', async () => {
    const studio = await Studio.open({ timings: { ackTimeoutMs: 20 } });
    const mute = await studio.agent({ agent_id: 'mute' });
    const id = await studio.submit(await studio.workflow());
    const first = await mute.assignment(id);
    await eventually(() => {
      expect(mute.sent).toContainEqual(
        expect.objectContaining({ type: 'cancel', attempt_id: first.attempt_id }),
      );
    });
    await eventually(() => expect(studio.attempts(id)[0]?.outcome).toBe('lost'));
    await studio.until(id, 'failed');
    expect(studio.task(id).error).toContain('did not answer within 0.02 s');
  });

  it('that was acknowledged is waited for as long as it takes', async () => {
    const studio = await Studio.open({ timings: { ackTimeoutMs: 400 } });
    const agent = await studio.agent();
    const id = await studio.submit(await studio.workflow());
    await agent.say('received', await agent.assignment(id), {});
    await new Promise((done) => setTimeout(done, 600));
    expect(studio.task(id).status).toBe('queued');
    expect(studio.attempts(id)).toHaveLength(1);
  });

  it('of a task that was cancelled in the same commit never leaves', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const id = await studio.submit(await studio.workflow(), {});
    // Both units are in one commit: the attempt is opened, and ended again, before the agent could be told of either.
    const { attempts } = studio.rooms.tasks;
    const open = attempts.open.bind(attempts);
    vi.spyOn(attempts, 'open').mockImplementationOnce((wanted) => {
      const opened = open(wanted);
      void attempts.cancel(id);
      return opened;
    });
    await studio.until(id, 'cancelled');
    await settle();
    expect(agent.assigned).toEqual([]);
    // The place is free for the next.
    const next = await studio.submit(await studio.workflow());
    await agent.assignment(next);
  });

  it('whose input is gone fails its task by name, and the others go on', async () => {
    const studio = await Studio.open();
    const parameters = [{ key: 'name', node_id: '2', field: 'filename_prefix', type: 'file' }];
    const workflow = await studio.workflow({ parameters });
    const { store } = studio.rooms;
    const id = await studio.submit(workflow);
    const good = await studio.submit(workflow);
    await store.write((writer) =>
      writer.hotRun(`UPDATE tasks SET parameters_json = '{"name":"inputs/gone"}' WHERE id = ?`, id),
    );
    const agent = await studio.agent({ slots: 2 });
    await agent.assignment(good);
    expect((await studio.until(id, 'failed')).error).toContain('"name"');
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([good]);
  });

  it('that is declined goes to another agent, and the one that declined gets a pause', async () => {
    const studio = await Studio.open({ timings: { declineRestMs: 500 } });
    const full = await studio.agent({ agent_id: 'full' });
    const id = await studio.submit(await studio.workflow());
    await full.say('declined', await full.assignment(id), { reason: 'its disk is full' });
    await settle();
    expect(full.assigned).toHaveLength(1);
    expect(studio.detail(id).waiting_reason).toBe(
      'The agent full is not ready: it has just declined work: its disk is full',
    );
    // After its pause it is asked again, and the task has lost nothing by it.
    await eventually(() => expect(full.assigned).toHaveLength(2));
    await full.complete(await full.assignment(id));
    expect(studio.task(id).status).toBe('completed');
  });

  it('that is given back because its engine leaves is no reason for a pause: another engine there takes it', async () => {
    const studio = await Studio.open({ timings: { declineRestMs: 600_000 } });
    const agent = await studio.agent({ agent_id: 'two-engines' });
    const id = await studio.submit(await studio.workflow());
    await agent.say('declined', await agent.assignment(id), {
      reason: 'its engine was stopped',
      rest: false,
    });
    await eventually(() => expect(agent.assigned).toHaveLength(2));
    await agent.complete(await agent.assignment(id));
    expect(studio.task(id).status).toBe('completed');
  });
});

describe('cancelling a run', () => {
  it('tells the agent, and counts its place until the agent has let go', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    const next = await studio.submit(await studio.workflow());
    await studio.rooms.tasks.cancel(studio.teamId, id);
    await settle();
    expect(agent.sent.at(-1)).toMatchObject({ type: 'cancel', attempt_id: held.attempt_id });
    expect(agent.assigned).toHaveLength(1);
    await agent.say('cancelled', held, {});
    await agent.assignment(next);
    expect(studio.task(id).status).toBe('cancelled');
  });

  it('lets nobody hear of its progress any more', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const { id, held } = await running(studio, agent);
    const heard: string[] = [];
    studio.rooms.events.onTask(id, ({ event }) => heard.push(event));
    const progress = (at: number) =>
      agent.tell({
        type: 'progress',
        ...held,
        progress: at,
        current_node: '1',
        current_node_class: 'X',
        current_node_title: 'X',
        step_current: 1,
        step_total: 2,
      });
    progress(0.5);
    expect(studio.detail(id).progress).toBe(0.5);
    await studio.rooms.tasks.cancel(studio.teamId, id);
    progress(0.6);
    expect(heard).toEqual(['progress', 'cancelled']);
    expect(studio.detail(id).progress).toBe(0);
  });
});

it('shows no progress of an attempt that was lost', async () => {
  const studio = await Studio.open({ timings: { leaseMs: 10 } });
  const agent = await studio.agent();
  const { id, held } = await running(studio, agent);
  const step = {
    current_node: '1',
    current_node_class: 'X',
    current_node_title: 'X',
    step_current: 1,
    step_total: 2,
  };
  agent.tell({ type: 'progress', ...held, progress: 0.9, ...step });
  agent.drop();
  await studio.until(id, 'waiting');
  await eventually(() => expect(studio.detail(id).progress).toBe(0));
});

it('stops without a trace: no timer, no write, no word', async () => {
  const studio = await Studio.open({ timings: { leaseMs: 5, ackTimeoutMs: 5 } });
  const agent = await studio.agent();
  await studio.submit(await studio.workflow());
  await agent.session.settled;
  await studio.stop();
  expect(agent.ending).toBe(1001);
  await rm(studio.folder, { recursive: true });
  await settle();
});
