import { expect, it } from 'vitest';
import { Studio } from '../studio.ts';

it('gives out no more tasks than max_concurrent_tasks allows, says so, and goes on when there is room', async () => {
  const studio = await Studio.open();
  const { features } = studio.rooms.identity;
  await features.set('global', '', { quotas: { max_concurrent_tasks: 1 } });
  const agent = await studio.agent({ slots: 4 });
  const workflow = await studio.workflow();
  const first = await studio.submit(workflow);
  const assigned = await agent.assignment(first);
  const second = await studio.submit(workflow);
  await studio.until(second, 'waiting');
  expect(studio.detail(second).waiting_reason).toContain('max_concurrent_tasks');
  await agent.say('accepted', assigned, {});
  await agent.complete(assigned);
  await agent.assignment(second);
  const third = await studio.submit(workflow);
  await studio.until(third, 'waiting');
  await features.set('global', '', { quotas: { max_concurrent_tasks: null } });
  studio.rooms.scheduler.lookAgain();
  await agent.assignment(third);
});
