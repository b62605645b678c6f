import type { Readable } from 'node:stream';
import type { Graph } from '#shared/comfy/graph.ts';
import type { EngineFile, EngineOutput } from '#shared/comfy/outputs.ts';
import type { EngineInfo } from '#shared/link/protocol.ts';
import type { LaunchReport } from '#shared/wire/engines.ts';
import type { TaskFailure } from '#shared/wire/tasks.ts';

/** `progress` is 0..1 over the whole graph, the steps are those of the current node. */
export interface RunProgress {
  readonly progress: number;
  readonly current_node: string;
  readonly current_node_class: string;
  /** As its author named it, else its class. */
  readonly current_node_title: string;
  readonly step_current: number;
  readonly step_total: number;
}

/** What a run tells while it goes on. */
export interface RunListener {
  started(): void;
  progress(progress: RunProgress): void;
  preview(contentType: string, bytes: Uint8Array): void;
  log(line: string): void;
}

/** `lost`: the engine went away with the run, which may or may not have begun. */
export type RunEnd =
  | { readonly kind: 'succeeded'; readonly outputs: readonly EngineOutput[] }
  | { readonly kind: 'failed'; readonly failure: TaskFailure }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'lost'; readonly failure: TaskFailure };

/** One run in an engine, known there by the attempt's id. */
export interface EngineRun {
  /** Puts it into the engine's queue. A refusal is told by `ended`, not thrown. */
  submit(): Promise<void>;
  /** Looks for it in the queue and history, as after a crash of the agent; false when the engine does not know it. */
  find(): Promise<boolean>;
  readonly ended: Promise<RunEnd>;
  /** Takes it out of the queue or stops it; `ended` tells when it is over. Never touches another run. */
  interrupt(): Promise<void>;
  /** Stops following and leaves the run as it is in the engine; `ended` tells `interrupted`. */
  close(): void;
}

/** What executes. One object per engine for the life of the agent, through restarts of the engine. */
export interface Engine {
  /** As the link tells it; a new object after each change, also of figures, which `onChange` does not tell. */
  readonly info: EngineInfo;
  /** It ends with us, and its runs with it. */
  readonly ours: boolean;
  /** Begins to bring the engine up; does not wait for it. */
  start(): Promise<void>;
  stop(): Promise<void>;
  onChange(listener: () => void): void;
  /** Resolves when the engine takes runs; rejects with EngineGone when it has been given up, or when aborted. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** All it says of its node classes, as text; its SHA-256 is `info.node_info_hash`. */
  nodeInfo(): Promise<string>;
  /** Where it answers; empty while it does not. */
  readonly url: string;
  /** When its present start began; `undefined` unless it is starting. */
  readonly startingSince: Date | undefined;
  /** How far its present start has come, or how far the last one came. */
  readonly launch: LaunchReport;
  /** The last it printed. */
  readonly lines: readonly string[];
  /** Unloads its models and forgets results that it keeps, after the run at work if there is one. */
  free(): Promise<void>;
  openRun(id: string, graph: Graph, listener: RunListener): EngineRun;
  /** The name under which the engine already has this input, if it has. */
  findInput(name: string, size: number, signal: AbortSignal): Promise<string | undefined>;
  /** Streams an input into the engine; returns the name that the graph must use. */
  putInput(input: {
    name: string;
    contentType: string;
    size: number;
    body: Readable;
    signal: AbortSignal;
  }): Promise<string>;
  openOutput(
    file: EngineFile,
    signal: AbortSignal,
  ): Promise<{ body: Readable; size: number | undefined; contentType: string }>;
}

/** The engine will not come back by itself; the words say why. */
export class EngineGone extends Error {}

/** A failure of a run that is already in the words and codes of the task. */
export class RunFailure extends Error {
  readonly failure: TaskFailure;

  constructor(failure: TaskFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
