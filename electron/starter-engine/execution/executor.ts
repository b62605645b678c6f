import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NodeContext, NodeDefinition, NodeResult } from '../nodes/node.ts';
import type { HistoryEntry, PromptTuple } from './history.ts';
import { Plan } from './plan.ts';
import { isLink, type Prompt } from './prompt.ts';
import { Run, type RunVoice } from './run.ts';
import { signaturesOf } from './signatures.ts';

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
    const [, , graph, , outputs] = tuple;
    this.#interrupted = false;
    const prompt = graph as Prompt;
    const run = new Run(tuple, voice);
    run.say('execution_start', {});
    const signatures = await signaturesOf(prompt, this.#catalogue, this.#folders);
    this.#keepOnly(new Set(signatures.values()));
    const cached = (id: string): Cached | undefined => this.#cache.get(signatures.get(id) ?? '');
    run.say('execution_cached', { nodes: Object.keys(prompt).filter(cached) });
    const isOutput = (id: string): boolean =>
      this.#catalogue.get(prompt[id]?.class_type ?? '')?.isOutput ?? false;
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
    return run.history();
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
      inputs[name] = isLink(value) ? cached(String(value[0]))?.result.outputs.at(value[1]) : value;
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
