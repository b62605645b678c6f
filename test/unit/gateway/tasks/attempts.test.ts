import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { OpenedAttempt } from '../../../../electron/gateway/tasks/attempts.ts';
import type { ManifestEntry } from '../../../../shared/link/protocol.ts';
import { Studio, sha256 } from '../studio.ts';

const agent = { key: 'team/gone', agentId: 'gone', labels: ['gpu'], gpuType: 'Some GPU' };
const crash = { code: 'engine_crashed', message: 'The engine died.', retryable: true } as const;
const wrong = { code: 'engine_error', message: 'A node failed.', retryable: false } as const;

/** Opens an attempt by hand: no agent is connected, so nothing else touches the task. */
async function attempt(studio: Studio, taskId: string): Promise<OpenedAttempt> {
  const [opened] = await studio.rooms.tasks.attempts.open([{ taskId, agent, reason: 'by hand' }]);
  if (!opened) throw new Error('not opened');
  return opened;
}

async function submitted(fields: Record<string, unknown> = {}): Promise<{ studio: Studio; id: string }> {
  const studio = await Studio.open();
  const id = await studio.submit(await studio.workflow(fields));
  return { studio, id };
}

describe('opening', () => {
  it('is on disk with the agent, a lease and a fence before the assignment leaves', async () => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    expect(studio.task(id)).toMatchObject({
      status: 'queued',
      attempt_id: opened.id,
      attempt_count: 1,
      agent_id: 'gone',
      agent_labels_json: '["gpu"]',
      gpu_type: 'Some GPU',
    });
    const [row] = studio.attempts(id);
    expect(row).toMatchObject({ id: opened.id, fence: opened.fence, state: 'assigned', outcome: null });
    expect(row?.lease_expires_at).toBe((row?.created_at ?? 0) + studio.rooms.config.timings.leaseMs);
  });

  it('leaves out tasks that are not in line any more', async () => {
    const { studio, id } = await submitted();
    const other = await studio.submit(await studio.workflow());
    await studio.rooms.tasks.cancel(studio.teamId, id);
    const wanted = [id, other].map((taskId) => ({ taskId, agent, reason: '' }));
    const opened = await studio.rooms.tasks.attempts.open(wanted);
    expect(opened.map(({ task }) => task.id)).toEqual([other]);
    expect(studio.attempts(id)).toEqual([]);
  });

  it('gives fences that rise, across restarts too', async () => {
    const { studio, id } = await submitted();
    const first = await attempt(studio, id);
    await studio.rooms.tasks.attempts.lost(first, 'gone');
    await studio.stop();
    const again = await Studio.open({}, studio.folder);
    expect((await attempt(again, id)).fence).toBeGreaterThan(first.fence);
  });
});

describe('a run', () => {
  it('goes from pending through queued and running to completed, and is told so', async () => {
    const { studio, id } = await submitted();
    const { attempts } = studio.rooms.tasks;
    const opened = await attempt(studio, id);
    await attempts.received(opened);
    expect(studio.attempts(id)[0]?.state).toBe('staged');
    await attempts.accepted(opened);
    expect(studio.task(id)).toMatchObject({ status: 'running', started_at: expect.any(Number) });
    await attempts.completed(opened, []);
    expect(studio.task(id)).toMatchObject({ status: 'completed', completed_at: expect.any(Number) });
    expect(studio.attempts(id)[0]).toMatchObject({ state: 'ended', outcome: 'completed' });
    expect(studio.story(id)).toEqual(['pending', 'queued', 'running', 'completed']);
  });

  it('starts its clock once, however often the acceptance is said', async () => {
    let now = 1_000_000;
    const studio = await Studio.open({ clock: () => now });
    const id = await studio.submit(await studio.workflow());
    const opened = await attempt(studio, id);
    await studio.rooms.tasks.attempts.accepted(opened);
    now += 5000;
    await studio.rooms.tasks.attempts.accepted(opened);
    expect(studio.task(id).started_at).toBe(1_000_000);
    expect(studio.story(id).filter((status) => status === 'running')).toHaveLength(1);
  });

  it('has its outputs in the order of the manifest', async () => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    const names = ['b.png', 'a.png', 'b.png'];
    await studio.rooms.objects.put(Readable.from([Buffer.from('same')]));
    await studio.rooms.tasks.attempts.completed(opened, names.map(picture));
    const { outputs, task_output } = studio.rooms.tasks.result(studio.teamId, id, '');
    expect(outputs.map(({ name }) => name)).toEqual(names);
    expect(new Set(outputs.map(({ storage_key }) => storage_key)).size).toBe(3);
    expect(task_output).toMatchObject({ image_count: 3 });
  });

  it('is not complete without the bytes of an output: another attempt is opened', async () => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    await studio.rooms.tasks.attempts.completed(opened, [picture('lost.png')]);
    expect(studio.task(id).status).toBe('waiting');
    expect(studio.rooms.tasks.result(studio.teamId, id, '').outputs).toEqual([]);
    expect(studio.attempts(id)[0]).toMatchObject({ outcome: 'failed' });
  });
});

