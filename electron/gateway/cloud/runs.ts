import type { Logger } from 'pino';
import { findTask, openAttemptsOf } from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { OpenedAttempt } from '../tasks/attempts.ts';
import type { TaskSignals } from '../tasks/signals.ts';
import type { Waiting } from '../tasks/views.ts';
import { CloudClient } from './client.ts';
import { CloudRun, type CloudRunPorts } from './run.ts';

export interface CloudPorts extends Omit<CloudRunPorts, 'refused'> {
  readonly signals: TaskSignals;
  readonly log: Logger;
  /** Where ComfyUI Cloud answers. */
  readonly url: string;
  /** The team's key; undefined when it has none that is in use. */
  readonly keyOf: (teamId: string) => string | undefined;
  /** The cloud has refused this key. */
  readonly keyRefused: (teamId: string, key: string) => Promise<void>;
  readonly paused: (teamId: string) => boolean;
}

/** A job under way, and how to stop following it. */
interface UnderWay {
  readonly run: CloudRun;
  readonly ending: AbortController;
}

/** The largest plan executes so many at once; more would only wait there instead of here, where they can be reordered. */
const mostAtOnce = 5;

/** A store that can't write is asked again after this. */
const retryMs = 1000;

/** As the attempts of a team at the cloud are filed; no agent can have this name. */
const keyOf = (teamId: string): string => `${cloudKeys}${teamId}`;
export const cloudKeys = 'cloud/';

/** What `agent_id` says of a task that runs there. */
export const cloudAgent = 'comfy-cloud';

const words = {
  noKey: 'No ComfyUI Cloud key is set up. Enter one in the settings, or run it on an agent.',
  paused: 'The queue is paused; resume it to go on.',
  full: `ComfyUI Cloud runs ${mostAtOnce} tasks of this team already.`,
};

/** Tasks that are meant for ComfyUI Cloud: their line, and their attempts there. */
export class CloudRuns {
  readonly #ports: CloudPorts;
  readonly #lines = new Map<string, TaskRow[]>();
  readonly #underWay = new Map<string, UnderWay>();
  readonly #counts = new Map<string, number>();
  #stopped = false;

  constructor(ports: CloudPorts) {
    this.#ports = ports;
    ports.signals.listen({
      inLine: (tasks) =>
        this.#enqueue(tasks.filter(({ dispatch_target }) => dispatch_target === 'comfy_cloud')),
      ended: ({ id, team_id }) => this.#leave(team_id, id),
      moved: (task) => this.#moved(task),
      paused: (teamId) => this.look(teamId),
      abandoned: (attemptId) => this.#abandon(attemptId),
    });
  }

