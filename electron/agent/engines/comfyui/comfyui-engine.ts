import type { Logger } from 'pino';
import type { Graph } from '#shared/comfy/graph.ts';
import type { EngineFile } from '#shared/comfy/outputs.ts';
import type { EngineFigures, EngineInfo } from '#shared/link/protocol.ts';
import { type CrashReport, crashWords } from '#shared/wire/crash.ts';
import type { LaunchReport } from '#shared/wire/engines.ts';
import type { Engine, EngineRun, RunListener } from '../engine.ts';
import { stageWords } from '../launch/stages.ts';
import type { ServerListener, ServerSource } from '../server-source.ts';
import type { ComfyUiClient } from './client.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { readPreview } from './frames.ts';
import { type HangTimings, HangWatch, hangTimings } from './hang-watch.ts';
import { IdleFree } from './idle-free.ts';
import { LiveFigures } from './live-figures.ts';
import { readMessage } from './messages.ts';
import { classesOf } from './node-classes.ts';
import { hangReport, strangeReport, stuckReport, unreachableReport } from './reports.ts';
import { ComfyUiRun, type RunHost } from './run.ts';
import { ServerLog } from './server-log.ts';
import { Standing } from './standing.ts';

export interface ComfyUiOptions extends ConnectionOptions {
  /** The engine's name on this agent, and what it is to people: `starter`, `comfyui`. */
  readonly name: string;
  readonly flavour: string;
  readonly source: ServerSource;
  readonly log: Logger;
  readonly hangTimings?: HangTimings;
  /** How often the memory of its devices is asked for, in milliseconds. */
  readonly figuresMs?: number;
  /** Seconds without work after which it is asked to unload its models; 0 = never. */
  readonly idleFreeSeconds?: number;
}

const figuresMs = 5000;

/** An engine that speaks ComfyUI's protocol, wherever its server comes from. */
export class ComfyUiEngine implements Engine, RunHost, ServerListener {
  readonly name: string;
  readonly clientId: string;
  readonly #options: ComfyUiOptions;
  readonly #log: Logger;
  readonly #runs = new Map<string, ComfyUiRun>();
  readonly #printed = new ServerLog();
  readonly #standing: Standing;
  #connection: Connection | undefined;
  readonly #hangs: HangWatch;
  /** Node packs by the node types that they bring. */
  #packs: ReadonlyMap<string, string> = new Map();
  /** It is stuck in a run that it does not stop, and is not ours to end. */
  #stuck = false;
  readonly #figures: LiveFigures;
  readonly #idle: IdleFree;

