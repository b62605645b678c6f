import { join } from 'node:path';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { StudioClient } from '../clients.ts';
import { fillGallery } from '../gallery-store.ts';
import { median, ms, percentile, type Row, ratio, type Setup } from '../row.ts';

const large = 1_000_000;
const middle = 100_000;
const small = 1000;

type Times = Readonly<Record<string, number>>;

/** However much hangs in the gallery: its first page, a deep one, what is rare in it, and its days. */
export async function galleryList({ folder }: Setup): Promise<Row[]> {
  const few = await measure(join(folder, 'gallery-small'), small);
  const many = await measure(join(folder, 'gallery-middle'), middle);
  const most = await measure(join(folder, 'gallery-large'), large);
  const row = (what: string, name: string, base: string, reach: string): Row => ({
    what: `gallery, ${what}`,
    value: ratio((most[name] ?? Number.NaN) / (few[base] ?? Number.NaN)),
    reach,
    detail: `${ms(most[name] ?? Number.NaN)} of 1,000,000, ${ms(many[name] ?? Number.NaN)} of 100,000 ÷ ${ms(few[base] ?? Number.NaN)}`,
  });
  return [
    row('first page: 1,000,000 works ÷ 1,000', 'first', 'first', '≤ 2'),
    row('in the middle by cursor ÷ first page of 1,000', 'cursor', 'first', '≤ 2'),
    row('in the middle by offset ÷ first page of 1,000', 'offset', 'first', '≤ 20'),
    row('one day, as the desk asks ÷ first page of 1,000', 'day', 'first', '≤ 2'),
    row('what is rare (1 in 1,000) ÷ first page of 1,000', 'rare', 'first', '≤ 20'),
    row('days and their counts ÷ first page of 1,000', 'days', 'first', '≤ 20'),
    row('a word among the values ÷ first page of 1,000', 'text', 'first', '–'),
    row('longest pause of the gateway ÷ first page of 1,000', 'longest', 'first', '–'),
  ];
}

async function measure(data: string, outputs: number): Promise<Times> {
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  let studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  await new StudioClient(studio.said, key).importTiny();
  await studio.end();
  fillGallery(join(data, 'atelier.db'), { outputs });
  studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  const client = new StudioClient(studio.said, key);
  const all: number[] = [];
  const time = async (path: string): Promise<number> => {
    const times: number[] = [];
    for (let n = -3; n < 15; n += 1) {
      const started = performance.now();
      await client.json('GET', path);
      if (n >= 0) times.push(performance.now() - started);
    }
    all.push(...times);
    return median(times);
  };
  const [inside] = await page(client, `/r/outputs?per_page=1&offset=${outputs / 2}`);
  const [days] = [await client.json('GET', '/r/outputs/days')] as [DayList];
  const day = days.day_list[Math.floor(days.day_list.length / 2)];
  const times = {
    first: await time('/r/outputs?per_page=50'),
    cursor: await time(`/r/outputs?per_page=50&cursor=${inside?.id}`),
    offset: await time(`/r/outputs?per_page=50&offset=${outputs / 2}`),
    day: await time(
      `/r/outputs?per_page=60&created_after=${day?.begins_at}&created_before=${day?.ends_at}&order=oldest`,
    ),
    rare: await time('/r/outputs?per_page=50&kind=audio'),
    days: await time('/r/outputs/days?time_zone=Europe/Berlin'),
    text: await time('/r/outputs?per_page=50&text=glacier'),
    longest: percentile(all, 1),
  };
  await studio.end();
  return times;
}

interface DayList {
  readonly day_list: readonly { readonly begins_at: string; readonly ends_at: string }[];
}

const page = async (client: StudioClient, path: string) =>
  ((await client.json('GET', path)) as { output_list: { id: string }[] }).output_list;
