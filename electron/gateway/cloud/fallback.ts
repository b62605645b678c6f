import { findTask } from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';

export interface FallbackPorts {
  readonly store: Store;
  /** Teams that allow it. */
  readonly teams: () => string[];
  readonly paused: (teamId: string) => boolean;
  /** The team's tasks in the agents' line that no agent could run. */
  readonly stranded: (teamId: string) => string[];
  /** Takes one out of that line. */
  readonly release: (taskId: string) => void;
  readonly take: (task: TaskRow) => void;
  readonly clock: () => number;
  /** An agent that is just starting, or whose link broke, is waited for so long. */
  readonly afterMs: number;
}

/** Sends tasks to ComfyUI Cloud that no agent can run, for teams that want that. */
export class CloudFallback {
  readonly #ports: FallbackPorts;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: FallbackPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), Math.max(10, this.#ports.afterMs / 4));
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    const { teams, paused, stranded, store } = this.#ports;
    for (const teamId of teams()) {
      if (paused(teamId)) continue;
      for (const id of stranded(teamId)) {
        const task = findTask(store.read, id);
        if (task && this.#mayGo(task)) this.#send(task);
      }
    }
  }

  #mayGo({ target_pool, tool_type, created_at }: TaskRow): boolean {
    const { clock, afterMs } = this.#ports;
    return target_pool === 'team' && tool_type === 'comfyui' && created_at <= clock() - afterMs;
  }

  #send(task: TaskRow): void {
    this.#ports.release(task.id);
    this.#ports.take(task);
  }
}
