import { describe, expect, it } from 'vitest';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { oneNotice, worthTelling } from '../../../../renderer/state/endings.ts';

let count = 0;
const ended = (status: 'completed' | 'failed', seconds = 1, by = 'me'): TaskDetail => {
  count += 1;
  return {
    id: `t${count}`,
    task_status: status,
    workflow_name: `Workflow ${count}`,
    task_error: status === 'failed' ? 'It broke.' : '',
    started_at: new Date(0).toISOString(),
    completed_at: new Date(seconds * 1000).toISOString(),
    submitted_by: by,
  } as TaskDetail;
};
const elsewhere = { me: 'me', everyTask: false, path: '/team' };

describe('a notice of tasks that ended', () => {
  it('is worth a word when it failed or took long, and was mine', () => {
    const [quick, long, broken, other] = [
      ended('completed'),
      ended('completed', 61),
      ended('failed'),
      ended('failed', 1, 'another'),
    ];
    const all = [quick, long, broken, other];
    expect(worthTelling(all, elsewhere)).toEqual([long, broken]);
    expect(worthTelling(all, { ...elsewhere, everyTask: true })).toEqual([quick, long, broken]);
  });

  it('is none where it is seen anyway, but is one while the window is hidden', () => {
    const broken = ended('failed');
    expect(worthTelling([broken], { ...elsewhere, path: '/' })).toEqual([]);
    expect(worthTelling([broken], { ...elsewhere, path: `/tasks/${broken.id}` })).toEqual([]);
    expect(worthTelling([broken], { ...elsewhere, path: null })).toEqual([broken]);
  });

  it('is one for all of a burst, and names the failure', () => {
    expect(oneNotice([])).toBeNull();
    const one = ended('completed');
    expect(oneNotice([one])).toMatchObject({
      kind: 'done',
      workflow: one.workflow_name,
      href: `/tasks/${one.id}`,
    });
    const broken = ended('failed');
    expect(oneNotice([one, broken, ended('completed')])).toEqual({
      ...{ kind: 'mixed', done: 2, failed: 1, cause: 'It broke.', href: '/tasks' },
      workflow: broken.workflow_name,
    });
  });
});
