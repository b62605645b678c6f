import { describe, expect, it } from 'vitest';
import type { AgentItem } from '#shared/wire/agents.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { concerns, type Facts, lowDiskBytes } from '../../../../renderer/components/home/attention.ts';

const agent = (more: Partial<AgentItem> = {}) =>
  ({ agent_id: 'a', agent_status: 'idle', ...more }) as AgentItem;
const engine = (more: Partial<EngineItem> = {}) =>
  ({ agent_id: 'a', engine_id: 'e', state: 'ready', job: null, running_tasks: 0, ...more }) as EngineItem;
const failed = (at: number, by = 'me') =>
  ({ id: String(at), completed_at: new Date(at).toISOString(), submitted_by: by }) as TaskDetail;

const well: Facts = {
  agents: [agent()],
  engines: [engine()],
  failed: [],
  disk: { free: 100e9, total: 200e9 },
  queue: { paused: false, waiting_count: 3 },
  seenAt: 1000,
};
const kinds = (facts: Partial<Facts>): string[] => concerns({ ...well, ...facts }).map(({ kind }) => kind);

describe('what needs a hand', () => {
  it('is nothing where all is well, and nothing is known yet', () => {
    expect(kinds({})).toEqual([]);
    expect(concerns({ seenAt: 0 })).toEqual([]);
  });

  it('names what stops everything first', () => {
    expect(
      kinds({
        agents: [],
        engines: [engine({ state: 'crashed' })],
        disk: { free: lowDiskBytes - 1, total: 200e9 },
        queue: { paused: true, waiting_count: 0 },
        failed: [failed(2000)],
      }),
    ).toEqual(['noAgent', 'paused', 'disk', 'engine', 'failed']);
  });

  it('tells of a machine only where none of its engines says it better', () => {
    const agents = [agent({ agent_status: 'unhealthy' })];
    expect(kinds({ agents })).toEqual(['sick']);
    expect(kinds({ agents, engines: [engine({ state: 'crashed' })] })).toEqual(['engine']);
  });

  it('counts failures since the last look, of one person or of all', () => {
    const tasks = [failed(3000), failed(2500, 'another'), failed(900)];
    expect(concerns({ ...well, failed: tasks })).toMatchObject([
      { kind: 'failed', tasks: [tasks[0], tasks[1]] },
    ]);
    expect(concerns({ ...well, failed: tasks, me: 'me' })).toMatchObject([{ tasks: [tasks[0]] }]);
    expect(kinds({ failed: tasks, seenAt: 3000 })).toEqual([]);
  });
});
