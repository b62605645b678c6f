import type { GpuInfo } from '#shared/link/protocol.ts';
import { amdSmi, rocmSmi } from './amd.ts';
import { ioreg } from './apple.ts';
import { xpuSmi } from './intel.ts';
import { nvidiaSmi } from './nvidia.ts';
import { findTool, type GpuTool, runTool } from './tool.ts';
import { type GpuSource, ToolSource, toolTimings } from './tool-source.ts';

/** One maker's tools, the better one first: the next is asked only where the first is missing or fails. */
type Maker = readonly (() => GpuTool)[];

const makers: readonly Maker[] = [
  [nvidiaSmi],
  [amdSmi, rocmSmi],
  [xpuSmi],
  ...(process.platform === 'darwin' ? [[ioreg]] : []),
];

/** A tool that was not there may be installed while we run; there is no hurry. */
const lookMs = 10 * 60_000;

export interface GpuOptions {
  readonly makers?: readonly Maker[];
  /** Where to look for the tools; the system's PATH and the usual places by default. */
  readonly folders?: readonly string[];
  readonly timings?: typeof toolTimings;
}

/** All GPUs of this machine: finds out which tools it has and then asks only those, all at once. */
export class MachineGpus implements GpuSource {
  readonly #makers: readonly Maker[];
  readonly #options: GpuOptions;
  readonly #sources = new Map<() => GpuTool, ToolSource>();
  #lookAgain = 0;

  constructor(options: GpuOptions = {}) {
    this.#options = options;
    this.#makers = options.makers ?? makers;
  }

  async sample(): Promise<readonly GpuInfo[]> {
    if (Date.now() >= this.#lookAgain) await this.#look();
    return (await Promise.all(this.#makers.map((maker) => this.#ask(maker)))).flat();
  }

  /** A tool that fails leaves its place to the next one, with the figures that one gave before. */
  async #ask(maker: Maker): Promise<readonly GpuInfo[]> {
    const sources = maker.flatMap((tool) => this.#sources.get(tool) ?? []);
    const source = sources.find((one) => !one.resting) ?? sources[0];
    const gpus = (await source?.sample()) ?? [];
    return gpus.length > 0 ? gpus : (sources.map((one) => one.last).find((last) => last.length > 0) ?? []);
  }

  async #look(): Promise<void> {
    this.#lookAgain = Date.now() + lookMs;
    const { folders, timings = toolTimings } = this.#options;
    await Promise.all(
      this.#makers.flat().map(async (make) => {
        const tool = make();
        const path = await findTool(tool.name, folders);
        if (!path) this.#sources.delete(make);
        else if (!this.#sources.has(make)) {
          this.#sources.set(make, new ToolSource(tool, (args, ms) => runTool(path, args, ms), timings));
        }
      }),
    );
  }
}
