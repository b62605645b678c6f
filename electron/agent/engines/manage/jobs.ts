import type { EngineJob } from '#shared/wire/engines.ts';
import { Refusal } from './refusal.ts';

export interface JobListener {
  step(name: string, state: 'begins' | 'was done before'): void;
  line(text: string): void;
}

interface Work {
  readonly kind: EngineJob['kind'];
  readonly title: string;
  /** What will be done, in order, as far as it is known before. */
  readonly steps: readonly string[];
  run(listener: JobListener, signal: AbortSignal): Promise<void>;
}

interface Running {
  readonly interrupt: AbortController;
  readonly over: Promise<void>;
}

/** Long work on engines, one at a time each. The last of each engine is kept, so that people see how it ended. */
export class Jobs {
  readonly #jobs = new Map<string, EngineJob>();
  readonly #running = new Map<string, Running>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get(engineId: string): EngineJob | null {
    return this.#jobs.get(engineId) ?? null;
  }

  runs(engineId: string): boolean {
    return this.#running.has(engineId);
  }

  /** Refuses when something else is being done to the engine. */
  checkFree(engineId: string): void {
    if (!this.runs(engineId)) return;
    const { title } = this.#jobs.get(engineId) as EngineJob;
    throw new Refusal('conflict', `"${engineId}" is busy: ${title}. Wait until it is over, or interrupt it.`);
  }

  /** Begins work and returns; how it goes is in `get`. */
  begin(engineId: string, { kind, title, steps, run }: Work): void {
    this.checkFree(engineId);
    const interrupt = new AbortController();
    this.#set(engineId, {
      ...{ kind, title, state: 'running', line: '', error: '', started_at: new Date().toISOString() },
      steps: steps.map((name) => ({ name, state: 'waiting' })),
    });
    const over = run(this.#listener(engineId), interrupt.signal).then(
      () => this.#end(engineId, 'done', ''),
      (error: Error) => this.#end(engineId, 'failed', error.message),
    );
    this.#running.set(engineId, { interrupt, over });
  }

  /** When the work that goes on is over. */
  over(engineId: string): Promise<void> | undefined {
    return this.#running.get(engineId)?.over;
  }

  /** Interrupts and waits for the end; what is half done can be resumed or is undone by whoever did it. */
  async cancel(engineId: string): Promise<void> {
    const running = this.#running.get(engineId);
    running?.interrupt.abort();
    await running?.over;
  }

  /** Somebody has seen how it ended and wants to see it no more. */
  dismiss(engineId: string): void {
    this.checkFree(engineId);
    if (!this.#jobs.delete(engineId)) {
      throw new Refusal('conflict', `There is nothing to dismiss: no job is told of "${engineId}".`);
    }
    this.#changed();
  }

  /** The engine is gone, and with it what was done to it. */
  forget(engineId: string): void {
    this.#jobs.delete(engineId);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.cancel(id)));
  }

  #listener(engineId: string): JobListener {
    return {
      step: (name, how) => {
        const job = this.#jobs.get(engineId);
        if (!job) return;
        const known = job.steps.some((step) => step.name === name)
          ? job.steps
          : [...job.steps, { name, state: 'waiting' as const }];
        const here = known.findIndex((step) => step.name === name);
        const steps = known.map((step, at) => {
          if (at < here) return { ...step, state: 'done' as const };
          return at === here
            ? { ...step, state: how === 'begins' ? ('running' as const) : ('done' as const) }
            : step;
        });
        this.#set(engineId, { ...job, steps });
      },
      line: (line) => {
        const job = this.#jobs.get(engineId);
        if (job) this.#set(engineId, { ...job, line: line.slice(0, 300) });
      },
    };
  }

  #end(engineId: string, state: 'done' | 'failed', error: string): void {
    this.#running.delete(engineId);
    const job = this.#jobs.get(engineId);
    if (!job) return;
    const steps = job.steps.map((step) =>
      state === 'done' || step.state === 'running' ? { ...step, state } : step,
    );
    this.#set(engineId, { ...job, state, error: error.slice(0, 4000), steps });
  }

  #set(engineId: string, job: EngineJob): void {
    this.#jobs.set(engineId, job);
    this.#changed();
  }
}