const picture = (name: string): ManifestEntry => ({
  sha256: sha256('same'),
  size: 4,
  name,
  node_id: '2',
  kind: 'image',
  content_type: 'image/png',
  temporary: false,
});

describe('a stale attempt', () => {
  const messages = ['accepted', 'completed', 'failed', 'declined', 'lost'] as const;

  async function say(studio: Studio, message: (typeof messages)[number], ref: { id: string; fence: number }) {
    const { attempts } = studio.rooms.tasks;
    if (message === 'accepted') await attempts.accepted(ref);
    if (message === 'completed') await attempts.completed(ref, []);
    if (message === 'failed') await attempts.failed(ref, wrong);
    if (message === 'declined') await attempts.declined(ref, 'no');
    if (message === 'lost') await attempts.lost(ref, 'gone');
  }

  it.each(messages)('can’t say "%s" of a task that has a newer attempt', async (message) => {
    const { studio, id } = await submitted();
    const old = await attempt(studio, id);
    await studio.rooms.tasks.attempts.lost(old, 'away');
    const current = await attempt(studio, id);
    const before = { task: studio.task(id), attempts: studio.attempts(id), story: studio.story(id) };
    await say(studio, message, old);
    expect({ task: studio.task(id), attempts: studio.attempts(id), story: studio.story(id) }).toEqual(before);
    await studio.rooms.tasks.attempts.completed(current, []);
    expect(studio.task(id).status).toBe('completed');
  });

  it.each(messages)('can’t say "%s" with the fence of another', async (message) => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    await say(studio, message, { id: opened.id, fence: opened.fence + 1 });
    expect(studio.task(id).status).toBe('queued');
    expect(studio.attempts(id)[0]?.state).toBe('assigned');
  });

  it('can’t complete a task a second time, even in the same commit', async () => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    const { attempts } = studio.rooms.tasks;
    await Promise.all([attempts.completed(opened, []), attempts.completed(opened, [])]);
    expect(studio.story(id).filter((status) => status === 'completed')).toHaveLength(1);
  });

  it('can’t complete a task that was cancelled just before it', async () => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    const { tasks } = studio.rooms;
    await Promise.all([tasks.cancel(studio.teamId, id), tasks.attempts.completed(opened, [])]);
    expect(studio.task(id).status).toBe('cancelled');
    expect(studio.story(id)).not.toContain('completed');
  });
});

describe('a lost attempt', () => {
  it('puts the task back in line, as if no agent had had it', async () => {
    const { studio, id } = await submitted();
    const opened = await attempt(studio, id);
    await studio.rooms.tasks.attempts.accepted(opened);
    await studio.rooms.tasks.attempts.lost(opened, 'The agent gone has been away for 30 s.');
    expect(studio.task(id)).toMatchObject({
      status: 'waiting',
      attempt_id: null,
      agent_id: null,
      agent_labels_json: '[]',
      gpu_type: '',
      started_at: null,
      attempt_count: 1,
    });
    expect(studio.detail(id).queue_position).toBe(1);
  });

  it('is followed by two more; when the third is lost the task fails with what is known', async () => {
    const { studio, id } = await submitted();
    for (let n = 1; n <= 3; n += 1) {
      await studio.rooms.tasks.attempts.lost(await attempt(studio, id), 'The agent vanished.');
      expect(studio.task(id).status).toBe(n < 3 ? 'waiting' : 'failed');
    }
    expect(studio.task(id).error).toBe('Given up after 3 attempts. The agent vanished.');
    expect(studio.rooms.tasks.result(studio.teamId, id, '').failure).toMatchObject({
      code: 'agent_lost',
      retryable: false,
    });
    expect(studio.attempts(id).map(({ outcome }) => outcome)).toEqual(['lost', 'lost', 'lost']);
  });

  it('counts together with engines that crashed', async () => {
    const { studio, id } = await submitted();
    const { attempts } = studio.rooms.tasks;
    await attempts.failed(await attempt(studio, id), crash);
    await attempts.lost(await attempt(studio, id), 'away');
    expect(studio.task(id).status).toBe('waiting');
    await attempts.failed(await attempt(studio, id), crash);
    expect(studio.task(id)).toMatchObject({
      status: 'failed',
      error: 'Given up after 3 attempts. The engine died.',
    });
  });

  it('is followed by one more when the engine crashed in it, where the cause allows', async () => {
    const { studio, id } = await submitted();
    const { attempts } = studio.rooms.tasks;
    const killed = { ...crash, details: { cause: 'killed', what: 'It was killed.', fix: 'Look.' } } as const;
    await attempts.failed(await attempt(studio, id), killed);
    expect(studio.task(id).status).toBe('waiting');
    await attempts.declined(await attempt(studio, id), 'Atelier was stopped there.');
    expect(studio.task(id).status).toBe('waiting');
    await attempts.failed(await attempt(studio, id), killed);
    expect(studio.task(id)).toMatchObject({
      status: 'failed',
      error: 'Given up after 2 attempts. The engine died.',
    });
    expect(studio.attempts(id).map(({ outcome }) => outcome)).toEqual(['crashed', 'declined', 'crashed']);
    expect(studio.rooms.tasks.result(studio.teamId, id, '').failure).toMatchObject({
      details: { cause: 'killed', fix: 'Look.' },
    });
  });

  it('does not count when nothing was executed: declined, or never sent', async () => {
    const { studio, id } = await submitted();
    const { attempts } = studio.rooms.tasks;
    for (let n = 0; n < 3; n += 1) {
      await attempts.declined(await attempt(studio, id), 'full disk');
      await attempts.unsent(await attempt(studio, id), 'away');
    }
    expect(studio.task(id)).toMatchObject({ status: 'waiting', attempt_count: 6 });
    await attempts.lost(await attempt(studio, id), 'away');
    expect(studio.task(id).status).toBe('waiting');
  });
});

