import { z } from 'zod';
import type { GpuInfo } from '#shared/link/protocol.ts';
import { figure, firstFigure, known, percent, printedJson } from './figures.ts';
import type { GpuTool } from './tool.ts';

const mebibyte = 1024 * 1024;

/** `amd-smi` writes a number with its unit, as a bare number in some versions, and `"N/A"` where there is none. */
const amount = z
  .union([
    z.object({ value: z.unknown() }).transform(({ value }) => figure(value)),
    z.unknown().transform(figure),
  ])
  .optional();
const amounts = z.record(z.string(), amount).catch({});

const limits = z
  .object({ ppt0: amounts.optional(), socket_power: amount, max_power: amount })
  .partial()
  .catch({});

/** Since ROCm 7 the list stands under `gpu_data`. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), z.object({ gpu_data: z.array(item) }).transform(({ gpu_data }) => gpu_data)]);

const facts = listOf(
  z.object({
    gpu: z.int(),
    asic: z.object({ market_name: z.string().catch('') }).catch({ market_name: '' }),
    limit: limits.optional(),
  }),
);
const metrics = listOf(
  z.object({
    gpu: z.int(),
    mem_usage: amounts,
    usage: amounts,
    temperature: amounts,
    power: amounts,
  }),
);

/**
 * AMD's present tool. Names and limits don't change, so they are asked for once. It is not asked for some figures only:
 * in a virtual machine it does not know the options that name them.
 */
export function amdSmi(): GpuTool {
  let fixed: string | undefined;
  return {
    name: 'amd-smi',
    async read(ask) {
      fixed ??= await ask('static', '--json');
      return readAmdSmi(fixed, await ask('metric', '--json'));
    },
  };
}

export function readAmdSmi(staticText: string, metricText: string): GpuInfo[] {
  const names = new Map(facts.parse(printedJson(staticText)).map((one) => [one.gpu, one]));
  return metrics.parse(printedJson(metricText)).flatMap(({ gpu, mem_usage, usage, temperature, power }) => {
    const { total_vram: total, used_vram: used } = mem_usage;
    if (total === undefined || used === undefined) return [];
    const fact = names.get(gpu);
    return [
      {
        name: fact?.asic.market_name || 'AMD GPU',
        type: 'rocm',
        vram_total: total * mebibyte,
        vram_free: Math.max(0, total - used) * mebibyte,
        ...known({
          index: gpu,
          load_percent: percent(usage.gfx_activity),
          // Data centre cards have no sensor at the edge.
          temperature_c: firstFigure(temperature.edge, temperature.hotspot),
          power_w: firstFigure(power.socket_power, power.average_socket_power),
          power_limit_w: firstFigure(
            fact?.limit?.ppt0?.socket_power_limit,
            fact?.limit?.socket_power,
            fact?.limit?.max_power,
          ),
        }),
      },
    ];
  });
}

const cards = z.record(z.string(), z.record(z.string(), z.unknown()).catch({}));

/** AMD's older tool: one object per card, every value a text under a label that says its unit. */
export const rocmSmi = (): GpuTool => ({
  name: 'rocm-smi',
  read: async (ask) =>
    readRocmSmi(
      await ask(
        ...['--showproductname', '--showmeminfo', 'vram', '--showuse', '--showtemp'],
        ...['--showpower', '--showmaxpower', '--json'],
      ),
    ),
});

export function readRocmSmi(text: string): GpuInfo[] {
  return Object.entries(cards.parse(printedJson(text))).flatMap(([key, card]) => {
    const index = figure(/^card(\d+)$/.exec(key)?.[1]);
    const total = figure(card['VRAM Total Memory (B)']);
    const used = figure(card['VRAM Total Used Memory (B)']);
    if (index === undefined || total === undefined || used === undefined) return [];
    return [
      {
        name: nameOf(card),
        type: 'rocm',
        vram_total: total,
        vram_free: Math.max(0, total - used),
        ...known({
          index,
          load_percent: percent(card['GPU use (%)']),
          temperature_c: firstFigure(
            card['Temperature (Sensor edge) (C)'],
            card['Temperature (Sensor junction) (C)'],
          ),
          power_w: firstFigure(
            card['Average Graphics Package Power (W)'],
            card['Current Socket Graphics Package Power (W)'],
          ),
          power_limit_w: figure(card['Max Graphics Package Power (W)']),
        }),
      },
    ];
  });
}

/** The labels' letters changed between versions; older ones knew only a number for some cards. */
function nameOf(card: Readonly<Record<string, unknown>>): string {
  const names = ['Card Series', 'Card series', 'Card Model', 'Card model'].map((label) => card[label]);
  const said = names.find((name) => typeof name === 'string' && !/^(N\/A|0x[0-9a-f]+)?$/i.test(name));
  return typeof said === 'string' ? said : 'AMD GPU';
}
