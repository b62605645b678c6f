import { totalmem } from 'node:os';
import { z } from 'zod';
import type { GpuInfo } from '#shared/link/protocol.ts';
import { figure, known, percent } from './figures.ts';
import { readPlist } from './plist.ts';
import type { GpuTool } from './tool.ts';

const accelerators = z.array(
  z.object({
    model: z.string().catch(''),
    IOClass: z.string().catch(''),
    PerformanceStatistics: z.record(z.string(), z.unknown()).catch({}),
  }),
);

/**
 * macOS's registry of devices tells load and memory of the GPU to everybody. Power and temperature it does not know:
 * `powermetrics` does, but runs for root only, so they are left out.
 */
export const ioreg = (): GpuTool => ({
  name: 'ioreg',
  read: async (ask) =>
    readAccelerators(await ask('-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator', '-a'), totalmem()),
});

/** The GPU of an Apple chip uses the machine's memory: all of it is its own but what it has not taken itself. */
export function readAccelerators(text: string, ramTotal: number): GpuInfo[] {
  if (text.trim() === '') return [];
  return accelerators
    .parse(readPlist(text))
    .map(({ model, IOClass, PerformanceStatistics: says }, index) => ({
      name: model || IOClass || 'GPU',
      type: 'mps',
      vram_total: ramTotal,
      vram_free: Math.max(0, ramTotal - (figure(says['In use system memory']) ?? 0)),
      ...known({ index, load_percent: percent(says['Device Utilization %']) }),
    }));
}
