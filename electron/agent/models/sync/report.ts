import type { WantedModel } from '#shared/link/models.ts';
import type { AgentMessage } from '#shared/link/protocol.ts';
import { fileNameOf, modelPathOf } from '#shared/models/paths.ts';

export type SyncState = Omit<Extract<AgentMessage, { type: 'sync' }>, 'type'>;

const quiet: SyncState = { phase: '', detail: '', percent: 0, fetching: [] };

/** A download tells of itself with each chunk. */
const tellMs = 1000;

const gigabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** How far the sync has come, in the words of the agent list (Cyberun spec 3.13). */
export class SyncReport {
  readonly #tell: (state: SyncState) => void;
  #state = quiet;
  #left: readonly WantedModel[] = [];
  #total = 0;
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (state: SyncState) => void) {
    this.#tell = tell;
  }

  begin(missing: readonly WantedModel[]): void {
    // The rest of what was there before: how far it is counts on.
    const rest = missing.every(({ id }) => this.#left.some((one) => one.id === id));
    this.#left = missing;
    if (!rest) {
      this.#total = missing.reduce((sum, { size }) => sum + size, 0);
      this.#done = 0;
    }
    if (missing.length > 0)
      this.#say({ phase: 'waiting', detail: '', percent: this.#percent(0), fetching: this.#paths() });
    else if (this.#state.phase !== '') this.#say(quiet);
  }

  progress(model: WantedModel, bytes: number): void {
    const detail = `Downloading model ${fileNameOf(model.path)} (${gigabytes(model.size)})`;
    this.#say({ phase: 'downloading', detail, percent: this.#percent(bytes), fetching: this.#paths() });
  }

  verifying(model: WantedModel): void {
    const detail = `Checking model ${fileNameOf(model.path)} (${gigabytes(model.size)})`;
    const percent = this.#percent(model.size);
    this.#say({ phase: 'verifying', detail, percent, fetching: this.#paths() });
  }

  done(model: WantedModel): void {
    this.#done += model.size;
    this.#left = this.#left.filter(({ id }) => id !== model.id);
  }

  /** All was tried; what did not go is told. */
  end(problems: readonly string[]): void {
    const detail = problems.join(' ').slice(0, 1000);
    const stuck: SyncState = { phase: 'stuck', detail, percent: this.#percent(0), fetching: this.#paths() };
    this.#say(problems.length === 0 ? quiet : stuck);
  }

  again(): void {
    if (this.#state.phase !== '') this.#tell(this.#state);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #percent(bytes: number): number {
    return this.#total === 0 ? 0 : Math.min(100, Math.floor(((this.#done + bytes) / this.#total) * 100));
  }

  #paths(): string[] {
    return this.#left.map(({ path }) => modelPathOf(path));
  }

  /** A new phase at once, the rest of it now and then. */
  #say(state: SyncState): void {
    const fresh = state.phase !== this.#state.phase;
    this.#state = state;
    if (!fresh) {
      this.#timer ??= setTimeout(() => this.#now(), tellMs);
      this.#timer.unref();
    } else this.#now();
  }

  #now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tell(this.#state);
  }
}
