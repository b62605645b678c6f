import type { Logger } from 'pino';
import type { AgentRegistry } from '../agents/registry.ts';
import type { AgentSession } from '../agents/session.ts';
import { gpusOf } from '../agents/view.ts';
import type { TaskRow } from '../store/schema.ts';
import type { WantedAttempt } from '../tasks/attempts.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Waiting } from '../tasks/views.ts';
import type { Workflows } from '../workflows/workflows.ts';
import { candidateOf } from './candidate.ts';
import { decide } from './decide.ts';
import { beingGiven, someoneFits } from './filters.ts';
import { Fleet } from './fleet.ts';
import { Needs } from './needs.ts';
import { levelOf, type Pool } from './pool.ts';
import { Reasons } from './reasons.ts';
import { explainScore } from './score.ts';
import { WaitingQueue, type WaitingTask } from './waiting-queue.ts';

export interface DispatcherPorts {
  readonly tasks: Tasks;
  readonly agents: AgentRegistry;
  readonly workflows: Workflows;
  readonly log: Logger;
  /** How many tasks may be on agents at once: a quota; `Infinity` without one. */
  readonly mostAtOnce?: () => number;
  readonly pool: Pool;
}

/** A task that leaves the line, until its attempt is on disk. */
interface Leaving {
  readonly task: WaitingTask;
  readonly wanted: WantedAttempt;
  /** Its row if it is still `pending` there. */
  readonly fresh: TaskRow | undefined;
}

/** What an agent of another team is called. */
const lentAgent = 'community-agent';

/** In one turn of the event loop at most, so that a thousand idle agents don't hold up requests. */
const mostDecisions = 100;

const quotaIsUsedUp = (most: number): string =>
  `The studio has as many tasks on agents as its quota max_concurrent_tasks allows (${most}).`;

/** A store that can't write is asked again after this. */
const retryMs = 1000;

/**
 * Brings tasks and agents together. Woken by signals only (a task stands in line, an agent changed), once per turn of
 * the event loop however many there were; what was decided in one turn is one unit of work.
 */
