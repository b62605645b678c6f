import type { TaskRow } from '../store/schema.ts';
import type { Candidate } from './candidate.ts';
import { explain, lineIsPaused, poolIsFull } from './filters.ts';
import type { Pool } from './pool.ts';
import type { WaitingTask } from './waiting-queue.ts';

export interface ReasonPorts {
  readonly pool: Pool;
  readonly paused: (teamId: string) => boolean;
  readonly agents: () => readonly Candidate[];
  /** The quota that leaves no room on any agent, in words; undefined while there is room. */
  readonly full: () => string | undefined;
  readonly inLine: (taskId: string) => WaitingTask | undefined;
  /** Writes down that tasks wait, and why. */
  readonly tell: (waiting: readonly { task: TaskRow; reason: string }[]) => Promise<void>;
  /** They could not be told. */
  readonly failed: (error: unknown) => void;
}

/** In one turn of the event loop at most, so that a full line doesn't hold up requests. */
const mostTold = 200;

/** Why tasks wait: worked out once for all of a signature until something changes, and told to each task once. */
export class Reasons {
  readonly #ports: ReasonPorts;
  readonly #bySignature = new Map<string, string>();
  /** Tasks in line that are still `pending` on disk: they have not been told yet. */
  readonly #untold = new Map<string, TaskRow>();

  constructor(ports: ReasonPorts) {
    this.#ports = ports;
  }

  /** An agent or a quota is different now. */
  changed(): void {
    this.#bySignature.clear();
  }

  of({ signature, requirements }: WaitingTask): string {
    const { paused, pool, full, agents } = this.#ports;
    if (paused(requirements.teamId)) return lineIsPaused;
    if (pool.full(requirements)) return poolIsFull;
    let reason = this.#bySignature.get(signature);
    if (reason === undefined) {
      reason = full() ?? explain(requirements, agents());
      this.#bySignature.set(signature, reason);
    }
    return reason;
  }

  /** A task is to be told, once it turns out that it must wait. */
  owe(task: TaskRow): void {
    this.#untold.set(task.id, task);
  }

  /** It need not be told any more; its row if it was still to be. */
  settle(taskId: string): TaskRow | undefined {
    const task = this.#untold.get(taskId);
    this.#untold.delete(taskId);
    return task;
  }

  /** Tells some of those who are owed a reason; are there more? */
  tellSome(): boolean {
    if (this.#untold.size === 0) return false;
    const waiting: { task: TaskRow; reason: string }[] = [];
    for (const task of this.#untold.values()) {
      if (waiting.length === mostTold) break;
      const inLine = this.#ports.inLine(task.id);
      this.#untold.delete(task.id);
      if (inLine) waiting.push({ task, reason: this.of(inLine) });
    }
    this.#ports.tell(waiting).catch((error: unknown) => {
      for (const { task } of waiting) if (this.#ports.inLine(task.id)) this.owe(task);
      this.#ports.failed(error);
    });
    return this.#untold.size > 0;
  }
}
