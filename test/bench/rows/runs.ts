import { join } from 'node:path';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { startEngine } from '../../helpers/engine.ts';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { DirectClient, StudioClient } from '../clients.ts';
import { median, ms, type Row, ratio, type Setup } from '../row.ts';

const oneByOne = 60;
const atOnce = 200;

/** Latency one after another, and throughput of many at once, each against the same engine without Atelier. */
export async function latencyAndThroughput({ folder, comfy }: Setup): Promise<Row[]> {
  const engine = comfy ? undefined : await startEngine();
  const engineUrl = comfy ?? engine?.url ?? '';
  const data = join(folder, 'runs');
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  const studio = await serveStudio(['--data', data, '--port', '0', '--engine', engineUrl], builtCliProgram);
  const direct = await DirectClient.open(engineUrl);
  try {
    const client = new StudioClient(studio.said, key);
    await client.importTiny();
    let color = 1;
    const times = { direct: [] as number[], studio: [] as number[] };
    for (let n = -10; n < oneByOne; n += 1) {
      const a = await timed(() => direct.run(color++));
      const b = await timed(() => client.run(color++));
      if (n < 0) continue;
      times.direct.push(a);
      times.studio.push(b);
    }
    const batches = { direct: [] as number[], studio: [] as number[] };
    for (let round = 0; round < 3; round += 1) {
      batches.direct.push(
        await timed(() => Promise.all(Array.from({ length: atOnce }, () => direct.run(color++)))),
      );
      batches.studio.push(
        await timed(() => Promise.all(Array.from({ length: atOnce }, () => client.run(color++)))),
      );
    }
    const [latencyA, latencyB] = [median(times.studio), median(times.direct)];
    const [batchA, batchB] = [median(batches.studio), median(batches.direct)];
    const engineName = comfy ? 'ComfyUI' : 'starter engine';
    return [
      {
        what: `tiny workflow one by one: through Atelier ÷ ${engineName} directly`,
        value: ratio(latencyA / latencyB),
        reach: '≤ 1.35',
        detail: `median ${ms(latencyA)} ÷ ${ms(latencyB)}, ${oneByOne} pairs`,
      },
      {
        what: `${atOnce} tiny workflows at once: throughput ÷ directly`,
        value: ratio(batchB / batchA),
        reach: '≥ 0.95',
        detail: `${Math.round((atOnce / batchA) * 1000)}/s ÷ ${Math.round((atOnce / batchB) * 1000)}/s`,
      },
    ];
  } finally {
    direct.close();
    await studio.end();
    await engine?.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
