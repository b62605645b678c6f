/** What `progress_state` says of one node. */
interface NodeState {
  value: number;
  max: number;
  state: 'running' | 'finished';
  node_id: string;
  prompt_id: string;
  display_node_id: string;
  parent_node_id: null;
  real_node_id: string;
}

/** The states of the nodes of one run, as `progress_state` tells them: all that are not pending. */
export class ProgressState {
  readonly #promptId: string;
  readonly #nodes: Record<string, NodeState> = {};

  constructor(promptId: string) {
    this.#promptId = promptId;
  }

  set(id: string, state: NodeState['state'], value?: number, max?: number): void {
    const before = this.#nodes[id];
    this.#nodes[id] = {
      value: value ?? (state === 'finished' ? (before?.max ?? 1) : (before?.value ?? 0)),
      max: max ?? before?.max ?? 1,
      state,
      node_id: id,
      prompt_id: this.#promptId,
      display_node_id: id,
      parent_node_id: null,
      real_node_id: id,
    };
  }

  get message(): { prompt_id: string; nodes: Record<string, NodeState> } {
    return { prompt_id: this.#promptId, nodes: this.#nodes };
  }
}
