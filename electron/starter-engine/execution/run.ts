import { NodeError, type NodeResult } from '../nodes/node.ts';
import { describeValue } from './describe.ts';
import type { HistoryEntry, HistoryMessage, PromptTuple } from './history.ts';
import { ProgressState } from './progress.ts';
import type { Prompt } from './prompt.ts';

export interface Preview {
  readonly mime: 'image/jpeg' | 'image/png';
  readonly bytes: Uint8Array;
}

/** What a `progress` message says. */
export interface Progress {
  readonly value: number;
  readonly max: number;
  readonly prompt_id: string;
  readonly node: string;
}

/** Where a run tells what happens. `client` undefined = the prompt named nobody. */
export interface RunVoice {
  readonly client: string | undefined;
  send(event: string, data: Record<string, unknown>): void;
  progress(progress: Progress, preview: Preview | undefined): void;
}

/** One run: tells what happens in ComfyUI's order and keeps what the history shows. */
export class Run {
  readonly promptId: string;
  readonly prompt: unknown;
  readonly extraPngInfo: Readonly<Record<string, unknown>> | undefined;
  readonly #tuple: PromptTuple;
  readonly #voice: RunVoice;
  readonly #state: ProgressState;
  readonly #messages: HistoryMessage[] = [];
  readonly #outputs: Record<string, unknown> = {};
  readonly #meta: Record<string, unknown> = {};
  readonly #executed: string[] = [];
  #end: 'success' | 'error' | undefined;

  constructor(tuple: PromptTuple, voice: RunVoice) {
    this.#tuple = tuple;
    this.#voice = voice;
    const [, promptId, prompt, extraData] = tuple;
    this.promptId = promptId;
    this.prompt = prompt;
    this.extraPngInfo = extraData.extra_pnginfo as Record<string, unknown> | undefined;
    this.#state = new ProgressState(promptId);
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Says what the history keeps too. */
  say(event: string, data: Record<string, unknown>): void {
    const message = { ...data, prompt_id: this.promptId, timestamp: Date.now() };
    this.#messages.push([event, message]);
    if (event === 'execution_success') this.#end = 'success';
    // Without a client only an interruption is told, to everybody.
    if (this.#voice.client !== undefined || event === 'execution_interrupted')
      this.#voice.send(event, message);
  }

  begin(id: string): void {
    this.#state.set(id, 'running');
    this.#tellState();
    this.#tell('executing', { node: id, display_node: id, prompt_id: this.promptId });
  }

  progress(id: string, value: number, max: number, preview: Preview | undefined): void {
    this.#state.set(id, 'running', value, max);
    this.#tellState();
    this.#voice.progress({ value, max, prompt_id: this.promptId, node: id }, preview);
  }

  finish(id: string, result: NodeResult): void {
    this.#executed.push(id);
    this.#tellOutput(id, result);
    this.#state.set(id, 'finished');
    this.#tellState();
  }

  /** A planned node whose result was there when its turn came: ComfyUI tells it also where there is nothing to show. */
  cached(id: string, result: NodeResult): void {
    if (result.ui) this.#tellOutput(id, result);
    else this.#tellExecuted(id, null);
    this.#state.set(id, 'finished');
    this.#tellState();
  }

  interrupted(id: string, type: string): void {
    this.#end = 'error';
    this.say('execution_interrupted', { node_id: id, node_type: type, executed: this.#executed });
  }

  failed(id: string, type: string, thrown: unknown, inputs: Record<string, unknown>): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#end = 'error';
    this.say('execution_error', {
      node_id: id,
      node_type: type,
      executed: this.#executed,
      exception_message: `${error.message}\n`,
      exception_type: error instanceof NodeError ? error.exceptionType : 'RuntimeError',
      traceback: (error.stack ?? '').split('\n').slice(1),
      current_inputs: Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [name, [describeValue(value)]]),
      ),
      current_outputs: Object.keys(this.prompt as Prompt),
    });
  }

  history(): HistoryEntry {
    return {
      prompt: this.#tuple,
      outputs: this.#outputs,
      status: {
        status_str: this.#end ?? 'error',
        completed: this.#end === 'success',
        messages: this.#messages,
      },
      meta: this.#meta,
    };
  }

  #tellOutput(id: string, { ui }: NodeResult): void {
    if (!ui) return;
    this.#outputs[id] = ui;
    this.#meta[id] = { node_id: id, display_node: id, parent_node: null, real_node_id: id };
    this.#tellExecuted(id, ui);
  }

  #tellExecuted(id: string, output: unknown): void {
    this.#tell('executed', { node: id, display_node: id, output, prompt_id: this.promptId });
  }

  #tellState(): void {
    this.#voice.send('progress_state', this.#state.message);
  }

  #tell(event: string, data: Record<string, unknown>): void {
    if (this.#voice.client !== undefined) this.#voice.send(event, data);
  }
}
