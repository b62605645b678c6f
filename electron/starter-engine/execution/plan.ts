import { type Prompt, sourcesOf } from './prompt.ts';

/**
 * The order of execution, ComfyUI's: only what the outputs need and is not cached; of the nodes that are ready, outputs
 * first, then what an output waits for, then what that waits for, so that people see something early.
 */
export class Plan {
  readonly #prompt: Prompt;
  readonly #isOutput: (id: string) => boolean;
  readonly #blockedBy = new Map<string, Set<string>>();
  readonly #blocks = new Map<string, Set<string>>();

  constructor(
    prompt: Prompt,
    outputs: readonly string[],
    isOutput: (id: string) => boolean,
    isCached: (id: string) => boolean,
  ) {
    this.#prompt = prompt;
    this.#isOutput = isOutput;
    for (const output of outputs) this.#add(output, isCached);
  }

  /** The next node, or `undefined` when all are done. */
  next(): string | undefined {
    const ready = [...this.#blockedBy].flatMap(([id, by]) => (by.size === 0 ? [id] : []));
    const waitsFor = (id: string): string[] => [...(this.#blocks.get(id) ?? [])];
    return (
      ready.find(this.#isOutput) ??
      ready.find((id) => waitsFor(id).some(this.#isOutput)) ??
      ready.find((id) => waitsFor(id).some((one) => waitsFor(one).some(this.#isOutput))) ??
      ready[0]
    );
  }

  done(id: string): void {
    this.#blockedBy.delete(id);
    for (const blocked of this.#blocks.get(id) ?? []) this.#blockedBy.get(blocked)?.delete(id);
  }

  #add(id: string, isCached: (id: string) => boolean): void {
    const node = this.#prompt[id];
    if (!node || this.#blockedBy.has(id)) return;
    const sources = isCached(id) ? [] : sourcesOf(node).filter((source) => !isCached(source));
    this.#blockedBy.set(id, new Set(sources));
    for (const source of sources) {
      const blocks = this.#blocks.get(source) ?? new Set();
      this.#blocks.set(source, blocks.add(id));
      this.#add(source, isCached);
    }
  }
}
