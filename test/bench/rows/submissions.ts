import { join } from 'node:path';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { startEngine } from '../../helpers/engine.ts';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { RawConnection } from '../../helpers/raw-http.ts';
import { StudioClient, tinyGraph } from '../clients.ts';
import { type Row, ratio, type Setup } from '../row.ts';

const clients = 32;

/** Durable submissions per second from 32 clients, against the engine's own `/prompt` (which keeps them in memory). */
export async function submissions({ folder, comfy }: Setup): Promise<Row[]> {
  const engine = comfy ? undefined : await startEngine();
  const engineUrl = comfy ?? engine?.url ?? '';
  const data = join(folder, 'submissions');
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  const studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  try {
    const client = new StudioClient(studio.said, key);
    await client.importTiny();
    const path = `/api/v1/r/workflows/${client.workflowId}/run`;
    const headers = { authorization: `Bearer ${key}` };
    const submit = (n: number) => JSON.stringify({ parameters: { color: n } });
    await rate(studio.said, 1000, 202, () => ({ path, body: submit(1), headers }));
    const ours = await rate(studio.said, 20_000, 202, (n) => ({ path, body: submit(n), headers }));
    const theirs = await rate(engineUrl, 2000, 200, (n) => ({
      path: '/prompt',
      body: JSON.stringify({ prompt: tinyGraph(n) }),
      headers: {},
    }));
    return [
      {
        what: `submissions, ${clients} clients: durable here ÷ /prompt of ${comfy ? 'ComfyUI' : 'the starter engine'}`,
        value: ratio(ours / theirs),
        reach: '≥ 10',
        detail: `${Math.round(ours)}/s ÷ ${Math.round(theirs)}/s`,
      },
    ];
  } finally {
    if (comfy) await fetch(`${comfy}/queue`, { method: 'POST', body: '{"clear":true}' });
    await studio.end();
    await engine?.stop();
  }
}

interface Request {
  readonly path: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}

async function rate(
  url: string,
  total: number,
  expected: number,
  make: (n: number) => Request,
): Promise<number> {
  const connections = await Promise.all(Array.from({ length: clients }, () => RawConnection.open(url)));
  let next = 0;
  const started = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < total) {
        const { path, body, headers } = make(next++);
        const reply = await connection.post(path, body, headers);
        if (reply.status !== expected) throw new Error(`status ${reply.status}: ${reply.body}`);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  return total / seconds;
}
