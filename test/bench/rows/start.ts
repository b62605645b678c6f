import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { median, ms, type Row, ratio, type Setup } from '../row.ts';

/** From spawn to listening against an empty Node, and memory once idle with its agent connected. */
export async function startAndMemory({ folder }: Setup): Promise<Row[]> {
  const starts: number[] = [];
  const empty: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const began = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    empty.push(performance.now() - began);
    const studio = await serveStudio(
      ['--data', join(folder, 'start'), '--port', '0', '--no-agent'],
      builtCliProgram,
    );
    starts.push(studio.startMs);
    await studio.end();
  }
  const idle = await serveStudio(['--data', join(folder, 'start'), '--port', '0'], builtCliProgram);
  await new Promise((done) => setTimeout(done, 8000));
  const memory = residentBytes(idle.child.pid ?? 0);
  await idle.end();
  return [
    {
      what: 'headless start to listening ÷ node -e 0',
      value: ratio(median(starts) / median(empty)),
      reach: '≤ 8',
      detail: `median ${ms(median(starts))} ÷ ${ms(median(empty))}`,
    },
    {
      what: 'idle memory, headless, with agent',
      value: memory === null ? 'unknown' : `${Math.round(memory / 1e6)} MB`,
      reach: '≤ 150 MB',
      detail:
        memory === null
          ? 'only Linux tells it here'
          : 'resident, gateway and agent in one process; the engine is apart',
    },
  ];
}

function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes ? Number(kilobytes) * 1024 : null;
  } catch {
    return null;
  }
}
