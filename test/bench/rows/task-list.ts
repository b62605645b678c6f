import { join } from 'node:path';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { StudioClient } from '../clients.ts';
import { fillHistory } from '../history.ts';
import { median, ms, type Row, ratio, type Setup } from '../row.ts';

/** The first page of the task list must not get slower with the history behind it. */
export async function taskList({ folder }: Setup): Promise<Row[]> {
  const small = await firstPage(join(folder, 'list-small'), 1000);
  const large = await firstPage(join(folder, 'list-large'), 1_000_000);
  return [
    {
      what: 'first page of the task list: 1,000,000 tasks ÷ 1,000',
      value: ratio(large / small),
      reach: '≤ 2',
      detail: `median ${ms(large)} ÷ ${ms(small)}`,
    },
  ];
}

async function firstPage(data: string, tasks: number): Promise<number> {
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  let studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  await new StudioClient(studio.said, key).importTiny();
  await studio.end();
  fillHistory(join(data, 'atelier.db'), tasks);
  studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  const client = new StudioClient(studio.said, key);
  const times: number[] = [];
  for (let n = -5; n < 40; n += 1) {
    const started = performance.now();
    await client.json('GET', '/r/tasks?per_page=20');
    if (n >= 0) times.push(performance.now() - started);
  }
  await studio.end();
  return median(times);
}
