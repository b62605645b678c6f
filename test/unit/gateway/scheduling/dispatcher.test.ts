import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { beingGiven, lineIsPaused } from '../../../../electron/gateway/scheduling/filters.ts';
import { engine, eventually, Studio } from '../studio.ts';

/** Lets the dispatcher do all it can do now: its turns and the commits between them. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await turn();
}

describe('a paused line', () => {
  it('starts nothing, also after a restart, and goes on when it is resumed', async () => {
    const before = await Studio.open();
    const id = await before.submit(await before.workflow());
    await before.rooms.tasks.line.pause(before.teamId, true);
    await before.stop();
    const studio = await Studio.open({}, before.folder);
    await studio.start();
    const agent = await studio.agent();
    const next = await studio.submit(await studio.workflow());
    await settle();
    expect(agent.assigned).toEqual([]);
    expect(studio.detail(next).waiting_reason).toBe(lineIsPaused);
    await studio.rooms.tasks.line.pause(studio.teamId, false);
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([id]);
  });
});

describe('waking', () => {
  it('gives a task to an agent that is there when it is submitted', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const id = await studio.submit(await studio.workflow());
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([id]);
    expect(studio.task(id)).toMatchObject({ status: 'queued', agent_id: 'agent-1' });
  });

  it('gives a waiting task to an agent that comes', async () => {
    const studio = await Studio.open();
    const id = await studio.submit(await studio.workflow());
    await settle();
    expect(studio.task(id).status).toBe('waiting');
    const agent = await studio.agent();
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([id]);
  });

  it('gives the next task when the agent has finished one', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const workflow = await studio.workflow();
    const ids = [await studio.submit(workflow), await studio.submit(workflow)];
    await settle();
    expect(agent.assigned).toHaveLength(1);
    await agent.complete(await agent.assignment(ids[0] ?? ''));
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual(ids);
  });

  it('gives work again when the engine is ready again', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent({ engines: [engine({ state: 'crashed', reason: 'it fell over' })] });
    const id = await studio.submit(await studio.workflow());
    await settle();
    expect(agent.assigned).toEqual([]);
    expect(studio.detail(id).waiting_reason).toBe('The agent agent-1 is not ready: it fell over');
    await agent.engine(engine());
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([id]);
  });

  it('gives a task whose attempt was lost to somebody else', async () => {
    const studio = await Studio.open({ timings: { leaseMs: 20 } });
    const first = await studio.agent({ agent_id: 'first' });
    const id = await studio.submit(await studio.workflow());
    await first.assignment(id);
    const second = await studio.agent({ agent_id: 'second' });
    first.drop();
    const again = await second.assignment(id);
    expect(again.fence).toBeGreaterThan(first.assigned[0]?.fence ?? Number.NaN);
  });

  it('takes up after a restart what was in line, in its order', async () => {
    const before = await Studio.open();
    const workflow = await before.workflow();
    const ids = [await before.submit(workflow), await before.submit(workflow), await before.submit(workflow)];
    await before.stop();
    const after = await Studio.open({}, before.folder);
    await after.start();
    const agent = await after.agent({ slots: 3 });
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual(ids);
  });
});

describe('places', () => {
  it('are never given twice, whatever the agent says while attempts are being opened', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent({ slots: 2, staging: 1 });
    const workflow = await studio.workflow();
    const submitting = Array.from({ length: 10 }, () => studio.submit(workflow));
    for (let n = 0; n < 20; n += 1) {
      agent.tell({ type: 'heartbeat' });
      await turn();
    }
    await Promise.all(submitting);
    await settle();
    expect(agent.assigned).toHaveLength(3);
  });

  it('are free again when a task was cancelled in the very moment it was given away', async () => {
    const studio = await Studio.open();
    const agent = await studio.agent();
    const workflow = await studio.workflow();
    const [id = '', next] = await Promise.all([studio.submit(workflow), studio.submit(workflow)]);
    await studio.rooms.tasks.cancel(studio.teamId, id);
    await settle();
    expect(studio.task(id).status).toBe('cancelled');
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([next]);
  });

  it('go round between submitters', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow();
    const ada = [await studio.submit(workflow), await studio.submit(workflow), await studio.submit(workflow)];
    const bob = [await studio.submit(workflow, {}, 'bob')];
    const agent = await studio.agent({ slots: 4 });
    await settle();
    expect(agent.assigned.map(({ task_id }) => task_id)).toEqual([ada[0], bob[0], ada[1], ada[2]]);
  });

  it('are filled with more tasks than are decided in one turn', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow();
    await Promise.all(Array.from({ length: 250 }, () => studio.submit(workflow)));
    const agents = await Promise.all(
      Array.from({ length: 4 }, (_, n) => studio.agent({ agent_id: `a${n}`, slots: 64 })),
    );
    await eventually(() => {
      expect(agents.reduce((sum, { assigned }) => sum + assigned.length, 0)).toBe(250);
    });
    expect(studio.rooms.scheduler.size).toBe(0);
  });
});

describe('the reason', () => {
  it('is stored and told once, and is in the API as long as a task waits', async () => {
    const studio = await Studio.open();
    const id = await studio.submit(await studio.workflow({ required_labels: ['sd15'] }));
    expect(studio.detail(id).waiting_reason).toBe('No agent is connected.');
    await settle();
    expect(studio.story(id)).toEqual(['pending', 'waiting']);
    await studio.agent();
    await settle();
    expect(studio.detail(id)).toMatchObject({
      task_status: 'waiting',
      waiting_reason: 'No agent has the label sd15.',
      queue_position: 1,
    });
    expect(studio.story(id)).toEqual(['pending', 'waiting']);
  });

  it('is there from the first moment to the last, and gone then', async () => {
    const studio = await Studio.open();
    await studio.agent();
    const id = await studio.submit(await studio.workflow());
    const reasons = new Set<string>();
    while (studio.task(id).status !== 'queued') {
      reasons.add(studio.detail(id).waiting_reason);
      await turn();
    }
    expect([...reasons]).toEqual([beingGiven]);
    expect(studio.detail(id).waiting_reason).toBe('');
  });

  it('is told to every task of a large batch', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow();
    const ids = await Promise.all(Array.from({ length: 450 }, () => studio.submit(workflow)));
    await eventually(() => {
      expect(new Set(ids.map((id) => studio.task(id).status))).toEqual(new Set(['waiting']));
    });
  });

  it('of an agent’s choice is told with the assignment', async () => {
    const studio = await Studio.open();
    await studio.agent();
    const id = await studio.submit(await studio.workflow());
    await studio.until(id, 'queued');
    const [row] = studio.rooms.store.read.hot<{ data_json: string }>(
      `SELECT data_json FROM task_events WHERE task_id = ? AND data_json LIKE '%queued%'`,
      id,
    );
    expect(JSON.parse(row?.data_json ?? '{}')).toMatchObject({
      reason: expect.stringMatching(/^Chosen by preferred GPU 50 %, warm models 0 %/),
    });
  });
});

it('keeps tasks in line while the store can’t write, and gives them when it can again', async () => {
  const studio = await Studio.open();
  const id = await studio.submit(await studio.workflow());
  await settle();
  const open = vi.spyOn(studio.rooms.tasks.attempts, 'open').mockRejectedValueOnce(new Error('disk full'));
  const agent = await studio.agent();
  await settle();
  expect(open).toHaveBeenCalledTimes(1);
  expect(agent.assigned).toEqual([]);
  expect(studio.detail(id)).toMatchObject({ task_status: 'waiting', queue_position: 1 });
  await agent.assignment(id);
});
