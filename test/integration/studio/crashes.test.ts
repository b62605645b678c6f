import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskDetail, TaskResult } from '#shared/wire/tasks.ts';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { createStudio, type Studio } from '../../../electron/studio.ts';
import { isRunning } from '../../helpers/processes.ts';

const engine = resolve(import.meta.dirname, '../../../electron/starter-engine/main.ts');

describe('a task whose engine goes away', { timeout: 180_000 }, () => {
  let folder: string;
  let key: string;
  let studio: Studio;
  let url: string;

  const start = async (): Promise<void> => {
    studio = await createStudio({
      dataDir: folder,
      host: '127.0.0.1',
      port: 0,
      version: '0.0.0',
      starter: { kind: 'starter', command: [process.execPath, engine], probeNodes: true },
      log: pino({ level: process.env.ATELIER_LOG ?? 'silent' }),
    });
    ({ url } = await studio.start());
  };
  const call = async <Reply>(method: string, path: string, body?: unknown): Promise<Reply> => {
    const reply = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
    return reply.json() as Promise<Reply>;
  };
  const task = (id: string): Promise<TaskDetail> => call('GET', `/r/tasks/${id}`);
  /** Runs a graph with a node that misbehaves half-way; returns the task's id. */
  const run = async (mode: string, steps: number): Promise<string> => {
    const workflow_json = {
      '1': { class_type: 'EmptyImage', inputs: { width: 32, height: 24, batch_size: 1, color: 0 } },
      '2': {
        class_type: 'EngineProbe',
        inputs: { image: ['1', 0], steps, seconds_per_step: 0.05, mode, seed: 0 },
      },
      '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'crash' } },
    };
    const { id } = await call<{ id: string }>('POST', '/workflows/import', {
      workflow_slug: mode,
      display_name: mode,
      workflow_json,
    });
    return (await call<{ task_id: string }>('POST', `/r/workflows/${id}/run`, {})).task_id;
  };
  const enginePid = async (): Promise<number> => {
    const text = await readFile(join(folder, 'agent/engines/starter.json'), 'utf8');
    return (JSON.parse(text) as { pid: number }).pid;
  };
  const reaches = (id: string, status: string): Promise<void> =>
    expect.poll(async () => (await task(id)).task_status, { timeout: 90_000 }).toBe(status);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-crash-'));
    key = await createKey(folder, { kind: 'device', name: 'crash test' });
    await start();
  });
  afterEach(async () => {
    await studio.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is tried once more, then fails with the cause and what to do', async () => {
    const id = await run('exit', 4);
    await reaches(id, 'failed');
    expect(await task(id)).toMatchObject({
      attempt_count: 2,
      task_error: expect.stringMatching(
        /^Given up after 2 attempts\. The starter engine stopped\. It ended by itself with exit code 3\..*Look at the end of its log\.$/,
      ),
    });
    const { failure } = await call<TaskResult>('GET', `/r/tasks/${id}/result`);
    expect(failure).toMatchObject({
      code: 'engine_crashed',
      node_id: '2',
      node_type: 'EngineProbe',
      details: {
        cause: 'unknown',
        what: expect.stringContaining(
          'It was executing node EngineProbe (node 2) of the node pack "engine-probe".',
        ),
        fix: 'Look at the end of its log.',
      },
    });
  });

  it('is tried once more and completes when it was an accident', async () => {
    const id = await run('ok', 60);
    await reaches(id, 'running');
    const first = await enginePid();
    process.kill(first, 'SIGKILL');
    await reaches(id, 'completed');
    expect(await task(id)).toMatchObject({ attempt_count: 2, task_error: '' });
    expect(await enginePid()).not.toBe(first);
  });

  it('fails at once where the same would happen again', async () => {
    const id = await run('oom', 4);
    await reaches(id, 'failed');
    expect((await task(id)).attempt_count).toBe(1);
    const { failure } = await call<TaskResult>('GET', `/r/tasks/${id}/result`);
    expect(failure).toMatchObject({
      code: 'out_of_memory',
      message: expect.stringContaining('Choose the VRAM mode "lowvram" or "novram"'),
      details: { cause: 'out_of_vram', fix: expect.stringContaining('lowvram') },
    });
  });

  it('loses none of its attempts when Atelier is stopped and started in the middle, however often', async () => {
    const id = await run('ok', 60);
    for (let stops = 0; stops < 3; stops += 1) {
      await reaches(id, 'running');
      const pid = await enginePid();
      await studio.stop();
      expect(await isRunning(pid)).toBe(false);
      await start();
    }
    await reaches(id, 'completed');
    expect(await task(id)).toMatchObject({ task_error: '' });
  });
});
