import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NodeContext, NodeDefinition } from '../nodes/node.ts';
import { casts } from './casts.ts';
import { Executor } from './executor.ts';
import { History, type PromptTuple } from './history.ts';
import { isObject, type Prompt } from './prompt.ts';
import { PromptQueue, type QueuedPrompt } from './queue.ts';
import type { RunVoice } from './run.ts';
import { type NodeErrors, refusal, validatePrompt } from './validate.ts';
import type { PromptError } from './validation-errors.ts';

/** Who listens to the engine: all sockets, one client's, and the log. */
export interface Audience {
  broadcast(event: string, data: Record<string, unknown>): void;
  voiceOf(client: string | undefined): RunVoice;
  log(line: string): void;
}

export type Submission =
  | {
      readonly prompt_id: string;
      readonly number: number;
      readonly node_errors: Record<string, NodeErrors>;
    }
  | { readonly error: PromptError; readonly node_errors: Record<string, NodeErrors> };

export interface EngineParts {
  readonly catalogue: ReadonlyMap<string, NodeDefinition>;
  readonly folders: NodeContext['folders'];
  readonly audience: Audience;
}

/** Keys for partner services: kept out of everything that is shown or written. */
const sensitiveKeys = ['auth_token_comfy_org', 'api_key_comfy_org'];

/** The queue with its one worker. */
export class PromptEngine {
  readonly queue = new PromptQueue();
  readonly history = new History();
  readonly #parts: EngineParts;
  readonly #executor: Executor;
  #forgetNext = false;
  #working = false;
  /** The client of the run at work and the node it is at, for a client that connects again in the middle. */
  current: { client: string | undefined; node: string | undefined } = { client: undefined, node: undefined };

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#executor = new Executor(parts.catalogue, parts.folders);
  }

  /** `POST /prompt`: checks and queues, or refuses with the reasons (comfyui-protocol.md section 3). */
  submit(body: Record<string, unknown>): Submission {
    this.#parts.audience.log('got prompt');
    const number =
      body.number === undefined
        ? this.queue.nextNumber(Boolean(body.front))
        : (casts.FLOAT?.(body.number) as number);
    const { prompt, prompt_id, client_id, partial_execution_targets } = body;
    if (!isObject(prompt)) return refused(refusal('no_prompt', 'No prompt provided', 'No prompt provided'));
    const targets = Array.isArray(partial_execution_targets)
      ? partial_execution_targets.map(String)
      : undefined;
    const checked = validatePrompt(prompt, this.#parts.catalogue, this.#parts.folders, targets);
    if ('error' in checked) {
      this.#parts.audience.log(`invalid prompt: ${checked.error.message} ${checked.error.details}`.trim());
      return refused(checked.error, checked.nodeErrors);
    }
    const id = prompt_id === undefined || prompt_id === null ? randomUUID() : String(prompt_id);
    const extra: Record<string, unknown> = isObject(body.extra_data) ? { ...body.extra_data } : {};
    for (const key of sensitiveKeys) delete extra[key];
    if (client_id !== undefined) extra.client_id = client_id;
    extra.create_time = Date.now();
    this.queue.add({ tuple: [number, id, prompt, extra, checked.outputs] });
    this.#tellQueue();
    void this.#work();
    return { prompt_id: id, number, node_errors: checked.nodeErrors };
  }

  /** Interrupts what runs; with an id only when it is that one. True when there was something to interrupt. */
  interrupt(promptId?: string): boolean {
    const running = this.queue.running;
    if (!running || (promptId !== undefined && running.tuple[1] !== promptId)) return false;
    this.#executor.interrupt();
    return true;
  }

  /** Takes a pending prompt out of the queue. ComfyUI tells the queue twice when that empties it. */
  remove(promptId: string): boolean {
    const last = this.queue.pending.length === 1;
    const removed = this.queue.remove(promptId);
    if (removed) this.#tellQueue();
    if (removed && last) this.#tellQueue();
    return removed;
  }

  clear(): void {
    this.queue.clear();
    this.#tellQueue();
  }

  /** `/free`: forgets cached results, after the run at work. */
  forget(): void {
    if (this.#working) this.#forgetNext = true;
    else this.#executor.forget();
  }

  get queueInfo(): { exec_info: { queue_remaining: number } } {
    return { exec_info: { queue_remaining: this.queue.remaining } };
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    // The reply to the submission leaves before its run starts.
    await nextTurn();
    for (let next = this.queue.take(); next; next = this.queue.take()) {
      this.#tellQueue();
      await this.#run(next);
      if (this.#forgetNext) this.#executor.forget();
      this.#forgetNext = false;
    }
    this.#working = false;
  }

  async #run({ tuple }: QueuedPrompt): Promise<void> {
    const { audience } = this.#parts;
    const started = performance.now();
    const promptId = tuple[1];
    const client = clientOf(tuple);
    this.current = { client, node: undefined };
    const voice = audience.voiceOf(client);
    const entry = await this.#executor.run(tuple, {
      ...voice,
      send: (event, data) => {
        this.#note(tuple, event, data);
        voice.send(event, data);
      },
    });
    this.current.node = undefined;
    this.history.add(promptId, entry);
    this.queue.done();
    this.#tellQueue();
    if (client !== undefined) voice.send('executing', { node: null, prompt_id: promptId });
    audience.log(`Prompt executed in ${((performance.now() - started) / 1000).toFixed(2)} seconds`);
  }

  /** What the log and a client that connects again should know of a message. */
  #note([, , prompt]: PromptTuple, event: string, data: Record<string, unknown>): void {
    const log = (line: string): void => this.#parts.audience.log(line);
    if (event === 'executing') {
      this.current.node = String(data.display_node);
      log(`${nameOf(prompt, this.current.node)} …`);
    } else if (event === 'execution_error') {
      log(`!!! Exception during processing !!! ${String(data.exception_message)}`);
    } else if (event === 'execution_interrupted') log('Processing interrupted');
  }

  #tellQueue(): void {
    this.#parts.audience.broadcast('status', { status: this.queueInfo });
  }
}

/** A node as its author named it, else by its class. */
function nameOf(prompt: unknown, id: string): string {
  const node = (prompt as Prompt)[id];
  return node?._meta?.title || node?.class_type || id;
}

const refused = (error: PromptError, node_errors: Record<string, NodeErrors> = {}): Submission => ({
  error,
  node_errors,
});

function clientOf([, , , extra]: PromptTuple): string | undefined {
  return extra.client_id === undefined || extra.client_id === null ? undefined : String(extra.client_id);
}
