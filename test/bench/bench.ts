import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Row, Setup } from './row.ts';
import { conversion } from './rows/conversion.ts';
import { dispatchDecision } from './rows/dispatch.ts';
import { hashing } from './rows/hashing.ts';
import { galleryList } from './rows/gallery.ts';
import { latencyAndThroughput } from './rows/runs.ts';
import { startAndMemory } from './rows/start.ts';
import { statistics } from './rows/statistics.ts';
import { submissions } from './rows/submissions.ts';
import { taskList } from './rows/task-list.ts';

/**
 * `npm run bench [-- --only NAME] [--comfy URL]`: the numbers of the design as ratios against a baseline measured in
 * the same run. Nothing here fails: it prints what is, beside what is to be reached.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, comfy: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'atelier-bench-'));
const setup: Setup = { folder, comfy: values.comfy };

const benches: Record<string, (setup: Setup) => Promise<Row[]>> = {
  runs: latencyAndThroughput,
  submissions,
  dispatch: dispatchDecision,
  'task-list': taskList,
  statistics,
  gallery: galleryList,
  conversion,
  hashing,
  start: startAndMemory,
};

try {
  for (const [name, bench] of Object.entries(benches)) {
    if (values.only && values.only !== name) continue;
    for (const { what, value, reach, detail } of await bench(setup)) {
      console.log(`${what.padEnd(62)} ${value.padStart(9)}   reach ${reach.padEnd(9)} ${detail}`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
