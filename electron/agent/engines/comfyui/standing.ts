import type { EngineFigures, EngineInfo } from '#shared/link/protocol.ts';
import { type CrashReport, crashWords } from '#shared/wire/crash.ts';
import { Readiness } from './readiness.ts';

/** What an engine says of itself, and who hears of it. Nothing about its state is kept anywhere else. */
export class Standing {
  readonly #readiness = new Readiness();
  readonly #listeners: (() => void)[] = [];
  #info: EngineInfo;
  #startingSince: Date | undefined;

  constructor(name: string, flavour: string) {
    this.#info = {
      ...{ name, tool: 'comfyui', flavour, version: '', pytorch_version: '' },
      state: 'stopped',
      reason: 'The engine has not been started.',
      devices: [],
      node_types: [],
    };
  }

  get info(): EngineInfo {
    return this.#info;
  }

  /** When its present start began; `undefined` unless it is starting. */
  get startingSince(): Date | undefined {
    return this.#startingSince;
  }

  /** Told of every change but of figures, in the order in which they began to listen. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  whenReady(signal: AbortSignal): Promise<void> {
    return this.#readiness.wait(signal);
  }

  become(change: Partial<EngineInfo>): void {
    const { cause: _cause, what: _what, fix: _fix, pack: _pack, queue_remaining, ...known } = this.#info;
    const next = { ...known, ...change };
    this.#startingSince = next.state === 'starting' ? (this.#startingSince ?? new Date()) : undefined;
    // What waits in an engine that is away is not known.
    const queue = next.state === 'ready' && queue_remaining !== undefined ? { queue_remaining } : {};
    this.#info = { ...queue, ...next };
    this.#readiness.become(next.state === 'ready');
    for (const listener of this.#listeners) listener();
  }

  /** `final`: it will not come back by itself. */
  crash(report: CrashReport, final = false): void {
    const reason = crashWords(report);
    this.become({ state: 'crashed', reason, ...report });
    if (final) this.#readiness.giveUp(reason);
  }

  /** A figure moved. Nobody is told at once: that happens all the time. */
  note(figures: Partial<EngineFigures>): void {
    this.#info = { ...this.#info, ...figures };
  }
}
