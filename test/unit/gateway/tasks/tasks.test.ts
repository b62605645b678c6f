import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { Studio } from '../studio.ts';

const parameters = [
  { key: 'color', node_id: '1', field: 'color', required: true, type: 'number', max: 255 },
  { key: 'width', node_id: '1', field: 'width', default: 64 },
];

describe('submitting', () => {
  it('has the task and its first event on disk when it resolves', async () => {
    const studio = await Studio.open();
    const id = await studio.submit(await studio.workflow());
    // A second database connection sees committed data only.
    expect(studio.task(id).status).toBe('pending');
    expect(studio.story(id)).toEqual(['pending']);
  });

  it('freezes the values with their defaults, and the version', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow({ parameters });
    const id = await studio.submit(workflow, { parameters: { color: 3 } });
    await studio.workflow({ parameters: [] });
    const detail = studio.detail(id);
    expect(detail.parameters).toEqual({ color: 3, width: 64 });
    expect(detail.workflow_version).toBe(1);
  });

  it.each([
    ['a value out of bounds', { parameters: { color: 999 } }, 'color'],
    ['a missing value', {}, 'color'],
    ['an unknown key', { parameters: { color: 1, colour: 2 } }, 'colour'],
    ['another tool', { parameters: { color: 1 }, tool_type: 'nerfstudio' }, 'tool_type'],
    [
      'a cloud that is not set up',
      { parameters: { color: 1 }, dispatch_target: 'comfy_cloud' },
      'dispatch_target',
    ],
  ])('refuses %s by name and stores nothing', async (_name, run, named) => {
    const studio = await Studio.open();
    const workflow = await studio.workflow({ parameters });
    await expect(studio.submit(workflow, run)).rejects.toThrow(named);
    expect(studio.rooms.tasks.open()).toEqual([]);
  });

  it('refuses a workflow that is disabled', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow();
    await studio.rooms.workflows.update(studio.teamId, workflow, { workflow_status: 'disabled' });
    await expect(studio.submit(workflow)).rejects.toMatchObject({ code: 'workflow_disabled' });
  });

  it('keeps the order of those who came in one millisecond', async () => {
    const studio = await Studio.open({ clock: () => 1_000_000 });
    const workflow = await studio.workflow();
    const ids = await Promise.all(Array.from({ length: 300 }, () => studio.submit(workflow)));
    expect(ids.map((id) => studio.detail(id).queue_position)).toEqual(ids.map((_, index) => index + 1));
  });
});

describe('a task', () => {
  it('is not found by another team', async () => {
    const studio = await Studio.open();
    const id = await studio.submit(await studio.workflow());
    const reading = () => studio.rooms.tasks.find('another team', id);
    expect(reading).toThrow(AppError);
    await expect(studio.rooms.tasks.cancel('another team', id)).rejects.toMatchObject({ code: 'not_found' });
    expect(studio.task(id).status).not.toBe('cancelled');
  });
});

describe('the list', () => {
  it('has the newest first, by pages, with how many there are', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await studio.submit(workflow));
    const page = (current_page: number) =>
      studio.rooms.tasks.list(studio.teamId, { current_page, per_page: 2 });
    expect(page(1)).toMatchObject({ total: 5, tasks: [{ id: ids[4] }, { id: ids[3] }] });
    expect(page(3).tasks.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('filters, and counts what it filtered', async () => {
    const studio = await Studio.open();
    const workflow = await studio.workflow();
    const other = await studio.workflow({ workflow_slug: 'other' });
    const first = await studio.submit(workflow);
    const second = await studio.submit(other);
    await studio.rooms.tasks.cancel(studio.teamId, first);
    const ids = (query: object) => {
      const { tasks, total } = studio.rooms.tasks.list(studio.teamId, {
        current_page: 1,
        per_page: 10,
        ...query,
      });
      expect(total).toBe(tasks.length);
      return tasks.map(({ id }) => id);
    };
    expect(ids({ status: 'cancelled' })).toEqual([first]);
    expect(ids({ workflow_id: other })).toEqual([second]);
    expect(ids({ workflow_id: other, status: 'cancelled' })).toEqual([]);
    expect(ids({ created_before: '2001-01-01T00:00:00Z' })).toEqual([]);
    expect(ids({ created_after: '2001-01-01T00:00:00Z' })).toEqual([second, first]);
  });
});
