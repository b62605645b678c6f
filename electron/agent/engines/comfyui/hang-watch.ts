import type { ComfyUiRun } from './run.ts';

/** Milliseconds. */
export interface HangTimings {
  /** A run of which nothing is heard while its engine does not compute either counts as hung after so long; 0 = never. */
  readonly hangMs: number;
  /** The same for an engine that others run: nobody sees whether it computes, so it gets more patience. */
  readonly attachedHangMs: number;
  /** How long a hung run has to stop when asked to. */
  readonly interruptMs: number;
}

export const hangTimings: HangTimings = { hangMs: 900_000, attachedHangMs: 3_600_000, interruptMs: 30_000 };

export interface HangPorts {
  readonly patienceMs: number;
  /** The run that the engine executes, if it does. */
  executing(): ComfyUiRun | undefined;
  /** Has the engine computed since this was last asked? */
  worked(): Promise<boolean>;
  hung(run: ComfyUiRun): void;
}

/** Looks without any sign of life until a run counts as hung. Counted, not timed: a machine may sleep in between. */
const mostLooks = 10;

/** Tells when a run goes no further: no message about it, no line, no processor and no GPU time for too long. */
export class HangWatch {
  readonly #ports: HangPorts;
  #timer: NodeJS.Timeout | undefined;
  #run: ComfyUiRun | undefined;
  #signs = 0;
  #seen = 0;
  #still = 0;
  #looking = false;

  constructor(ports: HangPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.stop();
    if (this.#ports.patienceMs === 0) return;
    this.#timer = setInterval(() => void this.#look(), this.#ports.patienceMs / mostLooks);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#run = undefined;
  }

  /** Something was heard of it. */
  sign(): void {
    this.#signs += 1;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const run = this.#ports.executing();
      if (await this.#moved(run)) this.#still = 0;
      else if (++this.#still >= mostLooks && run?.running) {
        this.#still = 0;
        this.#ports.hung(run);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #moved(run: ComfyUiRun | undefined): Promise<boolean> {
    const another = run === undefined || run !== this.#run;
    const heard = this.#signs !== this.#seen;
    [this.#run, this.#seen] = [run, this.#signs];
    // Asked each time, so that the next answer is about the time since now.
    const worked = await this.#ports.worked();
    // What a run still does that has been told to stop is no use to anybody.
    return another || (!run.stopping && (heard || worked));
  }
}
