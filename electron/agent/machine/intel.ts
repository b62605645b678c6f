import { z } from 'zod';
import type { GpuInfo } from '#shared/link/protocol.ts';
import { figure, known, percent, printedJson } from './figures.ts';
import type { Ask, GpuTool } from './tool.ts';

const mebibyte = 1024 * 1024;

const list = z.object({
  device_list: z.array(z.object({ device_id: z.coerce.number().int(), device_name: z.string() })),
});
/** Bytes, as text. */
const details = z.object({ memory_physical_size_byte: z.unknown().transform(figure) });
const measures = z
  .array(z.object({ metrics_type: z.string(), value: z.unknown().transform(figure) }))
  .catch([]);
const stats = z.object({
  device_level: measures,
  tile_level: z.array(z.object({ data_list: measures })).catch([]),
});

interface Device {
  readonly index: number;
  readonly name: string;
  readonly vramTotal: number | undefined;
}

/** Intel's tool: which GPUs there are is asked once, how each of them does every time. */
export function xpuSmi(): GpuTool {
  let devices: readonly Device[] | undefined;
  return {
    name: 'xpu-smi',
    async read(ask) {
      devices ??= await discover(ask);
      const told = devices.map(async (device) =>
        readStats(device, await ask('stats', '-d', String(device.index), '-j')),
      );
      return (await Promise.all(told)).flat();
    },
  };
}

async function discover(ask: Ask): Promise<Device[]> {
  const { device_list } = list.parse(printedJson(await ask('discovery', '-j')));
  return Promise.all(
    device_list.map(async ({ device_id, device_name }) => {
      const text = await ask('discovery', '-d', String(device_id), '-j');
      const { memory_physical_size_byte: size } = details.parse(printedJson(text));
      return { index: device_id, name: device_name, vramTotal: size };
    }),
  );
}

/** A GPU of several tiles tells some measures only for each of them. One that does not tell its memory is left out. */
function readStats({ index, name, vramTotal }: Device, text: string): GpuInfo[] {
  const { device_level, tile_level } = stats.parse(printedJson(text));
  const of = (metric: string, join: (tiles: number[]) => number): number | undefined => {
    const find = (from: z.infer<typeof measures>): number | undefined =>
      from.find(({ metrics_type }) => metrics_type === metric)?.value;
    const tiles = tile_level.flatMap(({ data_list }) => find(data_list) ?? []);
    return find(device_level) ?? (tiles.length > 0 ? join(tiles) : undefined);
  };
  const used = of('XPUM_STATS_MEMORY_USED', sum);
  if (!vramTotal || used === undefined) return [];
  return [
    {
      name,
      type: 'xpu',
      vram_total: vramTotal,
      vram_free: Math.max(0, vramTotal - used * mebibyte),
      ...known({
        index,
        load_percent: percent(of('XPUM_STATS_GPU_UTILIZATION', (tiles) => sum(tiles) / tiles.length)),
        temperature_c: of('XPUM_STATS_GPU_CORE_TEMPERATURE', (tiles) => Math.max(...tiles)),
        power_w: of('XPUM_STATS_POWER', sum),
      }),
    },
  ];
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
