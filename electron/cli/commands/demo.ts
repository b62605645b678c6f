import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TaskEvent } from '#shared/wire/events.ts';
import { createStudio } from '../../studio.ts';
import { ApiClient } from '../client.ts';
import { starterChoice } from '../engine-choice.ts';
import { follow, saveOutputs } from '../follow.ts';
import { type Programs, version } from '../programs.ts';
import { createKey } from './key.ts';

/** `npm run demo`: a whole studio on a temporary folder makes one picture, by the same API as any client. */
export async function demo(_args: string[], programs: Programs): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-demo-'));
  const dataDir = join(folder, 'data');
  const studio = await createStudio({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    version: version(programs),
    starter: starterChoice(programs),
    engines: [starterChoice(programs)],
    log: pino({ level: 'silent' }),
  });
  const say = clock();
  try {
    const { url } = await studio.start();
    say(`studio listens at ${url}, data in a temporary folder`);
    const client = new ApiClient(url, await createKey(dataDir, { kind: 'device', name: 'demo' }));
    const sample: unknown = JSON.parse(
      await readFile(join(programs.root, 'resources/workflows/gradient-study.json'), 'utf8'),
    );
    const id = await client.importWorkflow(sample as Parameters<ApiClient['importWorkflow']>[0]);
    say(`imported the workflow "${(await client.workflow(id)).display_name}"`);
    const taskId = await client.run(id, {});
    say(`submitted task ${taskId}`);
    const ending = await follow(client, taskId, (event) => narrate(event, say));
    if (!ending.ok) {
      process.stderr.write(`The task failed: ${ending.cause}\n`);
      return 1;
    }
    const paths = await saveOutputs(client, ending.outputs, folder);
    for (const path of paths) say(`picture: ${path}`);
    return paths.length > 0 ? 0 : 1;
  } finally {
    await studio.stop();
    await rm(dataDir, { recursive: true, force: true });
    say('studio stopped, temporary data removed');
  }
}

function narrate(event: TaskEvent, say: (line: string) => void): void {
  if (event.event === 'status') {
    say(`status   ${event.data.status}${event.data.reason ? `: ${event.data.reason}` : ''}`);
  } else if (event.event === 'progress') {
    const percent = `${Math.round(event.data.progress * 100)} %`.padStart(5);
    say(`progress ${percent} ${event.data.current_node_title ?? event.data.current_node}`);
  } else if (event.event === 'completed') {
    say(`status   completed with ${event.data.outputs.length} file(s)`);
  }
}

/** Lines with the seconds since the start. */
function clock(): (line: string) => void {
  const started = performance.now();
  return (line) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(3).padStart(7);
    process.stdout.write(`${seconds} s  ${line}\n`);
  };
}
