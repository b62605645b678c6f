import type { Graph } from '#shared/comfy/graph.ts';
import { type EngineOutput, readOutputs } from '#shared/comfy/outputs.ts';
import { type CrashReport, crashReport } from '#shared/wire/crash.ts';
import type { TaskFailure } from '#shared/wire/tasks.ts';
import { pause } from '../../back-off.ts';
import type { EngineRun, RunEnd, RunListener } from '../engine.ts';
import type { ComfyUiClient, RunPlace } from './client.ts';
import { errorFailure, type LostAt, lossFailure, rejectionFailure } from './failures.ts';
import { GraphProgress } from './graph-progress.ts';
import { type ExecutionError, executionError, type HistoryEntry, type RunMessage } from './wire.ts';

/** What a run needs of its engine. */
export interface RunHost {
  /** The engine's, on its agent. */
  readonly name: string;
  readonly clientId: string;
  /** The server's client; throws when there is no server. */
  client(): ComfyUiClient;
  /** Rises with each connection of the socket; 0 while there is none. */
  socketGeneration(): number;
  /** The node pack that brings this node type, if it is not ComfyUI's own. */
  packOf(nodeType: string): string | undefined;
  /** What a node raised leaves the server of no use to any other run. */
  broken(report: CrashReport): void;
  closed(run: ComfyUiRun): void;
}

const keptLines = 50;

/**
 * One prompt, followed by the messages of the socket. When messages may have been missed (the socket was away), the
 * queue and the history say how it stands; that is the only reason to read them.
 */
export class ComfyUiRun implements EngineRun {
  readonly id: string;
  readonly #graph: Graph;
  readonly #listener: RunListener;
  readonly #host: RunHost;
  readonly #progress: GraphProgress;
  readonly #outputs = new Map<string, EngineOutput[]>();
  readonly #ended = Promise.withResolvers<RunEnd>();
  readonly #over = new AbortController();
  readonly #logTail: string[] = [];
  /** True once the server has it, so that its absence there means something. */
  #known = false;
  #started = false;
  #submission = Promise.resolve();
  #stopping = false;
  /** Why we asked the engine to stop it, if it is not because somebody wants that. */
  #stalled: CrashReport | undefined;
  /** Messages may have been missed: the outputs must come from the history. */
  #gap = false;

  constructor(id: string, graph: Graph, listener: RunListener, host: RunHost) {
    this.id = id;
    this.#graph = graph;
    this.#listener = listener;
    this.#host = host;
    this.#progress = new GraphProgress(graph);
  }

  get ended(): Promise<RunEnd> {
    return this.#ended.promise;
  }

  /** True while the engine executes it. */
  get running(): boolean {
    return this.#started && !this.#over.signal.aborted;
  }

  /** Nobody wants it any more; the engine was asked to stop it. */
  get stopping(): boolean {
    return this.#stopping;
  }

  submit(): Promise<void> {
    this.#submission = this.#submit();
    return this.#submission;
  }

