import type { Graph } from '#shared/comfy/graph.ts';
import type { RunProgress } from '../engine.ts';
import type { RunMessage } from './wire.ts';

/** Progress of one run over its whole graph: nodes done (cached ones too) plus the part of the current one. */
export class GraphProgress {
  readonly #graph: Graph;
  readonly #done = new Set<string>();
  #current = '';
  #value = 0;
  #max = 0;
  #furthest = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The node it is at, `''` before the first. */
  get current(): string {
    return this.#current;
  }

  /** Takes a message in; returns the new progress when it tells something new. */
  take(message: RunMessage): RunProgress | undefined {
    switch (message.type) {
      case 'execution_cached':
        for (const node of message.data.nodes) this.#finish(node);
        break;
      case 'executing':
        if (message.data.node === null || message.data.node === this.#current) return undefined;
        this.#enter(message.data.node);
        break;
      case 'progress':
        if (message.data.node !== this.#current) this.#enter(message.data.node);
        this.#value = message.data.value;
        this.#max = message.data.max;
        break;
      case 'progress_state':
        for (const [node, { state }] of Object.entries(message.data.nodes)) {
          if (state === 'finished') this.#finish(node);
        }
        return undefined;
      case 'execution_start':
      case 'executed':
      case 'execution_success':
      case 'execution_error':
      case 'execution_interrupted':
        return undefined;
    }
    return this.#now();
  }

  #enter(node: string): void {
    // Servers before 0.3.40 don't send progress_state: that the next node begins says the last one is done.
    if (this.#current) this.#finish(this.#current);
    this.#current = node;
    this.#value = 0;
    this.#max = 0;
  }

  #finish(node: string): void {
    // Nodes that the run made by itself (expanded ones) are not part of the whole.
    if (node in this.#graph) this.#done.add(node);
  }

  #now(): RunProgress {
    const total = Object.keys(this.#graph).length;
    const part = this.#max > 0 && !this.#done.has(this.#current) ? this.#value / this.#max : 0;
    this.#furthest = Math.max(this.#furthest, Math.min(1, (this.#done.size + part) / Math.max(1, total)));
    const node = this.#graph[this.#current];
    const type = node?.class_type ?? '';
    return {
      progress: this.#furthest,
      current_node: this.#current,
      current_node_class: type,
      current_node_title: node?._meta?.title?.slice(0, 255) || type,
      step_current: Math.round(this.#value),
      step_total: Math.round(this.#max),
    };
  }
}
