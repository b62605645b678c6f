import { describe, expect, it, vi } from 'vitest';
import { Jobs } from '../../../../../electron/agent/engines/manage/jobs.ts';

const work = (run: () => Promise<void>) =>
  ({ kind: 'pack', title: 'Installing', steps: ['pack'], run }) as const;

describe('Jobs', () => {
  it('keep the last of an engine until somebody dismisses it, and tell of that', async () => {
    const changed = vi.fn();
    const jobs = new Jobs(changed);
    jobs.begin(
      'one',
      work(async () => {
        throw new Error('The disk is full.');
      }),
    );
    await jobs.over('one');
    expect(jobs.get('one')).toMatchObject({ state: 'failed', error: 'The disk is full.' });
    const before = changed.mock.calls.length;
    jobs.dismiss('one');
    expect(jobs.get('one')).toBeNull();
    expect(changed).toHaveBeenCalledTimes(before + 1);
    expect(() => jobs.dismiss('one')).toThrow('nothing to dismiss');
  });

  it('are not dismissed while they go on', async () => {
    const jobs = new Jobs(vi.fn());
    const { promise, resolve } = Promise.withResolvers<void>();
    jobs.begin(
      'one',
      work(() => promise),
    );
    expect(() => jobs.dismiss('one')).toThrow('"one" is busy: Installing.');
    expect(jobs.get('one')).toMatchObject({ state: 'running' });
    resolve();
    await jobs.over('one');
    expect(jobs.get('one')).toMatchObject({ state: 'done' });
  });
});