  constructor(options: ComfyUiOptions) {
    this.#options = options;
    this.#log = options.log.child({ engine: options.name });
    this.name = options.name;
    this.clientId = options.clientId;
    this.#hangs = new HangWatch({
      patienceMs: this.#patienceMs(),
      executing: () => this.#executing(),
      worked: () => options.source.worked(),
      hung: (run) => void this.#hung(run),
    });
    this.#figures = new LiveFigures(options.figuresMs ?? figuresMs, (devices) => this.#note({ devices }));
    this.#idle = new IdleFree(options.idleFreeSeconds ?? 0, () => this.#freeIdle());
    this.#standing = new Standing(this.name, options.flavour);
    this.#standing.onChange(() => this.#follow());
  }

  get info(): EngineInfo {
    return this.#standing.info;
  }

  get ours(): boolean {
    return this.#options.source.ours;
  }

  onChange(listener: () => void): void {
    this.#standing.onChange(listener);
  }

  async start(): Promise<void> {
    this.#standing.become({ state: 'starting', reason: 'The engine is starting.' });
    this.#hangs.start();
    await this.#options.source.start(this);
  }

  async stop(): Promise<void> {
    // First of all, so that no run begins on a server that is about to end: nobody would close it.
    this.#standing.become({ state: 'stopped', reason: 'The engine was stopped.' });
    this.#hangs.stop();
    this.#disconnect();
    for (const run of [...this.#runs.values()]) run.close();
    await this.#options.source.stop();
  }

  whenReady(signal: AbortSignal): Promise<void> {
    return this.#standing.whenReady(signal);
  }

  async nodeInfo(): Promise<string> {
    const nodeInfo = await this.client().nodeInfo();
    const classes = classesOf(nodeInfo);
    // It lists the files of its folders too: with a new input the text is another one than we told of.
    if (classes.node_info_hash !== this.info.node_info_hash) this.#standing.become(classes);
    return JSON.stringify(nodeInfo);
  }

  openRun(id: string, graph: Graph, listener: RunListener): EngineRun {
    const run = new ComfyUiRun(id, graph, listener, this);
    this.#runs.set(id, run);
    this.#worksOrNot();
    return run;
  }

  async findInput(name: string, size: number, signal: AbortSignal): Promise<string | undefined> {
    return (await this.client().hasInput(name, size, signal)) ? name : undefined;
  }

  putInput(input: Parameters<Engine['putInput']>[0]): Promise<string> {
    return this.client().upload(input.name, input.contentType, input.size, input.body, input.signal);
  }

  openOutput(file: EngineFile, signal: AbortSignal): ReturnType<Engine['openOutput']> {
    return this.client().view(file, signal);
  }

  client(): ComfyUiClient {
    if (!this.#connection) throw new Error(this.info.reason || 'The engine is not running.');
    return this.#connection.client;
  }

  socketGeneration(): number {
    return this.#connection?.socket.generation ?? 0;
  }

  broken(report: CrashReport): void {
    this.#options.source.giveUp(report);
  }

  closed(run: ComfyUiRun): void {
    if (this.#runs.get(run.id) === run) this.#runs.delete(run.id);
    this.#worksOrNot();
  }

  up(url: string): void {
    this.#disconnect();
    const connection: Connection = new Connection(url, this.#options, {
      opened: () => void this.#opened(connection),
      text: (text) => this.#text(text),
      binary: (frame) => this.#binary(frame),
      unreachable: (words) => this.#unreachable(words),
    });
    this.#connection = connection;
    connection.socket.start();
  }

  down(report: CrashReport, final: boolean): void {
    this.#disconnect();
    this.#printed.end();
    this.#lost(report, 'engine_crashed', final);
  }

  packOf(nodeType: string): string | undefined {
    return this.#packs.get(nodeType);
  }

  /** How far its present start has come, or how far the last one came. */
  get launch(): LaunchReport {
    return this.#printed.launch;
  }

  get startingSince(): Date | undefined {
    return this.#standing.startingSince;
  }

  /** Where it answers; empty while it does not. */
  get url(): string {
    return this.#connection?.url ?? '';
  }

  /** The last it printed. */
  get lines(): readonly string[] {
    return this.#printed.lines;
  }

  free(): Promise<void> {
    return this.client().free();
  }

  line(text: string): void {
    this.#hangs.sign();
    if (this.#printed.line(text) && !this.#connection) {
      this.#standing.become({ state: 'starting', reason: stageWords(this.launch) });
    }
    for (const run of this.#runs.values()) if (run.running) run.log(text);
  }

  #disconnect(): void {
    this.#connection?.socket.stop();
    this.#connection = undefined;
  }

  #lost(report: CrashReport, code: 'engine_crashed' | 'engine_unreachable', final: boolean): void {
    this.#log.warn({ reason: crashWords(report), cause: report.cause }, 'the engine is gone');
    this.#standing.crash(report, final);
    for (const run of [...this.#runs.values()]) run.lose(report, code, this.lines);
  }

  #unreachable(words: string): void {
    const { source, name } = this.#options;
    const report = unreachableReport(name, words);
    if (source.ours) {
      // Its end will say more.
      this.#standing.crash(report);
      source.giveUp();
    } else this.#lost(report, 'engine_unreachable', false);
  }

  #patienceMs(): number {
    const { hangMs, attachedHangMs } = this.#options.hangTimings ?? hangTimings;
    return this.#options.source.ours ? hangMs : attachedHangMs;
  }

  /** Asks the engine to stop the run; one of ours that doesn't is ended, with a dump that shows where it stands. */
  async #hung(run: ComfyUiRun): Promise<void> {
    const { source, name } = this.#options;
    const report = hangReport(name, this.#patienceMs());
    this.#log.error({ attempt: run.id }, 'a run goes no further; interrupting it');
    const { interruptMs } = this.#options.hangTimings ?? hangTimings;
    if (await run.stall(report, interruptMs)) return;
    if (source.ours) return source.giveUp();
    const stuck = stuckReport(name);
    this.#stuck = true;
    this.#standing.crash(stuck);
    run.lose(stuck, 'engine_crashed');
  }

  /** The socket is there: learn what the server is, catch up with the runs, then take new ones. */
  async #opened(connection: Connection): Promise<void> {
    try {
      const { packs, ...learnt } = await connection.learn();
      if (!this.ours) await connection.client.subscribeLogs(this.clientId).catch(() => undefined);
      await Promise.all([...this.#runs.values()].map((run) => run.catchUp()));
      if (this.#connection !== connection) return;
      this.#packs = packs;
      this.#stuck = false;
      this.#standing.become({ state: 'ready', reason: '', ...learnt });
    } catch (error) {
      if (this.#connection !== connection) return;
      const report = strangeReport(error as Error);
      this.#log.warn({ error: report.what }, 'connecting to the engine again');
      this.#standing.crash(report);
      connection.socket.reconnect();
    }
  }

  #text(text: string): void {
    const message = readMessage(text);
    if (message?.kind === 'run') {
      this.#hangs.sign();
      if (this.#stuck) this.#standing.become({ state: 'ready', reason: '' });
      this.#stuck = false;
      this.#runs.get(message.run.data.prompt_id)?.handle(message.run);
    } else if (message?.kind === 'log') for (const line of message.lines) this.line(line);
    else if (message?.kind === 'queue') this.#note({ queue_remaining: message.remaining });
  }

  #executing(): ComfyUiRun | undefined {
    return [...this.#runs.values()].find((run) => run.running);
  }

  #binary(frame: Buffer): void {
    this.#hangs.sign();
    const preview = readPreview(frame);
    if (!preview) return;
    const run = preview.promptId ? this.#runs.get(preview.promptId) : this.#executing();
    run?.preview(preview.contentType, preview.bytes);
  }

  /** Its state is another one: what goes on only while it is ready begins or ends. */
  #follow(): void {
    if (this.info.state === 'ready') this.#figures.start(this.client());
    else this.#figures.stop();
    this.#worksOrNot();
  }

  #note(figures: Partial<EngineFigures>): void {
    this.#standing.note(figures);
    this.#worksOrNot();
  }

  #worksOrNot(): void {
    if (this.info.state !== 'ready') this.#idle.stop();
    else this.#idle.works(this.#runs.size > 0 || (this.info.queue_remaining ?? 0) > 0);
  }

  async #freeIdle(): Promise<void> {
    // What its queue holds is known only as long as it tells.
    if (this.socketGeneration() === 0) throw new Error('the connection is broken');
    await this.free();
    this.#log.info({ idle_s: this.#options.idleFreeSeconds }, 'nothing to do: the engine unloads its models');
  }
}
