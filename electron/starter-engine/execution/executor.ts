import { setImmediate as nextTurn } from 'node:timers/promises';
import { type NodeContext, type NodeDefinition, NodeError, type NodeResult } from '../nodes/node.ts';
import { describeValue } from './describe.ts';
import type { HistoryEntry, HistoryMessage, PromptTuple } from './history.ts';
import { Plan } from './plan.ts';
import { ProgressState } from './progress.ts';
import { isLink, type Prompt } from './prompt.ts';
import { signaturesOf } from './signatures.ts';

export interface Preview {
  readonly mime: 'image/jpeg' | 'image/png';
  readonly bytes: Uint8Array;
}

/** Where a run tells what happens. `client` undefined = the prompt named nobody. */
export interface RunVoice {
  readonly client: string | undefined;
  send(event: string, data: Record<string, unknown>): void;
  preview(preview: Preview, node: string, promptId: string): void;
}

/** Thrown through a node when the run was interrupted. */
export class Interrupted extends Error {}

interface Cached {
  readonly result: NodeResult;
}

/** Runs prompts one after the other and keeps what the last one made. */
export class Executor {
  readonly #catalogue: ReadonlyMap<string, NodeDefinition>;
  readonly #folders: NodeContext['folders'];
  /** By signature. */
  #cache = new Map<string, Cached>();
  #interrupted = false;

  constructor(catalogue: ReadonlyMap<string, NodeDefinition>, folders: NodeContext['folders']) {
    this.#catalogue = catalogue;
    this.#folders = folders;
  }

  interrupt(): void {
    this.#interrupted = true;
  }

  forget(): void {
    this.#cache = new Map();
  }

  /** Executes a validated prompt to its end, which is the history's entry. Never throws. */
  async run(tuple: PromptTuple, voice: RunVoice): Promise<HistoryEntry> {
    const [, promptId, graph, , outputs] = tuple;
    this.#interrupted = false;
    const prompt = graph as Prompt;
    const run = new Run(tuple, voice);
    run.say('execution_start', {});
    const signatures = await signaturesOf(prompt, this.#catalogue, this.#folders);
    this.#keepOnly(new Set(signatures.values()));
    const cached = (id: string): Cached | undefined => this.#cache.get(signatures.get(id) ?? '');
    run.say('execution_cached', { nodes: Object.keys(prompt).filter(cached) });
    const isOutput = (id: string): boolean => this.#catalogue.get(prompt[id]?.class_type ?? '')?.isOutput ?? false;
    const plan = new Plan(prompt, outputs, isOutput, (id) => cached(id) !== undefined);
    for (let id = plan.next(); id !== undefined; id = plan.next()) {
      const known = cached(id);
      if (known) run.cached(id, known.result);
      else {
        const made = await this.#execute(id, prompt, run, cached);
        if (!made) break;
        this.#cache.set(signatures.get(id) ?? '', { result: made });
      }
      plan.done(id);
      // Sockets, requests and interrupts get their turn between nodes.
      await nextTurn();
    }
    if (!run.ended) run.say('execution_success', {});
    return run.history(promptId);
  }

  async #execute(
    id: string,
    prompt: Prompt,
    run: Run,
    cached: (id: string) => Cached | undefined,
  ): Promise<NodeResult | undefined> {
    const node = prompt[id];
    const definition = node && this.#catalogue.get(node.class_type);
    if (!node || !definition) return undefined;
    const inputs: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(node.inputs)) {
      inputs[name] = isLink(value) ? cached(String(value[0]))?.result.outputs[value[1]] : value;
    }
    run.begin(id);
    try {
      this.#throwIfInterrupted();
      const result = await definition.run(inputs, this.#context(id, run));
      run.finish(id, result);
      return result;
    } catch (error) {
      if (error instanceof Interrupted) run.interrupted(id, node.class_type);
      else run.failed(id, node.class_type, error, inputs);
      return undefined;
    }
  }

  #context(nodeId: string, run: Run): NodeContext {
    return {
      promptId: run.promptId,
      nodeId,
      prompt: run.prompt,
      extraPngInfo: run.extraPngInfo,
      folders: this.#folders,
      progress: async (value, max, preview) => {
        run.progress(nodeId, value, max, preview);
        await nextTurn();
        this.#throwIfInterrupted();
      },
      throwIfInterrupted: () => this.#throwIfInterrupted(),
    };
  }

  #throwIfInterrupted(): void {
    if (this.#interrupted) throw new Interrupted();
  }

  #keepOnly(signatures: ReadonlySet<string>): void {
    for (const signature of this.#cache.keys()) if (!signatures.has(signature)) this.#cache.delete(signature);
  }
}

/** One run: tells what happens in ComfyUI's order and keeps what the history shows. */
class Run {
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
    const whole = event === 'execution_start' ? { prompt_id: this.promptId, timestamp: Date.now() } : undefined;
    const message = whole ?? { ...data, prompt_id: this.promptId, timestamp: Date.now() };
    this.#messages.push([event, message]);
    if (event === 'execution_success') this.#end = 'success';
    // Without a client only an interruption is told, to everybody.
    if (this.#voice.client !== undefined || event === 'execution_interrupted') this.#voice.send(event, message);
  }

  begin(id: string): void {
    this.#state.set(id, 'running');
    this.#tellState();
    this.#tell('executing', { node: id, display_node: id, prompt_id: this.promptId });
  }

  progress(id: string, value: number, max: number, preview: Preview | undefined): void {
    this.#state.set(id, 'running', value, max);
    this.#tellState();
    this.#voice.send('progress', { value, max, prompt_id: this.promptId, node: id });
    if (preview) this.#voice.preview(preview, id, this.promptId);
  }

  finish(id: string, result: NodeResult): void {
    this.#executed.push(id);
    this.#tellOutput(id, result);
    this.#state.set(id, 'finished');
    this.#tellState();
  }

  cached(id: string, result: NodeResult): void {
    this.#tellOutput(id, result);
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
    this.#state.set(id, 'error');
    this.#tellState();
    this.say('execution_error', {
      node_id: id,
      node_type: type,
      executed: this.#executed,
      exception_message: `${error.message}\n`,
      exception_type: error instanceof NodeError ? error.exceptionType : 'RuntimeError',
      traceback: (error.stack ?? '').split('\n').slice(1),
      current_inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, [describeValue(value)]])),
      current_outputs: Object.keys(this.prompt as Prompt),
    });
  }

  history(_promptId: string): HistoryEntry {
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
    this.#tell('executed', { node: id, display_node: id, output: ui, prompt_id: this.promptId });
  }

  #tellState(): void {
    this.#voice.send('progress_state', this.#state.message);
  }

  #tell(event: string, data: Record<string, unknown>): void {
    if (this.#voice.client !== undefined) this.#voice.send(event, data);
  }
}
