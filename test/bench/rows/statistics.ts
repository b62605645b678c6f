import { join } from 'node:path';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { StudioClient } from '../clients.ts';
import { fillHistory, fillLine } from '../history.ts';
import { median, ms, type Row, type Setup } from '../row.ts';

const history = 1_000_000;
const inLine = 10_000;

/** Statistics over a long history take a while, but nobody else may notice; and a long line is still moved at once. */
export async function statistics({ folder }: Setup): Promise<Row[]> {
  const data = join(folder, 'statistics');
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  let studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  await new StudioClient(studio.said, key).importTiny();
  await studio.end();
  fillHistory(join(data, 'atelier.db'), history);
  fillLine(join(data, 'atelier.db'), inLine);
  studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  const client = new StudioClient(studio.said, key);
  try {
    return [await counting(client), await moving(client)];
  } finally {
    await studio.end();
  }
}

async function counting(client: StudioClient): Promise<Row> {
  const from = new Date(Date.now() - 366 * 86_400_000 + 60_000).toISOString();
  const alone: number[] = [];
  for (let n = 0; n < 40; n += 1) alone.push(await timed(() => client.json('GET', '/r/queue')));
  const beside: number[] = [];
  let over = false;
  const whole: number[] = [];
  const count = async () => {
    for (let n = 0; n < 3; n += 1) {
      whole.push(await timed(() => client.json('GET', `/r/tasks/statistics?from=${from}`)));
    }
    over = true;
  };
  await Promise.all([
    count(),
    (async () => {
      while (!over) beside.push(await timed(() => client.json('GET', '/r/queue')));
    })(),
  ]);
  return {
    what: 'longest wait of others while 1,000,000 tasks are counted',
    value: ms(Math.max(...beside)),
    reach: '≤ 150 ms',
    detail: `counting ${ms(median(whole))}; others median ${ms(median(beside))}, alone ${ms(median(alone))}`,
  };
}

async function moving(client: StudioClient): Promise<Row> {
  const { task_list } = (await client.json('GET', '/r/queue/tasks?per_page=40&current_page=200')) as {
    task_list: { id: string }[];
  };
  const times: number[] = [];
  for (const { id } of task_list) {
    times.push(await timed(() => client.json('POST', `/r/tasks/${id}/move-first`)));
  }
  return {
    what: 'a task of 10,000 in line moved to the front',
    value: ms(median(times)),
    reach: '≤ 20 ms',
    detail: `${times.length} moves, slowest ${ms(Math.max(...times))}`,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
