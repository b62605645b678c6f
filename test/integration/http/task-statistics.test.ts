import { v7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TaskStatistics } from '../../../shared/wire/statistics.ts';
import { withGateway } from './support.ts';

const gateway = withGateway();
const at = (text: string) => Date.parse(text);
const workflows = { tall: '', wide: '' };

interface Past {
  readonly status: string;
  readonly created: string;
  /** Seconds that it waited, and ran. */
  readonly waited?: number;
  readonly ran?: number;
  readonly workflow?: keyof typeof workflows;
  readonly agent?: string;
}

/** Puts tasks straight into the store, as if they had been run then. */
async function past(all: readonly Past[], team = gateway.owner.teamId): Promise<void> {
  const { store } = gateway.gateway.rooms;
  await store.write((writer) => {
    for (const { status, created, waited, ran, workflow = 'tall', agent } of all) {
      const created_at = at(created);
      const started = waited === undefined ? null : created_at + waited * 1000;
      writer.hotRun(
        `INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
           tool_type, submitter_region, submitter_id, priority, retry_count, agent_id, created_at, started_at, completed_at)
         SELECT ?, ?, id, snapshot_id, ?, '{}', 'agent', 'team', 'comfyui', '', 'x', 0, 0, ?, ?, ?, ?
         FROM workflows WHERE id = ?`,
        v7({ msecs: created_at }),
        team,
        status,
        agent ?? null,
        created_at,
        started,
        started === null || ran === undefined ? null : started + ran * 1000,
        workflows[workflow],
      );
    }
  });
}

const statistics = async (query = ''): Promise<TaskStatistics> =>
  (await gateway.call('GET', `/r/tasks/statistics${query}`, gateway.keys.integration)).body as TaskStatistics;

beforeAll(async () => {
  workflows.tall = await gateway.import({ workflow_slug: 'tall', display_name: 'Tall' });
  workflows.wide = await gateway.import({ workflow_slug: 'wide', display_name: 'Wide' });
  const done = { status: 'completed', created: '2026-03-01T23:30:00Z', waited: 2 };
  await past([
    { ...done, ran: 10, agent: 'a' },
    { ...done, ran: 20, agent: 'a' },
    { ...done, ran: 60, agent: 'b', workflow: 'wide' },
    { status: 'failed', created: '2026-03-03T12:00:00Z', waited: 8, ran: 500, agent: 'b' },
    { status: 'cancelled', created: '2026-03-03T12:00:00Z' },
    { status: 'running', created: '2026-03-03T12:00:00Z', waited: 4, agent: 'a' },
    { status: 'waiting', created: '2026-03-03T12:00:00Z' },
    // Outside of the window, by a breath.
    { status: 'completed', created: '2026-02-28T23:59:59.999Z', waited: 900, ran: 900 },
    { status: 'completed', created: '2026-03-04T00:00:00.000Z', waited: 900, ran: 900 },
  ]);
  await past([{ status: 'completed', created: '2026-03-03T12:00:00Z', waited: 1, ran: 1 }], v7());
});

const window = '?from=2026-03-01T00:00:00Z&to=2026-03-04T00:00:00Z';

describe('statistics of tasks', () => {
  it('count what was submitted in the window, by status, day, workflow and agent', async () => {
    expect(await statistics(window)).toEqual({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-04T00:00:00.000Z',
      total_count: 7,
      by_status: { completed: 3, failed: 1, cancelled: 1, running: 1, waiting: 1 },
      run_time: { count: 3, median: 20, p95: 60 },
      waiting_time: { count: 5, median: 2, p95: 8 },
      per_day: [
        { day: '2026-03-01', completed_count: 3, failed_count: 0, cancelled_count: 0 },
        { day: '2026-03-02', completed_count: 0, failed_count: 0, cancelled_count: 0 },
        { day: '2026-03-03', completed_count: 0, failed_count: 1, cancelled_count: 1 },
      ],
      per_workflow: [
        {
          workflow_id: workflows.tall,
          workflow_name: 'Tall',
          completed_count: 2,
          failed_count: 1,
          cancelled_count: 1,
          run_time: { count: 2, median: 10, p95: 20 },
        },
        {
          workflow_id: workflows.wide,
          workflow_name: 'Wide',
          completed_count: 1,
          failed_count: 0,
          cancelled_count: 0,
          run_time: { count: 1, median: 60, p95: 60 },
        },
      ],
      per_agent: [
        {
          agent_id: 'a',
          completed_count: 2,
          failed_count: 0,
          cancelled_count: 0,
          run_time: { count: 2, median: 10, p95: 20 },
        },
        {
          agent_id: 'b',
          completed_count: 1,
          failed_count: 1,
          cancelled_count: 0,
          run_time: { count: 1, median: 60, p95: 60 },
        },
      ],
    });
  });

  it('begin days where the people are', async () => {
    const { per_day } = await statistics(`${window}&time_zone=Europe/Berlin`);
    expect(per_day.map(({ day, completed_count }) => [day, completed_count])).toEqual([
      ['2026-03-01', 0],
      ['2026-03-02', 3],
      ['2026-03-03', 0],
      ['2026-03-04', 0],
    ]);
  });

  it('are right over many rows of the very same moment', async () => {
    const many = 12_000;
    const same = { status: 'completed', created: '2025-01-05T10:00:00Z', waited: 0 };
    await past([
      { ...same, created: '2025-01-05T09:00:00Z', ran: 5 },
      ...Array.from({ length: many }, (_, n) => ({ ...same, ran: n + 1 })),
      { ...same, created: '2025-01-05T11:00:00Z', ran: 5 },
    ]);
    const { total_count, run_time } = await statistics('?from=2025-01-01T00:00:00Z&to=2025-02-01T00:00:00Z');
    expect({ total_count, count: run_time.count }).toEqual({ total_count: many + 2, count: many + 2 });
    expect(run_time).toMatchObject({ median: 5999, p95: 11_400 });
  });

  it('answer for the last 30 days when nothing is said, empty where nothing was', async () => {
    const { per_day, total_count } = await statistics();
    expect(per_day.length).toBeGreaterThanOrEqual(30);
    expect(total_count).toBe(0);
  });

  it.each([
    ['?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', /ends before it begins/],
    ['?from=2020-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', /366 days/],
    ['?time_zone=Mars/Olympus', /time_zone: "Mars\/Olympus"/],
    ['?from=yesterday', /from/],
  ])('refuse %s in words', async (query, words) => {
    const reply = await gateway.call('GET', `/r/tasks/statistics${query}`, gateway.keys.integration);
    expect(reply).toMatchObject({ status: 400, body: { error_message: expect.stringMatching(words) } });
  });
});
