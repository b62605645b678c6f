import { expect, it } from 'vitest';
import { Studio } from '../studio.ts';
import { tempFolder } from '../temp-folder.ts';

const left = (studio: Studio, teamId: string): unknown[] => {
  const { read } = studio.rooms.store;
  return [
    'teams WHERE id',
    'tasks WHERE team_id',
    'workflows WHERE team_id',
    'credentials WHERE team_id',
  ].flatMap((place) => read.hot(`SELECT 1 FROM ${place} = ?`, teamId));
};

it('stops what runs in a team that is deleted, and sends its agents away', async () => {
  const studio = await Studio.open();
  const agent = await studio.agent();
  const { teamId } = studio;
  const running = await studio.submit(await studio.workflow());
  const assigned = await agent.assignment(running);
  await agent.say('accepted', assigned, {});
  await studio.rooms.identity.deleteTeam(teamId);
  expect(agent.sent).toContainEqual(
    expect.objectContaining({ type: 'cancel', attempt_id: assigned.attempt_id }),
  );
  expect(agent.ending).toBe(4401);
  expect(studio.rooms.agents.list(teamId)).toEqual([]);
  await expect.poll(() => left(studio, teamId)).toEqual([]);
  // Whatever it says now is about nothing.
  await agent.say('cancelled', assigned, {});
});

it('goes on with a deletion that a stop has interrupted', async () => {
  const folder = await tempFolder();
  const studio = await Studio.open({}, folder);
  const { teamId } = studio;
  await studio.submit(await studio.workflow());
  await studio.rooms.store.write((writer) =>
    writer.hotRun('UPDATE teams SET deleted_at = 1 WHERE id = ?', teamId),
  );
  await studio.stop();
  const again = await Studio.open({}, folder);
  await again.start();
  await expect.poll(() => left(again, teamId)).toEqual([]);
  expect((await again.rooms.identity.ensureOwner()).teamId).not.toBe(teamId);
});
