import type { AgentRegistry } from '../agents/registry.ts';
import type { AgentSession } from '../agents/session.ts';
import { notReady, vramGb } from '../agents/view.ts';
import type { TaskRow } from '../store/schema.ts';
import type { AttemptAgent } from '../tasks/attempts.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Waiting } from '../tasks/views.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { Candidate } from './candidate.ts';
import { decide } from './decide.ts';
import { explain } from './filters.ts';
import { Fleet } from './fleet.ts';
import { type Requirements, signatureOf } from './requirements.ts';
import { WaitingQueue, type WaitingTask } from './waiting-queue.ts';

export interface DispatcherPorts {
  readonly tasks: Tasks;
  readonly agents: AgentRegistry;
  readonly workflows: Workflows;
}

/**
 * Brings tasks and agents together. Woken by signals only (a task stands in line, an agent changed), once per turn of
 * the event loop however many there were; what was decided in one turn is one unit of work.
 */
export class Dispatcher {
  readonly #ports: DispatcherPorts;
  readonly #queue = new WaitingQueue();
  readonly #fleet = new Fleet();
  /** Tasks in line that are still `pending` on disk: they have not been told yet why they wait. */
  readonly #fresh = new Map<string, TaskRow>();
  #order = 0;
  #woken = false;
  #stopped = false;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
    ports.tasks.signals.listen({
      inLine: (tasks) => this.#enqueue(tasks),
      ended: (task) => this.#leave(task.id),
    });
    ports.agents.onChange((session) => this.#agentChanged(session));
  }

  /** Takes in what was in line when the gateway stopped. */
  start(open: readonly TaskRow[]): void {
    this.#enqueue(open.filter(({ status }) => status !== 'queued' && status !== 'running'));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** How many tasks stand in line. */
  get size(): number {
    return this.#queue.size;
  }

  /** Why a task waits, and its place; `undefined` when it does not stand in line. */
  waiting(taskId: string): Waiting | undefined {
    const task = this.#queue.get(taskId);
    if (!task) return undefined;
    return { reason: this.#reason(task), position: this.#queue.position(taskId) };
  }

  #reason(task: WaitingTask): string {
    return explain(task.requirements, this.#fleet.all());
  }

  #enqueue(tasks: readonly TaskRow[]): void {
    for (const task of tasks) {
      const requirements = this.#requirements(task);
      this.#queue.add({
        id: task.id,
        signature: signatureOf(requirements),
        requirements,
        submitterId: task.submitter_id,
        priority: task.priority,
        // By the time of submission, so that one that came back keeps its place; the fraction orders one millisecond.
        order: task.created_at + (++this.#order % 1e6) / 1e6,
      });
      if (task.status === 'pending') this.#fresh.set(task.id, task);
    }
    this.#wake();
  }

  #leave(taskId: string): void {
    this.#queue.remove(taskId);
    this.#fresh.delete(taskId);
  }

  #requirements(task: TaskRow): Requirements {
    const { snapshot, graph, requiredLabels, requiredModels } = this.#ports.workflows.version(
      task.snapshot_id,
    );
    const nodeTypes = task.tool_type === 'comfyui' ? Object.values(graph).map((node) => node.class_type) : [];
    return {
      teamId: task.team_id,
      pool: task.target_pool,
      tool: task.tool_type,
      labels: requiredLabels,
      models: requiredModels,
      minVramGb: snapshot.min_vram_gb,
      nodeTypes: [...new Set(nodeTypes)].sort(),
      preferredGpu: snapshot.preferred_gpu,
      region: task.submitter_region,
      workflowId: task.workflow_id,
    };
  }

  #agentChanged(session: AgentSession): void {
    if (session.connected && this.#ports.agents.get(session.key) === session)
      this.#fleet.upsert(candidateOf(session));
    else this.#fleet.remove(session.key);
    this.#wake();
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
    const decided: { task: WaitingTask; agent: AttemptAgent }[] = [];
    for (let next = decide(this.#queue, this.#fleet); next; next = decide(this.#queue, this.#fleet)) {
      const { task, candidate } = next;
      this.#queue.take(task.id);
      this.#fresh.delete(task.id);
      this.#fleet.upsert({ ...candidate, running: candidate.running + 1 });
      decided.push({ task, agent: agentOf(candidate) });
    }
    if (decided.length > 0) void this.#open(decided);
    if (this.#fresh.size > 0) this.#tellWhy();
  }

  async #open(decided: readonly { task: WaitingTask; agent: AttemptAgent }[]): Promise<void> {
    const { tasks, agents } = this.#ports;
    const wanted = decided.map(({ task, agent }) => ({ taskId: task.id, agent }));
    const opened = await tasks.attempts.open(wanted);
    for (const attempt of opened) agents.assign(attempt);
    if (opened.length === decided.length) return;
    // Cancelled in the meantime: the place that was counted for it is free again.
    for (const { agent } of decided) {
      const session = agents.get(agent.key);
      if (session) this.#agentChanged(session);
    }
  }

  #tellWhy(): void {
    const reasons = new Map<string, string>();
    const waiting = [...this.#fresh.values()].map((task) => {
      const inLine = this.#queue.get(task.id);
      const signature = inLine?.signature ?? '';
      let reason = reasons.get(signature);
      if (reason === undefined) {
        reason = inLine ? this.#reason(inLine) : '';
        reasons.set(signature, reason);
      }
      return { task, reason };
    });
    this.#fresh.clear();
    void this.#ports.tasks.wait(waiting);
  }
}

const agentOf = ({ key, agentId, labels, gpuNames }: Candidate): AttemptAgent => ({
  key,
  agentId,
  labels: [...labels],
  gpuType: gpuNames[0] ?? '',
});

function candidateOf(session: AgentSession): Candidate {
  const { hello } = session;
  return {
    key: session.key,
    agentId: session.agentId,
    teamId: session.teamId,
    community: false,
    tools: hello.engines.map(({ tool }) => tool),
    labels: new Set(hello.labels),
    models: new Set(hello.models.map(({ path }) => path)),
    vramGb: vramGb(session),
    gpuNames: hello.machine.gpus.map(({ name }) => name),
    region: hello.region.trim().toLowerCase(),
    nodeTypes: new Set(hello.engines.flatMap((engine) => engine.node_types)),
    notReady: notReady(session),
    slots: hello.slots,
    staging: hello.staging,
    running: session.attempts.size,
    warmWorkflow: session.lastWorkflow,
    recent: { done: session.completed, failed: session.failed },
  };
}
