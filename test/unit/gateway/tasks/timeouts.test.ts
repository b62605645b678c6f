import { expect, it } from 'vitest';
import { Studio } from '../studio.ts';

/** A clock that is moved by hand; timers then find that nothing is left. */
function clockAt(start: number) {
  const clock = { now: start, read: () => clock.now };
  return clock;
}

it('fails a run that takes longer than its workflow allows, and tells its agent to stop', async () => {
  const studio = await Studio.open();
  const agent = await studio.agent();
  const id = await studio.submit(await studio.workflow({ task_timeout: 1 }));
  const assigned = await agent.assignment(id);
  await agent.say('accepted', assigned, {});
  const failed = await studio.until(id, 'failed');
  expect(failed.error).toContain('longer than its limit of 1 s');
  expect(studio.rooms.tasks.result(studio.teamId, id, '').failure?.code).toBe('timeout');
  expect(agent.sent.at(-1)).toMatchObject({ type: 'cancel', attempt_id: assigned.attempt_id });
  expect(studio.attempts(id)[0]?.outcome).toBe('timeout');
});

it('does not count the time before the agent executes it', async () => {
  const clock = clockAt(1_000_000);
  const studio = await Studio.open({ clock: clock.read });
  const agent = await studio.agent();
  const id = await studio.submit(await studio.workflow({ task_timeout: 3600 }));
  const assigned = await agent.assignment(id);
  clock.now += 7_200_000;
  await agent.say('accepted', assigned, {});
  await agent.complete(assigned);
  expect(studio.task(id).status).toBe('completed');
});

it('uses the gateway’s limit for a workflow without one', async () => {
  const limits = { maxTaskSeconds: 1 };
  const studio = await Studio.open({ limits });
  const agent = await studio.agent();
  const id = await studio.submit(await studio.workflow({ task_timeout: 0 }));
  await agent.say('accepted', await agent.assignment(id), {});
  expect((await studio.until(id, 'failed')).error).toContain('1 s');
});

it('goes on from where it was after a restart of the gateway', async () => {
  const clock = clockAt(1_000_000);
  const before = await Studio.open({ clock: clock.read });
  const agent = await before.agent();
  const id = await before.submit(await before.workflow({ task_timeout: 3600 }));
  await agent.say('accepted', await agent.assignment(id), {});
  await before.stop();
  clock.now += 3_600_000;
  const after = await Studio.open({ clock: clock.read }, before.folder);
  await after.start();
  expect((await after.until(id, 'failed')).error).toContain('3600 s');
});
