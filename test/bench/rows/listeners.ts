import { Agent, type IncomingMessage, request } from 'node:http';
import { join, resolve } from 'node:path';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { builtCliProgram, serveStudio, startProgram } from '../../helpers/programs.ts';
import { StudioClient } from '../clients.ts';
import { median, ms, type Row, ratio, type Setup } from '../row.ts';

const listeners = 500;
const rounds = 7;
const broadcaster = resolve(import.meta.dirname, '../programs/broadcast.mjs');

interface Side {
  /** Makes something to listen to; its address. */
  readonly begin: () => Promise<string>;
  /** Makes the event happen that all listeners wait for; resolves when that is acknowledged. */
  readonly tell: (address: string) => Promise<unknown>;
  readonly headers: Record<string, string>;
}

/** From the call that ends a task until the last of 500 listeners has been told, against a bare broadcast. */
export async function manyListeners({ folder }: Setup): Promise<Row[]> {
  const data = join(folder, 'listeners');
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  const studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  const bare = await startProgram([process.execPath, broadcaster], 'listening:');
  try {
    const client = new StudioClient(studio.said, key);
    await client.importTiny();
    const tasks = `${studio.said.replace(/\/$/, '')}/api/v1/r/tasks`;
    const ours: Side = {
      begin: async () => `${tasks}/${await client.submit(1)}`,
      tell: (address) => client.json('POST', `/r/tasks/${address.split('/').at(-1)}/cancel`),
      headers: { authorization: `Bearer ${key}` },
    };
    const theirs: Side = {
      begin: () => Promise.resolve(bare.said),
      tell: (address) => fetch(address, { method: 'POST' }),
      headers: {},
    };
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let n = 0; n < rounds; n += 1) {
      times.ours.push(await round(ours, '/events'));
      times.theirs.push(await round(theirs, ''));
    }
    const [here, there] = [median(times.ours), median(times.theirs)];
    return [
      {
        what: `${listeners} listeners of one task: told here ÷ by a bare broadcast`,
        value: ratio(here / there),
        reach: '≤ 3',
        detail: `${ms(here)} ÷ ${ms(there)} until the last one, the event on disk first`,
      },
    ];
  } finally {
    await bare.end();
    await studio.end();
  }
}

async function round(side: Side, path: string): Promise<number> {
  const address = await side.begin();
  const agent = new Agent({ maxSockets: listeners });
  const open = await Promise.all(
    Array.from({ length: listeners }, () => listen(address + path, side.headers, agent)),
  );
  const started = performance.now();
  const all = Promise.all(open.map(({ told }) => told));
  await Promise.all([side.tell(address), all]);
  const took = performance.now() - started;
  agent.destroy();
  return took;
}

/** Resolves once the first event is here: the listener listens. */
function listen(
  url: string,
  headers: Record<string, string>,
  agent: Agent,
): Promise<{ told: Promise<void> }> {
  return new Promise((listening, failed) => {
    const sent = request(url, { headers, agent }, (reply: IncomingMessage) => {
      if (reply.statusCode !== 200) return failed(new Error(`status ${reply.statusCode}`));
      let heard = '';
      const told = new Promise<void>((done, broke) => {
        reply.on('data', (chunk: Buffer) => {
          heard += String(chunk);
          listening({ told });
        });
        reply.on('end', () =>
          heard.includes('event: cancelled') ? done() : broke(new Error('a listener was told nothing')),
        );
        reply.on('error', broke);
      });
    });
    sent.on('error', failed);
    sent.end();
  });
}
