import { type GpuInfo, gpuInfo } from '#shared/link/protocol.ts';
import { type GpuTool, ToolHangs } from './tool.ts';

/** Where figures of GPUs come from. Never rejects and never takes long. */
export interface GpuSource {
  sample(): Promise<readonly GpuInfo[]>;
}

/** Milliseconds. */
export const toolTimings = {
  /** What a sample may take in all, however often it asks the tool. */
  sampleMs: 2000,
  /** For how long a tool is left alone after trouble. */
  restMs: 60_000,
};

type Run = (args: readonly string[], mostMs: number) => Promise<string>;

/** One tool, asked without ever blocking: a driver that hangs costs two seconds, then a minute's rest. */
export class ToolSource implements GpuSource {
  readonly #tool: GpuTool;
  readonly #run: Run;
  readonly #timings: typeof toolTimings;
  #notBefore = 0;
  #last: readonly GpuInfo[] = [];
  #sampling: Promise<readonly GpuInfo[]> | undefined;

  constructor(tool: GpuTool, run: Run, timings = toolTimings) {
    this.#tool = tool;
    this.#run = run;
    this.#timings = timings;
  }

  /** It had trouble a moment ago. */
  get resting(): boolean {
    return Date.now() < this.#notBefore;
  }

  /** What it told when it was asked last. */
  get last(): readonly GpuInfo[] {
    return this.#last;
  }

  sample(): Promise<readonly GpuInfo[]> {
    if (this.resting) return Promise.resolve(this.#last);
    this.#sampling ??= this.#sample().finally(() => {
      this.#sampling = undefined;
    });
    return this.#sampling;
  }

  async #sample(): Promise<readonly GpuInfo[]> {
    const until = Date.now() + this.#timings.sampleMs;
    try {
      const gpus = await this.#tool.read((...args) => this.#run(args, Math.max(1, until - Date.now())));
      // One figure that the link would not take must not cost the whole message.
      this.#last = gpus.flatMap((gpu) => gpuInfo.safeParse(gpu).data ?? []);
    } catch (error) {
      this.#last = this.#last.map(lasting);
      this.#rest();
      if (error instanceof ToolHangs) this.#restUntil(error.gone);
    }
    return this.#last;
  }

  #rest(): void {
    this.#notBefore = Date.now() + this.#timings.restMs;
  }

  /** A second process beside one that can't be killed would only hang as well. */
  #restUntil(gone: Promise<unknown>): void {
    this.#notBefore = Number.POSITIVE_INFINITY;
    void gone.then(() => this.#rest());
  }
}

/** What stays true of a GPU while nobody measures it. */
function lasting({ load_percent: _load, temperature_c: _heat, power_w: _power, ...gpu }: GpuInfo): GpuInfo {
  return gpu;
}
