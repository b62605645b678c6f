import type { Logger } from 'pino';
import { type Graph, readGraph } from '#shared/comfy/graph.ts';
import { requiredModels } from '#shared/comfy/propose/requirements.ts';
import type { HeldAttempt } from '#shared/link/protocol.ts';
import { modelPathOf } from '#shared/models/paths.ts';
import { pause } from '../back-off.ts';
import { EngineGone, type EngineRun, type RunEnd, RunFailure } from '../engines/engine.ts';
import type { Fleet, Seat } from '../engines/fleet.ts';
import type { HttpClient } from '../http.ts';
import type { Link, LiveMessage } from '../link/link.ts';
import { afterEnd, afterError, counts, givenBack, stoppedHere } from './conclusions.ts';
import { prepareGraph } from './inputs.ts';
import type { Conclusion, Journal, JournalRecord } from './journal.ts';
import { withoutLog, withoutOwner } from './lending.ts';
import { deliverOutputs } from './outputs.ts';
import { Reporter } from './reporter.ts';

export interface AttemptPorts {
  readonly fleet: Fleet;
  readonly http: HttpClient;
  readonly gatewayUrl: string;
  readonly link: Pick<Link, 'send' | 'tell'>;
  readonly journal: Journal;
  readonly log: Logger;
}

/** An engine that died this often before the run began is not tried again with it. */
const mostSubmissions = 3;
const promptAnswerMs = 100;

/**
 * Carries one attempt: on disk first, inputs in, into the engine's queue, outputs out, told to the gateway. Survives a
 * kill of this process through its journal and the engine's own queue and history.
 */
export class Attempt {
  readonly id: string;
  readonly #ports: AttemptPorts;
  readonly #ref: { readonly attempt_id: string; readonly fence: number };
  readonly #reporter: Reporter;
  readonly #log: Logger;
  /** Ends what this attempt waits for, when it is cancelled, dropped or the agent stops. */
  readonly #abort = new AbortController();
  #record: JournalRecord;
  #phase: HeldAttempt['phase'] = 'staged';
  /** The journal is safe and the gateway was told so; everything we say of the attempt comes after. */
  #durable: Promise<void> = Promise.resolve();
  #seat: Seat | undefined;
  #run: EngineRun | undefined;
  #working: Promise<unknown> = Promise.resolve();
  /** Why it goes back in line, when its engine is taken away. */
  #givenBack: string | undefined;
  /** Dropped, or the agent stops: nothing more is said about it. */
  #quiet = false;

  constructor(record: JournalRecord, ports: AttemptPorts) {
    this.#record = record;
    this.#ports = ports;
    const { attempt_id, fence, task_id } = record.assignment;
    this.id = attempt_id;
    this.#ref = { attempt_id, fence };
    this.#log = ports.log.child({ attempt: attempt_id, task: task_id });
    const tell = (message: LiveMessage): void => void this.#durable.then(() => ports.link.tell(message));
    this.#reporter = new Reporter(this.#ref, this.#lent ? withoutLog(tell) : tell, () => this.#started());
  }

