import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { TaskEvent } from '#shared/wire/events.ts';
import type { TaskOutput } from '#shared/wire/tasks.ts';
import type { ApiClient } from './client.ts';

/** How a task ended, for the caller to act on. */
export type Ending =
  | { readonly ok: true; readonly outputs: readonly TaskOutput[] }
  | { readonly ok: false; readonly cause: string };

/** Reads a task's events to the end, showing each. */
export async function follow(
  client: ApiClient,
  taskId: string,
  show: (event: TaskEvent) => void,
): Promise<Ending> {
  for await (const event of client.events(taskId)) {
    show(event);
    if (event.event === 'completed') return { ok: true, outputs: event.data.outputs };
    if (event.event === 'cancelled') return { ok: false, cause: 'The task was cancelled.' };
    if (event.event === 'failed') {
      if (event.data.retry_task_id) return follow(client, event.data.retry_task_id, show);
      return { ok: false, cause: event.data.error };
    }
  }
  return { ok: false, cause: 'The event stream ended before the task did.' };
}

/** One line that fills up on a terminal; a line per change elsewhere. */
export function progressBar(out: NodeJS.WriteStream): (event: TaskEvent) => void {
  const width = 28;
  let last = '';
  const draw = (fraction: number, words: string) => {
    const full = Math.round(fraction * width);
    const line = `[${'█'.repeat(full)}${'·'.repeat(width - full)}] ${String(Math.round(fraction * 100)).padStart(3)} %  ${words}`;
    if (out.isTTY) out.write(`\r\x1b[2K${line}`);
    else if (words !== last) out.write(`${line}\n`);
    last = words;
  };
  return (event) => {
    if (event.event === 'status') draw(0, event.data.reason || event.data.status);
    else if (event.event === 'progress')
      draw(event.data.progress, event.data.current_node_title ?? event.data.current_node);
    else if (event.event === 'completed') draw(1, 'done');
    if (out.isTTY && ['completed', 'failed', 'cancelled'].includes(event.event)) out.write('\n');
  };
}

/** Writes the outputs of a task into a folder under their own names; a name that is taken gets a number. */
export async function saveOutputs(
  client: ApiClient,
  outputs: readonly TaskOutput[],
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const used = new Set<string>();
  const paths: string[] = [];
  for (const output of outputs) {
    const safe = basename(output.name);
    const stem = safe.slice(0, safe.length - extname(safe).length);
    let name = safe;
    for (let n = 1; used.has(name); n += 1) name = `${stem} (${n})${extname(safe)}`;
    used.add(name);
    const path = join(folder, name);
    // A download that breaks must not leave half a picture under a real name.
    await pipeline(await client.download(output.url), createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
    paths.push(path);
  }
  return paths;
}
