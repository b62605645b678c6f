/** How much a finding matters: an error means the graph will not run, a warning that it may run differently. */
export type ProblemLevel = 'error' | 'warning' | 'note';

export type ProblemCode =
  | 'cycle'
  | 'subgraph_inside_itself'
  | 'subgraph_missing'
  | 'duplicate_id'
  | 'dangling_link'
  | 'unknown_node'
  | 'widget_count'
  | 'bad_node'
  | 'dynamic_prompt';

/** One finding of a reading or a conversion, in words for people. */
export interface Problem {
  readonly level: ProblemLevel;
  readonly code: ProblemCode;
  readonly message: string;
  /** The node it is about, by its id in the converted graph. */
  readonly node?: string;
}

/**
 * The only error that reading and converting throw: the file can't be used at all, and the message says why in words
 * for people.
 */
export class WorkflowFileError extends Error {
  override readonly name = 'WorkflowFileError';
}

/** A hostile file must not turn into a list without end. */
const most = 200;

/** Collects findings, each once. */
export class Problems {
  readonly list: Problem[] = [];
  readonly #seen = new Set<string>();

  add(level: ProblemLevel, code: ProblemCode, message: string, node?: string): void {
    if (this.list.length >= most || this.#seen.has(message)) return;
    this.#seen.add(message);
    this.list.push({ level, code, message, ...(node === undefined ? {} : { node }) });
  }
}
