import { setImmediate as nextTurn } from 'node:timers/promises';
import { isTerminal, type TaskStatus, type TerminalStatus } from '#shared/task-states.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { AgentStatistics, StatisticsQuery, TaskStatistics } from '#shared/wire/statistics.ts';
import type { AgentRow } from '../store/rows/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { Durations } from './spread.ts';
import { dayNames, daysOf, type Window, walk, windowOf } from './window.ts';

/** As much of a task as the index of ended ones has. */
type Ended = Pick<
  TaskRow,
  'created_at' | 'status' | 'workflow_id' | 'agent_id' | 'started_at' | 'completed_at'
>;

const endedText = `SELECT created_at, status, workflow_id, agent_id, started_at, completed_at FROM tasks
   WHERE team_id = ? AND created_at >= ? AND created_at < ? AND status IN ('completed','failed','cancelled')
   ORDER BY created_at LIMIT ?`;
const openText = `SELECT id, team_id, created_at, status, started_at FROM tasks
   WHERE status NOT IN ('completed','failed','cancelled') AND id > ? ORDER BY id LIMIT 5000`;

/** How one group of tasks ended. */
class Group {
  readonly ends: Record<`${TerminalStatus}_count`, number> = {
    completed_count: 0,
    failed_count: 0,
    cancelled_count: 0,
  };
  readonly runs = new Durations();

  add({ status, started_at, completed_at }: Ended): void {
    if (!isTerminal(status)) return;
    this.ends[`${status}_count`] += 1;
    if (status === 'completed' && started_at !== null && completed_at !== null) {
      this.runs.add(completed_at - started_at);
    }
  }

  get size(): number {
    return this.ends.completed_count + this.ends.failed_count + this.ends.cancelled_count;
  }
}

function groupOf(groups: Map<string, Group>, name: string): Group {
  let group = groups.get(name);
  if (!group) {
    group = new Group();
    groups.set(name, group);
  }
  return group;
}

const largestFirst = (groups: ReadonlyMap<string, Group>): [string, Group][] =>
  [...groups].sort(([, a], [, b]) => b.size - a.size);

/** Counts and times over windows, read from indexes that hold nothing else. */
export class Statistics {
  readonly #store: Store;
  readonly #clock: () => number;
  /** One count at a time: each takes a share of the event loop. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ store, clock }: { store: Store; clock: () => number }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws AppError `bad_request` for a window or a time zone that makes no sense */
  async tasks(teamId: string, query: StatisticsQuery): Promise<TaskStatistics> {
    const window = windowOf(query, this.#clock());
    const dayOf = dayNames(query.time_zone);
    return this.#inTurn(() => this.#tasks(teamId, window, dayOf));
  }

  async #tasks(teamId: string, window: Window, dayOf: (at: number) => string): Promise<TaskStatistics> {
    const { read } = this.#store;
    const byStatus = new Map<TaskStatus, number>();
    const days = new Map(daysOf(window, dayOf).map((day) => [day, new Group()]));
    const [workflows, agents, all] = [new Map<string, Group>(), new Map<string, Group>(), new Group()];
    const waits = new Durations();
    const count = (status: TaskStatus) => byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    await walk<Ended>(
      window,
      ({ created_at }) => created_at,
      (from, to, limit) => read.hot(endedText, teamId, from, to, limit),
      (task) => {
        count(task.status);
        if (task.started_at !== null) waits.add(task.started_at - task.created_at);
        all.add(task);
        groupOf(days, dayOf(task.created_at)).add(task);
        groupOf(workflows, task.workflow_id).add(task);
        if (task.agent_id !== null) groupOf(agents, task.agent_id).add(task);
      },
    );
    for await (const { team_id, created_at, status, started_at } of this.#open()) {
      if (team_id !== teamId || created_at < window.from || created_at >= window.to) continue;
      count(status);
      if (started_at !== null) waits.add(started_at - created_at);
    }
    const names = this.#names(teamId);
    return {
      from: toTimestamp(window.from),
      to: toTimestamp(window.to),
      total_count: [...byStatus.values()].reduce((sum, one) => sum + one, 0),
      by_status: Object.fromEntries(byStatus) as TaskStatistics['by_status'],
      run_time: all.runs.spread,
      waiting_time: waits.spread,
      per_day: [...days].map(([day, { ends }]) => ({ day, ...ends })),
      per_workflow: largestFirst(workflows).map(([workflow_id, { ends, runs }]) => ({
        workflow_id,
        workflow_name: names.get(workflow_id) ?? '',
        ...ends,
        run_time: runs.spread,
      })),
      per_agent: largestFirst(agents).map(([agent_id, { ends, runs }]) => ({
        agent_id,
        ...ends,
        run_time: runs.spread,
      })),
    };
  }

  /** Everything that is not over, of all teams: seldom much. */
  async *#open(): AsyncGenerator<Pick<TaskRow, 'id' | 'team_id' | 'created_at' | 'status' | 'started_at'>> {
    let after = '';
    for (;;) {
      const rows = this.#store.read.hot<TaskRow>(openText, after);
      yield* rows;
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
      await nextTurn();
    }
  }

  /** What an agent did: its attempts, whatever became of their tasks. */
  async agent(agent: AgentRow, query: StatisticsQuery): Promise<AgentStatistics> {
    const window = windowOf(query, this.#clock());
    return this.#inTurn(() => this.#agent(agent, window));
  }

  async #agent({ team_id, agent_id, first_seen_at }: AgentRow, window: Window): Promise<AgentStatistics> {
    const outcomes = new Map<string, number>();
    const runs = new Durations();
    const sums = { count: 0, busy: 0, last: 0 };
    await walk<{ ended_at: number; outcome: string; accepted_at: number | null }>(
      window,
      ({ ended_at }) => ended_at,
      (from, to, limit) =>
        this.#store.read.hot(
          `SELECT ended_at, outcome, accepted_at FROM attempts
           WHERE agent_id = ? AND state = 'ended' AND ended_at >= ? AND ended_at < ? ORDER BY ended_at LIMIT ?`,
          `${team_id}/${agent_id}`,
          from,
          to,
          limit,
        ),
      ({ ended_at, outcome, accepted_at }) => {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        sums.count += 1;
        sums.last = ended_at;
        if (accepted_at === null) return;
        sums.busy += ended_at - accepted_at;
        if (outcome === 'completed') runs.add(ended_at - accepted_at);
      },
    );
    return {
      agent_id,
      from: toTimestamp(window.from),
      to: toTimestamp(window.to),
      first_seen_at: toTimestamp(first_seen_at),
      attempt_count: sums.count,
      by_outcome: Object.fromEntries(outcomes),
      run_time: runs.spread,
      busy_seconds: sums.busy / 1000,
      last_ended_at: sums.last > 0 ? toTimestamp(sums.last) : null,
    };
  }

  #names(teamId: string): Map<string, string> {
    const rows = this.#store.read.hot<{ id: string; display_name: string }>(
      `SELECT workflows.id, display_name FROM workflows
       JOIN workflow_snapshots ON workflow_snapshots.id = workflows.snapshot_id WHERE team_id = ?`,
      teamId,
    );
    return new Map(rows.map(({ id, display_name }) => [id, display_name]));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