  /** Takes up what was in line or at the cloud when the gateway stopped. */
  async start(open: readonly TaskRow[]): Promise<void> {
    const { store, attempts } = this.#ports;
    for (const teamId of new Set(open.map(({ team_id }) => team_id))) {
      for (const attempt of openAttemptsOf(store.read, keyOf(teamId))) {
        const task = findTask(store.read, attempt.task_id);
        const [job] = store.read.hot<{ job_id: string }>(
          'SELECT job_id FROM cloud_jobs WHERE attempt_id = ?',
          attempt.id,
        );
        const key = this.#ports.keyOf(teamId);
        if (task && job && key !== undefined) {
          const opened = { ...attempt, task, agent: agentOf(teamId) };
          this.#add(teamId, 1);
          this.#carry(opened, key, job.job_id);
        } else {
          await attempts.lost(attempt, 'Atelier was stopped before ComfyUI Cloud had said that it has it.');
        }
      }
    }
    const inLine: readonly TaskRow['status'][] = ['pending', 'waiting', 'provisioning'];
    this.#enqueue(
      open.filter(
        ({ status, dispatch_target }) => dispatch_target === 'comfy_cloud' && inLine.includes(status),
      ),
    );
  }

  /** Stops following; the jobs go on, and are found again by the next start. */
  stop(): void {
    this.#stopped = true;
    for (const { ending } of this.#underWay.values()) ending.abort();
  }

  /** Takes a task that no agent can run; it comes back to the agents' line if the cloud does not finish it. */
  take(task: TaskRow): void {
    this.#enqueue([task]);
  }

  /** Something changed for the team: its key, or whether its line stands still. */
  look(teamId: string): void {
    if (this.#stopped || this.#ports.paused(teamId)) return;
    const key = this.#ports.keyOf(teamId);
    const line = this.#lines.get(teamId);
    while (line?.length && key !== undefined && this.#count(teamId) < mostAtOnce) {
      const task = line.shift();
      if (task) void this.#open(task, key);
    }
  }

  /** Why a task waits, and its place; `undefined` when it does not stand in line here. */
  waiting(taskId: string): Waiting | undefined {
    for (const [teamId, line] of this.#lines) {
      const at = line.findIndex(({ id }) => id === taskId);
      if (at >= 0) return { reason: this.#reason(teamId), position: at + 1 };
    }
    return undefined;
  }

  #reason(teamId: string): string {
    if (this.#ports.keyOf(teamId) === undefined) return words.noKey;
    return this.#ports.paused(teamId) ? words.paused : words.full;
  }

  #enqueue(tasks: readonly TaskRow[]): void {
    for (const task of tasks) this.#put(task);
    for (const teamId of new Set(tasks.map(({ team_id }) => team_id))) this.look(teamId);
  }

  #put(task: TaskRow): void {
    const line = this.#lines.get(task.team_id) ?? [];
    this.#lines.set(task.team_id, line);
    const after = line.findIndex((other) => goesBefore(task, other));
    line.splice(after < 0 ? line.length : after, 0, task);
  }

  #leave(teamId: string, taskId: string): TaskRow | undefined {
    const line = this.#lines.get(teamId);
    const at = line?.findIndex(({ id }) => id === taskId) ?? -1;
    return at < 0 ? undefined : line?.splice(at, 1)[0];
  }

  #moved(task: TaskRow): void {
    if (this.#leave(task.team_id, task.id)) this.#enqueue([task]);
  }

  async #open(task: TaskRow, key: string): Promise<void> {
    const { attempts, log } = this.#ports;
    this.#add(task.team_id, 1);
    try {
      const reason = 'It runs at ComfyUI Cloud.';
      const wanted = { taskId: task.id, agent: agentOf(task.team_id), reason };
      const [opened] = await attempts.open([wanted]);
      if (opened) return this.#carry(opened, key);
    } catch (error) {
      log.error({ err: error, task: task.id }, 'an attempt at ComfyUI Cloud could not be opened');
      this.#put(task);
      // Not at once, or a full disk would keep the event loop busy.
      setTimeout(() => this.look(task.team_id), retryMs).unref();
    }
    this.#add(task.team_id, -1);
  }

  #add(teamId: string, jobs: number): void {
    this.#counts.set(teamId, this.#count(teamId) + jobs);
  }

  #count(teamId: string): number {
    return this.#counts.get(teamId) ?? 0;
  }

  #carry(opened: OpenedAttempt, key: string, jobId?: string): void {
    const teamId = opened.task.team_id;
    const ending = new AbortController();
    const client = new CloudClient(this.#ports.url, key, ending.signal);
    const refused = () => this.#ports.keyRefused(teamId, key);
    const run = new CloudRun({ ...this.#ports, refused }, opened, client, ending.signal);
    this.#underWay.set(opened.id, { run, ending });
    const over = run.carry(jobId).catch((error: unknown) => {
      if (!this.#stopped) this.#ports.log.error({ err: error, attempt: opened.id }, 'a run at ComfyUI Cloud');
    });
    void over.then(() => {
      this.#underWay.delete(opened.id);
      this.#add(teamId, -1);
      this.look(teamId);
    });
  }

  /** Ended on our side: following it stops once the cloud knows. */
  #abandon(attemptId: string): void {
    const at = this.#underWay.get(attemptId);
    if (!at) return;
    const told = at.run.cancel().catch((error: unknown) => {
      this.#ports.log.warn(
        { err: error, attempt: attemptId },
        'a job could not be cancelled at ComfyUI Cloud',
      );
    });
    void told.then(() => at.ending.abort());
  }
}

const agentOf = (teamId: string) => ({
  key: keyOf(teamId),
  agentId: cloudAgent,
  labels: [],
  gpuType: '',
});

const goesBefore = (one: TaskRow, other: TaskRow): boolean =>
  one.priority === other.priority ? one.id < other.id : one.priority > other.priority;