  async #submit(): Promise<void> {
    const generation = this.#host.socketGeneration();
    try {
      const { status, body } = await this.#host.client().submit(this.id, this.#host.clientId, this.#graph);
      if (status !== 200) {
        return this.#end({ kind: 'failed', failure: rejectionFailure(this.#graph, status, body) });
      }
      this.#tellDropped(body);
    } catch (error) {
      return this.#settleSubmission((error as Error).message);
    }
    this.#known = true;
    const now = this.#host.socketGeneration();
    // A socket that comes back later catches up by itself; one that is back already did so before the run was known.
    if (now !== generation && now !== 0) await this.#settleSubmission('it was restarted meanwhile');
  }

  find(): Promise<boolean> {
    return this.#look().catch(() => false);
  }

  async interrupt(): Promise<void> {
    this.#stopping = true;
    // A deletion that overtakes the submission would find nothing, and then the run would start.
    await this.#submission;
    while (!this.#over.signal.aborted) {
      // While the engine is away there is nothing to stop; if it stays away the run is lost, which ends this loop.
      await this.#tryInterrupt().catch(() => undefined);
      await pause(500, this.#over.signal);
    }
  }

  close(): void {
    this.#end({ kind: 'interrupted' });
  }

  /** A message of the socket about this run. */
  handle(message: RunMessage): void {
    if (this.#over.signal.aborted) return;
    const progress = this.#progress.take(message);
    switch (message.type) {
      case 'executed':
        this.#outputs.set(message.data.node, readOutputs(message.data.node, message.data.output));
        break;
      case 'execution_success':
        void this.#succeed();
        break;
      case 'execution_error':
        // ExecutionBlocked is told for a branch that was switched off; the run goes on.
        if (message.data.exception_type === 'ExecutionBlocked') break;
        this.#fail(message.data);
        break;
      case 'execution_interrupted':
        this.#end({ kind: 'interrupted' });
        break;
      case 'execution_start':
      case 'execution_cached':
      case 'executing':
      case 'progress':
      case 'progress_state':
        this.#start();
    }
    if (progress && this.running) this.#listener.progress(progress);
  }

  preview(contentType: string, bytes: Uint8Array): void {
    if (this.running) this.#listener.preview(contentType, bytes);
  }

  log(line: string): void {
    if (this.#logTail.push(line) > keptLines) this.#logTail.shift();
    this.#listener.log(line);
  }

  /** The socket was away: asks the server how the run stands. */
  async catchUp(): Promise<void> {
    if (!this.#known || this.#over.signal.aborted) return;
    this.#gap = true;
    const place = await this.#host.client().find(this.id);
    if (place === undefined) this.lose(forgotten('The engine was restarted and no longer knows this run.'));
    else this.#placed(place);
  }

  /** The engine went away with it. */
  lose(
    report: CrashReport,
    code: TaskFailure['code'] = 'engine_crashed',
    log: readonly string[] = this.#logTail,
  ): void {
    const failure = lossFailure(this.#graph, { ...report, engine: this.#host.name }, code, this.#at());
    this.#end({ kind: 'lost', failure: { ...failure, log_tail: log.slice(-keptLines) } });
  }

  /** It goes no further: asks the engine to stop it. `false` when that did not help within `patienceMs`. */
  async stall(report: CrashReport, patienceMs: number): Promise<boolean> {
    this.#stalled = report;
    await this.#tryInterrupt().catch(() => undefined);
    await pause(patienceMs, this.#over.signal);
    return this.#over.signal.aborted;
  }

  #at(): LostAt | undefined {
    const id = this.#progress.current;
    const type = this.#graph[id]?.class_type ?? '';
    return this.running && id ? { id, type, pack: this.#host.packOf(type) } : undefined;
  }

  #placed(place: NonNullable<RunPlace>): void {
    if (place === 'running') this.#start();
    else if (place !== 'pending') this.#endFromHistory(place);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#listener.started();
  }

  async #succeed(): Promise<void> {
    if (!this.#gap) return this.#end({ kind: 'succeeded', outputs: [...this.#outputs.values()].flat() });
    // The history is written just after this message; the next message of the socket would say so, but it may be lost.
    while (!this.#over.signal.aborted) {
      const place = await this.#host
        .client()
        .find(this.id)
        .catch(() => 'running' as const);
      if (typeof place === 'object') return this.#endFromHistory(place);
      if (place === undefined)
        return this.lose(forgotten('The engine finished the run but no longer knows its outputs.'));
      await pause(50, this.#over.signal);
    }
  }

  #endFromHistory(entry: HistoryEntry): void {
    this.#start();
    if (entry.status.status_str === 'success') {
      const outputs = Object.entries(entry.outputs).flatMap(([node, ui]) => readOutputs(node, ui));
      this.#end({ kind: 'succeeded', outputs });
      return;
    }
    const said = entry.status.messages.find(([event]) => event === 'execution_error');
    const error = executionError.safeParse(said?.[1]);
    if (error.success) this.#fail(error.data);
    else this.#end({ kind: 'interrupted' });
  }

  #fail(error: ExecutionError): void {
    const failure = errorFailure(this.#graph, error, this.#logTail, this.#host.name);
    this.#end({ kind: 'failed', failure });
    const { data: report } = crashReport.safeParse(failure.details);
    if (report?.cause === 'driver_reset') this.#host.broken(report);
  }

  /** The connection broke while submitting: a second POST could run it twice, so the engine is asked until it answers. */
  async #settleSubmission(words: string): Promise<void> {
    while (!this.#over.signal.aborted) {
      try {
        if (!(await this.#look())) this.lose(forgotten(`The engine did not take the run: ${words}.`));
        return;
      } catch {
        await pause(500, this.#over.signal);
      }
    }
  }

  async #look(): Promise<boolean> {
    const place = await this.#host.client().find(this.id);
    this.#known = place !== undefined;
    this.#gap = true;
    if (place !== undefined) this.#placed(place);
    return this.#known;
  }

  async #tryInterrupt(): Promise<void> {
    const client = this.#host.client();
    await client.deleteQueued(this.id);
    const place = await client.find(this.id);
    if (place === undefined) return this.#end({ kind: 'interrupted' });
    this.#placed(place);
    // Only when it is the one that executes: old servers ignore the id and stop whatever runs.
    if (place === 'running') await client.interrupt(this.id);
  }

  #end(end: RunEnd): void {
    if (this.#over.signal.aborted) return;
    const stalled = this.#stalled;
    if (end.kind === 'interrupted' && stalled) {
      this.#stalled = undefined;
      this.lose(stalled);
      return;
    }
    this.#ended.resolve(end);
    this.#over.abort();
    this.#host.closed(this);
  }

  /** The server accepts a graph of which some outputs are bad, and silently leaves those out. */
  #tellDropped(body: unknown): void {
    const errors = (body as { node_errors?: object } | undefined)?.node_errors ?? {};
    if (Object.keys(errors).length === 0) return;
    this.log(`Some outputs are left out. ${rejectionFailure(this.#graph, 400, body).message}`);
  }
}

const forgotten = (what: string): CrashReport => ({
  cause: 'unknown',
  what,
  fix: 'Look at the engine for why it was restarted.',
});
