import { describe, expect, it } from 'vitest';
import { Studio } from '../studio.ts';

async function open() {
  const studio = await Studio.open();
  const { workflows } = studio.rooms;
  return { studio, workflows, team: studio.teamId };
}

const color = { key: 'color', node_id: '1', field: 'color' };

describe('importing', () => {
  it('makes version 1, and overwrites the workflow of that slug as the next version', async () => {
    const { studio, workflows, team } = await open();
    const id = await studio.workflow({ display_name: 'One', required_labels: ['gpu'] });
    expect(await studio.workflow({ display_name: 'Two' })).toBe(id);
    const { row, version } = workflows.get(team, id);
    expect(row.version).toBe(2);
    // Every field, also the one that was left out.
    expect(version).toMatchObject({ snapshot: { display_name: 'Two' }, requiredLabels: [] });
  });

  it('keeps every version, to be had by slug@version', async () => {
    const { studio, workflows, team } = await open();
    await studio.workflow({ display_name: 'One' });
    await studio.workflow({ display_name: 'Two' });
    const name = (reference: string) => workflows.bySlug(team, reference).version.snapshot.display_name;
    expect([name('tiny'), name('tiny@1'), name('tiny@2')]).toEqual(['Two', 'One', 'Two']);
    for (const wrong of ['tiny@3', 'tiny@x', 'tiny@', 'other']) {
      expect(() => name(wrong)).toThrow(expect.objectContaining({ code: 'not_found' }));
    }
  });

  it('of one slug at the same time makes one workflow of two versions', async () => {
    const { studio, workflows, team } = await open();
    const ids = await Promise.all([studio.workflow(), studio.workflow()]);
    expect(new Set(ids).size).toBe(1);
    expect(workflows.get(team, ids[0]).row.version).toBe(2);
  });

  it('keeps teams apart', async () => {
    const { studio, workflows } = await open();
    const id = await studio.workflow();
    expect(() => workflows.get('another team', id)).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => workflows.bySlug('another team', 'tiny')).toThrow('tiny');
  });

  it.each([
    ['a graph without nodes', { workflow_json: {} }],
    ['a parameter for a node that is not there', { parameters: [{ ...color, node_id: '99' }] }],
    ['a key twice', { parameters: [color, color] }],
  ])('refuses %s, and stores nothing', async (_name, fields) => {
    const { studio, workflows, team } = await open();
    await expect(async () => studio.workflow(fields)).rejects.toMatchObject({ code: 'invalid_workflow' });
    expect(workflows.list(team, { current_page: 1, per_page: 10 }).total).toBe(0);
  });
});

describe('updating', () => {
  it('changes what is given, leaves the rest, and is a new version', async () => {
    const { studio, workflows, team } = await open();
    const id = await studio.workflow({ parameters: [color], task_timeout: 60, max_retries: 2 });
    await workflows.update(team, id, { display_name: 'New', max_retries: 0 });
    const { row, version } = workflows.get(team, id);
    expect(row).toMatchObject({ version: 2, slug: 'tiny', status: 'active' });
    expect(version.snapshot).toMatchObject({ display_name: 'New', task_timeout: 60, max_retries: 0 });
    expect(version.parameters).toMatchObject([color]);
  });

  it('loses nothing when two change different fields at the same time', async () => {
    const { studio, workflows, team } = await open();
    const id = await studio.workflow();
    await Promise.all([
      workflows.update(team, id, { display_name: 'New' }),
      workflows.update(team, id, { task_timeout: 99 }),
    ]);
    const { row, version } = workflows.get(team, id);
    expect(row.version).toBe(3);
    expect(version.snapshot).toMatchObject({ display_name: 'New', task_timeout: 99 });
  });

  it('can’t take the slug of another workflow', async () => {
    const { studio, workflows, team } = await open();
    await studio.workflow({ workflow_slug: 'taken' });
    const id = await studio.workflow();
    await expect(workflows.update(team, id, { workflow_slug: 'taken' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(workflows.get(team, id).row).toMatchObject({ slug: 'tiny', version: 1 });
    await workflows.update(team, id, { workflow_slug: 'tiny' });
  });

  it('tells the team that the list has changed', async () => {
    const { studio, workflows, team } = await open();
    const id = await studio.workflow();
    const heard: string[] = [];
    studio.rooms.events.onTeam(team, ({ event }) => heard.push(event));
    await workflows.update(team, id, { display_name: 'New' });
    expect(heard).toEqual(['workflows_changed']);
  });
});
