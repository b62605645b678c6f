import type { GpuInfo } from '#shared/link/protocol.ts';
import { figure, known, percent } from './figures.ts';
import type { GpuTool } from './tool.ts';

const columns = [
  ...['index', 'uuid', 'name', 'memory.total', 'memory.free'],
  ...['utilization.gpu', 'temperature.gpu', 'power.draw', 'power.limit'],
];
const mebibyte = 1024 * 1024;

/** `nvidia-smi`: a table with a GPU a line. */
export const nvidiaSmi = (): GpuTool => ({
  name: 'nvidia-smi',
  read: async (ask) =>
    readGpuTable(await ask(`--query-gpu=${columns.join()}`, '--format=csv,noheader,nounits')),
});

/** Memory is in MiB. A cell that the GPU does not have (`[N/A]`) is left out, a line that makes no sense altogether. */
export function readGpuTable(table: string): GpuInfo[] {
  return table.split(/\r?\n/).flatMap((line) => {
    const [index, uuid, name, total, free, load, heat, power, limit] = line
      .split(',')
      .map((cell) => cell.trim());
    const [vramTotal, vramFree] = [figure(total), figure(free)];
    if (!name || vramTotal === undefined || vramFree === undefined) return [];
    return [
      {
        name,
        type: 'cuda',
        vram_total: vramTotal * mebibyte,
        vram_free: vramFree * mebibyte,
        ...(uuid?.includes('-') && { uuid }),
        ...known({
          index: figure(index),
          load_percent: percent(load),
          temperature_c: figure(heat),
          power_w: figure(power),
          power_limit_w: figure(limit),
        }),
      },
    ];
  });
}