export class Dispatcher {
  readonly #ports: DispatcherPorts;
  readonly #needs: Needs;
  readonly #queue = new WaitingQueue();
  readonly #fleet = new Fleet((signature) => this.#queue.has(signature));
  readonly #reasons: Reasons;
  readonly #leaving = new Set<string>();
  /** Places on agents for attempts that are being opened: the agent's session does not count them yet. */
  readonly #reserved = new Map<string, number>();
  #woken = false;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
    this.#needs = new Needs(ports.workflows);
    this.#reasons = new Reasons({
      pool: ports.pool,
      paused: (teamId) => ports.tasks.line.paused(teamId),
      agents: () => this.#fleet.all(),
      full: () => (this.#room() === 0 ? quotaIsUsedUp(ports.mostAtOnce?.() ?? 0) : undefined),
      inLine: (taskId) => this.#queue.get(taskId),
      tell: (waiting) => ports.tasks.wait(waiting),
      failed: (error) => {
        ports.log.error({ err: error }, 'waiting tasks could not be told why');
        this.#retryLater();
      },
    });
    ports.tasks.signals.listen({
      inLine: (tasks) => this.#enqueue(tasks),
      ended: (task) => this.#leave(task.id),
      moved: (task) => this.#moved(task),
      paused: () => this.#wake(),
    });
    ports.agents.onChange((session) => this.#agentChanged(session));
  }

  /** Takes in what was in line when the gateway stopped. */
  start(open: readonly TaskRow[]): void {
    this.#enqueue(open.filter(({ status }) => status !== 'queued' && status !== 'running'));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }

  /** Something outside of tasks and agents changed (a quota): look again. */
  lookAgain(): void {
    this.#reasons.changed();
    this.#wake();
  }

  /** How many tasks stand in line. */
  get size(): number {
    return this.#queue.size;
  }

  /** Why a task waits, and its place; `undefined` when it does not stand in line. */
  waiting(taskId: string): Waiting | undefined {
    const task = this.#queue.get(taskId);
    if (task) return { reason: this.#reasons.of(task), position: this.#queue.position(taskId) };
    return this.#leaving.has(taskId) ? { reason: beingGiven, position: null } : undefined;
  }

  /** A page of a team's tasks that stand in line, next first, and how many there are. */
  inLine(teamId: string, offset: number, limit: number): { ids: string[]; total: number } {
    const ids: string[] = [];
    let passed = 0;
    for (const { id, requirements } of this.#queue.inOrder()) {
      if (ids.length === limit) break;
      if (requirements.teamId !== teamId) continue;
      passed += 1;
      if (passed > offset) ids.push(id);
    }
    return { ids, total: this.#queue.sizeOf(teamId) };
  }

  /** A team's tasks in line that no agent there is could run: ids, next first. */
  stranded(teamId: string): string[] {
    const agents = this.#fleet.all();
    const lost = new Map<string, boolean>();
    const isLost = ({ signature, requirements }: WaitingTask): boolean => {
      if (requirements.teamId !== teamId) return false;
      const known = lost.get(signature) ?? !someoneFits(requirements, agents);
      lost.set(signature, known);
      return known;
    };
    return [...this.#queue.inOrder()].filter(isLost).map(({ id }) => id);
  }

  /** It is run elsewhere. */
  release(taskId: string): void {
    this.#leave(taskId);
  }

  readonly #held = ({ requirements }: WaitingTask): boolean =>
    this.#ports.tasks.line.paused(requirements.teamId) || this.#ports.pool.full(requirements);

  #enqueue(tasks: readonly TaskRow[]): void {
    for (const task of tasks) {
      if (task.dispatch_target !== 'agent') continue;
      this.#queue.add({
        id: task.id,
        workflowId: task.workflow_id,
        ...this.#needs.of(task),
        submitterId: task.submitter_id,
        priority: levelOf(task),
        place: task.place ?? task.id,
      });
      if (task.status === 'pending') this.#reasons.owe(task);
    }
    this.#wake();
  }

  #moved(row: TaskRow): void {
    const task = this.#queue.get(row.id);
    if (!task) return;
    this.#queue.remove(row.id);
    this.#queue.add({ ...task, priority: levelOf(row), place: row.place ?? row.id });
    this.#wake();
  }

  #leave(taskId: string): void {
    this.#queue.remove(taskId);
    this.#reasons.settle(taskId);
  }

  #agentChanged(session: AgentSession): void {
    this.#file(session);
    this.#wake();
  }

  #file(session: AgentSession): void {
    const { key } = session;
    if (session.connected && this.#ports.agents.get(key) === session) {
      const candidate = candidateOf(session);
      const running = candidate.running + (this.#reserved.get(key) ?? 0);
      this.#fleet.upsert({ ...candidate, running });
    } else if (!this.#ports.agents.get(key)?.connected) this.#fleet.remove(key);
    this.#reasons.changed();
  }

  #wake(): void {
    if (this.#woken || this.#stopped) return;
    this.#woken = true;
    setImmediate(() => {
      this.#woken = false;
      if (!this.#stopped) this.#dispatch();
    });
  }

  #dispatch(): void {
    const leaving: Leaving[] = [];
    const room = Math.min(mostDecisions, this.#room());
    while (leaving.length < room) {
      const next = decide(this.#queue, this.#fleet, this.#held);
      if (!next) break;
      const { task, candidate } = next;
      leaving.push({
        task,
        wanted: this.#wanted(
          task,
          candidate.key,
          explainScore(task.requirements, candidate, task.workflowId),
        ),
        fresh: this.#reasons.settle(task.id),
      });
      this.#queue.take(task.id);
      this.#leaving.add(task.id);
      this.#ports.pool.leave(task.requirements);
      this.#reserve(candidate.key, 1);
      const running = candidate.running + 1;
      this.#fleet.upsert({ ...candidate, running, warmWorkflow: task.workflowId });
    }
    if (leaving.length > 0) {
      this.#reasons.changed();
      void this.#open(leaving);
    }
    if (leaving.length === mostDecisions) this.#wake();
    else if (this.#reasons.tellSome()) this.#wake();
  }

  /** How many more may be given out before the quota is reached. */
  #room(): number {
    const most = this.#ports.mostAtOnce?.() ?? Number.POSITIVE_INFINITY;
    // Only with a quota are the agents counted: there may be a thousand.
    return most === Number.POSITIVE_INFINITY ? most : Math.max(0, most - this.#fleet.busy());
  }

  #wanted(task: WaitingTask, key: string, why: string): WantedAttempt {
    const session = this.#ports.agents.get(key);
    // An agent of another team has neither name nor labels here: both may tell who lends it.
    const lent = session?.teamId !== task.requirements.teamId;
    const agent = {
      key,
      agentId: lent ? lentAgent : session.agentId,
      labels: lent ? [] : session.labels,
      gpuType: (session && gpusOf(session)[0]?.name) ?? '',
    };
    return { taskId: task.id, agent, reason: `Chosen by ${why}.` };
  }

  async #open(leaving: readonly Leaving[]): Promise<void> {
    const { tasks, agents, log } = this.#ports;
    let given = 0;
    let again = () => this.#wake();
    try {
      const opened = await tasks.attempts.open(leaving.map(({ wanted }) => wanted));
      for (const attempt of opened) if (agents.assign(attempt)) given += 1;
    } catch (error) {
      log.error({ err: error }, 'attempts could not be opened; their tasks stay in line');
      for (const { task, fresh } of leaving) {
        this.#queue.add(task);
        if (fresh) this.#reasons.owe(fresh);
      }
      // Not at once, or a full disk would keep the event loop busy.
      again = () => this.#retryLater();
    }
    for (const { task, wanted } of leaving) {
      this.#leaving.delete(task.id);
      this.#ports.pool.left(task.requirements);
      this.#reserve(wanted.agent.key, -1);
    }
    if (given === leaving.length) return;
    // Cancelled in the meantime, or not to be assigned: the places that were counted for them are free again.
    for (const key of new Set(leaving.map(({ wanted }) => wanted.agent.key))) {
      const session = agents.get(key);
      if (session) this.#file(session);
    }
    again();
  }

  #reserve(key: string, places: number): void {
    const reserved = (this.#reserved.get(key) ?? 0) + places;
    if (reserved === 0) this.#reserved.delete(key);
    else this.#reserved.set(key, reserved);
  }

  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#wake(), retryMs);
    this.#retry.unref();
  }
}
