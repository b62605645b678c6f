import { arch, availableParallelism, freemem, hostname, platform, release, totalmem, type } from 'node:os';
import type { EngineInfo, MachineInfo } from '#shared/link/protocol.ts';
import { MachineGpus } from './gpus.ts';
import type { GpuSource } from './tool-source.ts';

const archNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const platformNames: Readonly<Record<string, string>> = { win32: 'windows' };

/** `linux/amd64`, `darwin/arm64`, `windows/amd64`. */
export const platformArch = (system: string, processor: string): string =>
  `${platformNames[system] ?? system}/${archNames[processor] ?? processor}`;

/** The machine this agent serves. */
export class Machine {
  readonly #gpus: GpuSource;
  #last: MachineInfo | undefined;

  constructor(gpus: GpuSource = new MachineGpus()) {
    this.#gpus = gpus;
  }

  /** How it stands now. */
  async sample(): Promise<MachineInfo> {
    this.#last = {
      hostname: hostname(),
      platform_arch: platformArch(platform(), arch()),
      os: `${type()} ${release()}`,
      cpu_count: availableParallelism(),
      ram_total: totalmem(),
      ram_free: freemem(),
      gpus: [...(await this.#gpus.sample())],
    };
    return this.#last;
  }

  /** The last sample, or a fresh one when there is none. */
  async known(): Promise<MachineInfo> {
    return this.#last ?? (await this.sample());
  }
}

/** What the scheduler may ask of this agent: kinds of engine, whether there is a GPU, and what the owner configured. */
export function labelsOf(
  machine: MachineInfo,
  engines: readonly EngineInfo[],
  configured: readonly string[],
): string[] {
  const gpu =
    machine.gpus.length > 0 || engines.some((one) => one.devices.some((device) => device.type !== 'cpu'));
  const kinds = engines.flatMap((one) => [one.tool, one.flavour]);
  return [...new Set([...kinds, gpu ? 'gpu' : 'cpu', ...configured])];
}