describe('max_retries', () => {
  it('makes a new task of a failure, with the same values, until the limit', async () => {
    const parameters = [{ key: 'color', node_id: '1', field: 'color', required: true }];
    const studio = await Studio.open();
    const workflow = await studio.workflow({ max_retries: 1, parameters });
    const id = await studio.submit(workflow, { parameters: { color: 7 }, priority: 3 }, 'bob');
    await studio.rooms.tasks.attempts.failed(await attempt(studio, id), wrong);
    expect(studio.task(id)).toMatchObject({ status: 'failed', error: 'A node failed.', retry_count: 0 });
    const [retry] = studio.rooms.tasks.open();
    expect(retry).toMatchObject({
      retry_of: id,
      retry_count: 1,
      status: 'pending',
      parameters_json: '{"color":7}',
      submitter_id: 'bob',
      priority: 3,
      attempt_count: 0,
      error: '',
      failure_json: null,
      completed_at: null,
    });
    await studio.rooms.tasks.attempts.failed(await attempt(studio, retry?.id ?? ''), wrong);
    expect(studio.rooms.tasks.open()).toEqual([]);
  });

  it('counts a run that took too long, and attempts that were lost for good', async () => {
    const { studio, id } = await submitted({ max_retries: 5, task_timeout: 60 });
    const opened = await attempt(studio, id);
    await studio.rooms.tasks.attempts.accepted(opened);
    await studio.rooms.tasks.attempts.timedOut(id, 60);
    const [first] = studio.rooms.tasks.open();
    expect(first?.retry_of).toBe(id);
    for (let n = 0; n < 3; n += 1) {
      await studio.rooms.tasks.attempts.lost(await attempt(studio, first?.id ?? ''), 'away');
    }
    expect(studio.rooms.tasks.open()[0]).toMatchObject({ retry_of: first?.id, retry_count: 2 });
  });

  it('does not make a retry of a task that was cancelled', async () => {
    const { studio, id } = await submitted({ max_retries: 3 });
    await studio.rooms.tasks.cancel(studio.teamId, id);
    expect(studio.rooms.tasks.open()).toEqual([]);
  });

  it('follows the version that was submitted, not the newest', async () => {
    const { studio, id } = await submitted({ max_retries: 0 });
    await studio.workflow({ max_retries: 5 });
    await studio.rooms.tasks.attempts.failed(await attempt(studio, id), wrong);
    expect(studio.rooms.tasks.open()).toEqual([]);
  });
});

describe('cancelling', () => {
  it.each(['pending', 'queued', 'running'])('ends a task that is %s', async (status) => {
    const { studio, id } = await submitted();
    const { attempts } = studio.rooms.tasks;
    if (status !== 'pending') {
      const opened = await attempt(studio, id);
      if (status === 'running') await attempts.accepted(opened);
    }
    await studio.rooms.tasks.cancel(studio.teamId, id);
    expect(studio.task(id)).toMatchObject({ status: 'cancelled', completed_at: expect.any(Number) });
    expect(studio.attempts(id).every(({ outcome }) => outcome === 'cancelled')).toBe(true);
    expect(studio.detail(id).queue_position).toBeNull();
    expect(studio.story(id).at(-1)).toBe('cancelled');
  });

  it('leaves a task that is over as it is, and says so only to the caller', async () => {
    const { studio, id } = await submitted();
    await studio.rooms.tasks.attempts.completed(await attempt(studio, id), []);
    const before = studio.story(id);
    await studio.rooms.tasks.cancel(studio.teamId, id);
    expect(studio.task(id).status).toBe('completed');
    expect(studio.story(id)).toEqual(before);
  });
});
