import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ModelFacts } from '#shared/models/facts.ts';

export interface ModelQuestion {
  readonly id: number;
  readonly ask: 'facts' | 'hash';
  readonly path: string;
}

export interface ModelAnswer {
  readonly id: number;
  readonly facts?: ModelFacts;
  readonly sha256?: string;
  /** Why it could not be read. */
  readonly error?: string;
}

/** How long it waits for more before the thread ends. */
const idleMs = 10_000;

/** Enough for the largest header; a hostile one must not take the machine's memory. */
const mostMegabytes = 512;

/** Reads model files away from the event loop: one thread, made when there is something to read. */
export class ModelReader {
  readonly #waiting = new Map<number, (answer: ModelAnswer) => void>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last = 0;

  /** @throws Error when it can't be read */
  async facts(path: string): Promise<ModelFacts> {
    const { facts } = await this.#ask('facts', path);
    if (!facts) throw new Error('no answer');
    return facts;
  }

  /** SHA-256 of the whole file. */
  async hash(path: string): Promise<string> {
    const { sha256 } = await this.#ask('hash', path);
    if (!sha256) throw new Error('no answer');
    return sha256;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#fail('the agent stops');
  }

  async #ask(ask: ModelQuestion['ask'], path: string): Promise<ModelAnswer> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = ++this.#last;
    const answer = await new Promise<ModelAnswer>((done) => {
      this.#waiting.set(id, done);
      worker.postMessage({ id, ask, path } satisfies ModelQuestion);
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  #start(): Worker {
    const worker = new Worker(programPath(), { resourceLimits: { maxOldGenerationSizeMb: mostMegabytes } });
    worker.unref();
    worker.on('message', (answer: ModelAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) this.#rest();
    });
    worker.on('error', (error) => this.#gone(worker, error.message));
    worker.on('exit', () => this.#gone(worker, 'it ended'));
    return worker;
  }

  #rest(): void {
    this.#idle = setTimeout(() => void this.stop(), idleMs);
    this.#idle.unref();
  }

  #gone(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#fail(why);
  }

  #fail(error: string): void {
    for (const [id, done] of this.#waiting) done({ id, error });
    this.#waiting.clear();
  }
}

/** Beside this file in the sources; beside the programs, or one folder up from their shared parts, when built. */
function programPath(): string {
  const paths = ['./model-worker.ts', './model-worker.js', '../model-worker.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const path = paths.find((one) => existsSync(one));
  if (path === undefined) throw new Error('The program that reads models is missing; install Atelier again.');
  return path;
}
