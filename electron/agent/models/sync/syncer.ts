import type { Logger } from 'pino';
import type { ModelDisk, ModelInfo, WantedModel } from '#shared/link/models.ts';
import { fileNameOf, isSafeModelPath, modelPathOf } from '#shared/models/paths.ts';
import { BackOff, pause } from '../../back-off.ts';
import type { HttpClient } from '../../http.ts';
import { type FetchPorts, fetchModel, StaleAddress, Stuck, takeFrom, targetOf } from './fetch.ts';
import { SyncReport, type SyncState } from './report.ts';

export interface SyncPorts {
  readonly gatewayUrl: string;
  readonly http: HttpClient;
  readonly log: Logger;
  /** Where models go; `undefined` when no engine of this machine looks into a folder of ours. */
  folder(): string | undefined;
  models(): readonly ModelInfo[];
  fileOf(id: string): string | undefined;
  hash(path: string): Promise<string>;
  disk(folder: string | undefined): Promise<ModelDisk | undefined>;
  /** A model has come to lie here; resolves when it is known. */
  arrived(path: string, sha256: string): Promise<void>;
  tell(state: SyncState): void;
  /** Asks for signed addresses that are good. */
  askAgain(): void;
  /** Milliseconds; what is left out has its default. */
  readonly timings?: Partial<SyncTimings>;
}

interface SyncTimings {
  readonly firstRetryMs: number;
  readonly mostRetryMs: number;
}

const timings: SyncTimings = { firstRetryMs: 500, mostRetryMs: 60_000 };

/** What a wanted model is to this machine. */
type Standing = 'here' | 'unread' | 'other' | 'missing';

/** Brings the team's models to this machine, one after the other, and goes on after every break. */
export class Syncer {
  readonly #ports: SyncPorts;
  readonly #report: SyncReport;
  readonly #backOff: BackOff;
  readonly #stopped = new AbortController();
  #wanted: readonly WantedModel[] = [];
  #round = new AbortController();
  #working: Promise<void> | undefined;
  #again = false;

  constructor(ports: SyncPorts) {
    this.#ports = ports;
    const { firstRetryMs, mostRetryMs } = { ...timings, ...ports.timings };
    this.#backOff = new BackOff(firstRetryMs, mostRetryMs);
    this.#report = new SyncReport((state) => ports.tell(state));
  }

  /** The list as the gateway has it now; what is under way goes on if it is still in it. */
  want(models: readonly WantedModel[]): void {
    this.#wanted = models.filter(({ path }) => isSafeModelPath(modelPathOf(path)));
    this.lookAgain();
  }

  /** What is here is different now. */
  lookAgain(): void {
    if (this.#stopped.signal.aborted) return;
    this.#again = true;
    this.#round.abort();
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** For a gateway that has not heard it. */
  tell(): void {
    this.#report.again();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#round.abort();
    await this.#working;
    this.#report.stop();
  }

  async #work(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#again = false;
      this.#round = new AbortController();
      const whole = await this.#once();
      if (this.#again) continue;
      if (whole) return;
      // A change of the list, or of what is here, is no reason to wait longer.
      await pause(this.#backOff.next(), AbortSignal.any([this.#stopped.signal, this.#round.signal]));
    }
  }

  /** One go through the list; true when nothing is left to do. */
  async #once(): Promise<boolean> {
    const folder = this.#ports.folder();
    const missing =
      folder === undefined ? [] : this.#wanted.filter((one) => this.#standing(one) === 'missing');
    this.#report.begin(missing);
    if (folder === undefined) return true;
    const problems = this.#wanted.filter((one) => this.#standing(one) === 'other').map(otherWords);
    for (const model of missing) {
      // The list has changed: a more urgent one may be in it.
      if (this.#stopped.signal.aborted || this.#again) return false;
      try {
        await this.#bring(model, folder);
        this.#report.done(model);
        await this.#ports.arrived(targetOf(folder, modelPathOf(model.path)), model.sha256);
        this.#backOff.reset();
      } catch (error) {
        if (this.#stopped.signal.aborted) return false;
        if (error instanceof StaleAddress) this.#ports.askAgain();
        const { message } = error as Error;
        this.#ports.log.warn({ model: model.path, error: message }, 'a model could not be fetched');
        problems.push(error instanceof Stuck ? message : `${fileNameOf(model.path)}: ${message}`);
      }
    }
    this.#report.end(problems);
    return missing.length === 0 || problems.length === 0;
  }

  #standing({ path, sha256 }: WantedModel): Standing {
    const there = this.#ports.models().filter((model) => model.path === modelPathOf(path));
    if (there.length === 0) return 'missing';
    if (there.some((model) => model.sha256 === sha256)) return 'here';
    return there.some((model) => model.sha256 === undefined && model.file !== undefined) ? 'unread' : 'other';
  }

  async #bring(model: WantedModel, folder: string): Promise<void> {
    const { http, gatewayUrl, hash, disk } = this.#ports;
    const ports: FetchPorts = {
      ...{ folder, http, gatewayUrl, signal: this.#stopped.signal },
      hash: (path) => hash(path),
      disk: (at) => disk(at),
      progress: (one, bytes) => this.#report.progress(one, bytes),
      verifying: (one) => this.#report.verifying(one),
    };
    const wanted = { ...model, path: modelPathOf(model.path) };
    const twin = this.#ports.models().find((one) => one.sha256 === model.sha256);
    const known = twin && this.#ports.fileOf(twin.id);
    if (known !== undefined) await takeFrom(known, wanted, ports);
    else await fetchModel(wanted, ports);
  }
}

const otherWords = ({ path }: WantedModel): string =>
  `${path} on this machine is another file than the team’s; rename one of them.`;