  /** The run is another team's. */
  get #lent(): boolean {
    return this.#record.assignment.foreign;
  }

  get held(): HeldAttempt {
    return { ...this.#ref, phase: this.#phase };
  }

  /** The name of its engine. */
  get engine(): string | undefined {
    return this.#seat?.name;
  }

  /** A new attempt. `durable`: it is on disk and may be acknowledged; `over`: nothing is left of it here. */
  take(): { durable: Promise<void>; over: Promise<void> } {
    const { journal, link } = this.#ports;
    try {
      this.#sit(this.#ports.fleet.choose(...this.#needs()));
      const received = (): void => void link.send({ type: 'received', ...this.#ref });
      this.#durable = journal.save(this.#record).then(received, (error: Error) => this.#journalFailed(error));
      return { durable: this.#durable, over: this.#carry() };
    } catch (error) {
      const reason = `The agent can't write its journal: ${(error as Error).message}.`;
      return { durable: Promise.resolve(), over: this.#conclude({ type: 'declined', reason }) };
    }
  }

  /**
   * An attempt of an earlier life of this agent. Resolves with the promise of its end, or with `undefined` when the
   * engine doesn't know it: then it is not ours any more and the gateway opens another.
   */
  async recover(patience: AbortSignal): Promise<{ over: Promise<void> } | undefined> {
    if (this.#record.conclusion) return { over: this.#conclude(this.#record.conclusion) };
    const found = await this.#findAnywhere(patience);
    if (found) {
      if (this.#record.cancelled) void found.interrupt();
      return { over: this.#carry(found) };
    }
    if (this.#record.cancelled) return { over: this.#conclude({ type: 'cancelled' }) };
    // Cut short by a stop: the next start asks again.
    if (this.#quiet) return undefined;
    await this.#ports.journal.remove(this.id);
    return undefined;
  }

  /** Ends it on the gateway's order; resolves when that can't be forgotten. */
  async cancel(): Promise<void> {
    if (this.#phase === 'done' || this.#record.cancelled) return;
    this.#record = { ...this.#record, cancelled: true };
    const saved = this.#save();
    this.#endWork();
    await saved;
  }

  /** The gateway has given it up: ends it without a word. */
  drop(): void {
    this.#quiet = true;
    this.#seat?.letGo(this.id);
    this.#endWork();
    this.#ports.journal.remove(this.id).catch((error: Error) => this.#journalFailed(error));
  }

  /** Its engine is taken away, so it goes back in line; resolves when the engine has let go of it. */
  async giveBack(reason: string): Promise<void> {
    if (this.#phase === 'done') return;
    this.#givenBack = reason;
    this.#endWork();
    await this.#working.catch(() => undefined);
  }

  /**
   * The agent stops. A run in an engine of ours ends with it, so it is given back; what others run goes on, and the
   * journal stays for the next start to ask about it. Resolves when the gateway has what it was told.
   */
  async stop(): Promise<void> {
    this.#quiet = true;
    const done = this.#phase === 'done';
    this.#abort.abort();
    this.#reporter.stop();
    this.#run?.close();
    if (done) await this.#save();
    else if (this.#record.cancelled) await this.#conclude({ type: 'cancelled' });
    else if (this.#seat?.engine.ours ?? true) await this.#conclude({ type: 'declined', reason: stoppedHere });
  }

  #endWork(): void {
    this.#abort.abort();
    void this.#run?.interrupt();
  }

  #started(): void {
    if (this.#quiet) return;
    this.#phase = 'running';
    void this.#durable.then(() =>
      this.#ports.link.send({
        type: 'accepted',
        ...this.#ref,
        ...(this.engine === undefined ? {} : { engine_name: this.engine }),
      }),
    );
  }

  async #carry(found?: EngineRun): Promise<void> {
    const working = this.#work(found);
    this.#working = working;
    const conclusion = await working.catch((error: unknown) => this.#explain(error));
    this.#reporter.stop();
    if (this.#quiet) return;
    if (this.#record.cancelled) return this.#conclude({ type: 'cancelled' });
    const back = this.#givenBack !== undefined && conclusion.type !== 'completed';
    const told = back ? givenBack(this.#givenBack ?? '') : conclusion;
    await this.#conclude(this.#lent ? withoutOwner(told) : told);
  }

  async #work(found?: EngineRun): Promise<Conclusion> {
    const { http, gatewayUrl } = this.#ports;
    const { engine } = this.#place();
    const { assignment } = this.#record;
    const signal = this.#abort.signal;
    const end = found
      ? await found.ended
      : await this.#execute(
          await prepareGraph(this.#graph(), assignment, { engine, http, gatewayUrl }, signal),
        );
    if (end.kind !== 'succeeded') return afterEnd(end, found !== undefined && this.#phase === 'staged');
    const ports = { engine, http, uploadUrl: gatewayUrl + assignment.upload_url };
    return { type: 'completed', outputs: await deliverOutputs(end.outputs, ports, signal) };
  }

  /** Submits and follows; again when the engine went away before it had begun with this run. */
  async #execute(graph: Graph): Promise<RunEnd> {
    for (let submissions = 1; ; submissions++) {
      const run = await this.#place().inTurn(() => this.#submit(graph));
      const end = await run.ended;
      if (end.kind !== 'lost' || this.#phase === 'running' || submissions === mostSubmissions) return end;
    }
  }

  async #submit(graph: Graph): Promise<EngineRun> {
    const { signal } = this.#abort;
    const { engine } = this.#place();
    await engine.whenReady(signal);
    signal.throwIfAborted();
    this.#run = engine.openRun(this.id, graph, this.#reporter);
    await this.#run.submit();
    return this.#run;
  }

  /** Looks for the run where it was, or at every engine when nobody wrote that down. */
  async #findAnywhere(patience: AbortSignal): Promise<EngineRun | undefined> {
    const { fleet } = this.#ports;
    const { engine } = this.#record;
    const seats =
      engine === undefined ? fleet.seats : [fleet.get(engine)].filter((seat) => seat !== undefined);
    const found = seats.map((seat) => this.#findAt(seat, patience).catch(() => undefined));
    return (await Promise.all(found)).find((run) => run !== undefined);
  }

  async #findAt(seat: Seat, patience: AbortSignal): Promise<EngineRun | undefined> {
    await seat.engine.whenReady(patience);
    const run = seat.engine.openRun(this.id, this.#graph(), this.#reporter);
    if (await run.find()) {
      this.#sit(seat);
      this.#run = run;
      return run;
    }
    run.close();
    return undefined;
  }

  #sit(seat: Seat | undefined): void {
    this.#seat = seat;
    if (!seat) return;
    seat.take(this.id);
    this.#record = { ...this.#record, engine: seat.name };
  }

  #place(): Seat {
    if (this.#seat) return this.#seat;
    throw new EngineGone('This agent serves no engine just now: start one on its Engines page.');
  }

  /** Node classes and models that the run needs; none of a graph that makes no sense, which is refused later. */
  #needs(): readonly [nodeTypes: string[], models: string[]] {
    const read = readGraph(this.#record.assignment.graph);
    if (!('graph' in read)) return [[], []];
    const nodeTypes = Object.values(read.graph).map(({ class_type }) => class_type);
    return [nodeTypes, requiredModels(read.graph).map(({ path }) => modelPathOf(path))];
  }

  #graph(): Graph {
    const read = readGraph(this.#record.assignment.graph);
    if ('graph' in read) return read.graph;
    throw new RunFailure({ code: 'engine_rejected', message: read.problem, retryable: false });
  }

  #explain(error: unknown): Conclusion {
    const conclusion = afterError(error, this.#phase === 'staged');
    if (conclusion.type === 'failed' && !(error instanceof RunFailure))
      this.#log.error({ error: conclusion.failure.message }, 'an attempt failed unexpectedly');
    return conclusion;
  }

  async #save(): Promise<void> {
    try {
      await this.#ports.journal.save(this.#record);
    } catch (error) {
      this.#journalFailed(error as Error);
    }
  }

  /** The run goes on: what is lost is only that a restart of the agent would pick it up. */
  #journalFailed(error: Error): void {
    this.#log.error({ error: error.message }, 'the journal of an attempt could not be written');
  }

  /** Tells how it ended, and forgets it once the gateway has that on its disk. */
  async #conclude(conclusion: Conclusion): Promise<void> {
    const { journal, link } = this.#ports;
    this.#phase = 'done';
    this.#seat?.letGo(this.id);
    this.#record = { ...this.#record, conclusion };
    await this.#durable;
    if (counts(conclusion)) await this.#save();
    const answered = new AbortController();
    const told = link.send({ ...conclusion, ...this.#ref }).then(() => answered.abort());
    // Mostly the answer comes at once and the file can go; until it is written the engine's history would tell as much.
    await pause(promptAnswerMs, answered.signal);
    if (!counts(conclusion) && !answered.signal.aborted) await this.#save();
    await told;
    await journal.remove(this.id);
  }
}
