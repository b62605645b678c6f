import { describe, expect, it } from 'vitest';
import {
  findTask,
  insertTask,
  moveTask,
  type NewTask,
} from '../../../../electron/gateway/store/repositories/tasks.ts';
import { canMove, type TaskStatus, taskStatuses } from '../../../../shared/task-states.ts';
import { Studio } from '../studio.ts';

const row = (id: string, status: TaskStatus): NewTask => ({
  id,
  team_id: 'team',
  workflow_id: 'w',
  snapshot_id: 's',
  status,
  parameters_json: '{}',
  dispatch_target: 'agent',
  target_pool: 'team',
  tool_type: 'comfyui',
  submitter_region: '',
  submitter_id: 'ada',
  priority: 0,
  retry_count: 0,
  retry_of: null,
  created_at: 0,
});

const counts = ({ rooms }: Studio): Record<string, number> =>
  Object.fromEntries(
    rooms.store.read
      .hot<{ status: string; count: number }>(`SELECT status, count FROM task_counts WHERE team_id = 'team'`)
      .map(({ status, count }) => [status, count]),
  );

it('moves a task exactly where the table of legal moves allows it', async () => {
  const studio = await Studio.open();
  const moved: string[] = [];
  await studio.rooms.store.write((writer) => {
    for (const from of taskStatuses) {
      for (const to of taskStatuses) {
        const id = `${from}-${to}`;
        insertTask(writer, row(id, from));
        if (moveTask(writer, id, { to, set: { error: 'moved' } })) moved.push(id);
        const after = findTask(writer, id);
        expect(after).toMatchObject(
          canMove(from, to) ? { status: to, error: 'moved' } : { status: from, error: '' },
        );
      }
    }
  });
  const legal = taskStatuses.flatMap((from) =>
    taskStatuses.filter((to) => canMove(from, to)).map((to) => `${from}-${to}`),
  );
  expect(moved).toEqual(legal);
});

describe('a move', () => {
  it('happens only at the attempt that it is about', async () => {
    const studio = await Studio.open();
    await studio.rooms.store.write((writer) => {
      insertTask(writer, row('a', 'pending'));
      expect(moveTask(writer, 'a', { to: 'queued', set: { attempt_id: 'one' } })).toBe(true);
      expect(moveTask(writer, 'a', { to: 'running', attemptId: 'other' })).toBe(false);
      expect(moveTask(writer, 'a', { to: 'running', attemptId: null })).toBe(false);
      expect(moveTask(writer, 'a', { to: 'running', attemptId: 'one' })).toBe(true);
    });
  });

  it('happens only from where it is meant to begin', async () => {
    const studio = await Studio.open();
    await studio.rooms.store.write((writer) => {
      insertTask(writer, row('a', 'queued'));
      expect(moveTask(writer, 'a', { to: 'waiting', from: 'pending' })).toBe(false);
      expect(moveTask(writer, 'a', { to: 'waiting' })).toBe(true);
      insertTask(writer, row('b', 'pending'));
      // Not even then, where the table says no.
      expect(moveTask(writer, 'b', { to: 'completed', from: 'pending' })).toBe(false);
    });
  });
});

it('keeps the number of tasks of each status right through moves, failures and deletion', async () => {
  const studio = await Studio.open();
  const { store } = studio.rooms;
  await store.write((writer) => {
    for (const id of ['a', 'b', 'c']) insertTask(writer, row(id, 'pending'));
    moveTask(writer, 'a', { to: 'queued' });
    moveTask(writer, 'b', { to: 'cancelled' });
    moveTask(writer, 'b', { to: 'running' });
  });
  await store
    .write((writer) => {
      insertTask(writer, row('d', 'pending'));
      throw new Error('undone');
    })
    .catch(() => undefined);
  expect(counts(studio)).toMatchObject({ pending: 1, queued: 1, cancelled: 1 });
  await store.write((writer) => writer.hotRun(`DELETE FROM tasks WHERE id = 'b'`));
  expect(counts(studio)).toMatchObject({ pending: 1, queued: 1, cancelled: 0 });
});
