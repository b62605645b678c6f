import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../../../electron/starter-engine/images/decode.ts';
import { type RunningProgram, runCli, serveStudio } from '../../helpers/programs.ts';

/** A real ComfyUI to compare with, where there is one: `ATELIER_COMFYUI=http://127.0.0.1:8188 npm test`. */
const comfyUi = process.env.ATELIER_COMFYUI;
const resources = resolve(import.meta.dirname, '../../../resources');
const samples = ['contact-sheet', 'duotone-poster', 'gradient-study', 'outpaint-frame', 'soft-focus'];

describe.skipIf(!comfyUi)('the sample workflows on the starter engine and on a real ComfyUI', () => {
  let folder = '';
  const studios = new Map<string, RunningProgram>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-same-'));
    for (const engine of ['starter', comfyUi ?? '']) {
      const data = join(folder, String(studios.size));
      studios.set(data, await serveStudio(['--data', data, '--port', '0', '--engine', engine]));
    }
  });
  afterAll(async () => {
    for (const studio of studios.values()) await studio.end();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(samples)('%s gives the same pictures', async (name) => {
    const file = join(resources, 'workflows', `${name}.json`);
    const workflow = JSON.parse(await readFile(file, 'utf8')) as {
      parameters: { key: string; type: string; default?: unknown }[];
    };
    const picture = join(resources, 'samples/kiln.png');
    const set = workflow.parameters
      .filter(({ type }) => type === 'file')
      .flatMap(({ key }) => ['--set', `${key}=${picture}`]);
    const [ours = [], theirs = []] = await Promise.all(
      [...studios.keys()].map(async (data) => {
        const out = join(data, name);
        const run = await runCli(['run', file, '--data', data, '--out', out, ...set]);
        expect(run).toMatchObject({ code: 0 });
        const files = (await readdir(out)).sort();
        return Promise.all(files.map(async (one) => decodePicture(await readFile(join(out, one)))));
      }),
    );
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.length).toBe(theirs.length);
    for (const [index, [mine]] of ours.entries()) {
      const other = theirs[index]?.[0];
      expect([mine.width, mine.height]).toEqual([other?.width, other?.height]);
      expect(shareOff(mine.rgb, other?.rgb ?? new Uint8Array())).toBeLessThan(1e-4);
    }
  });
});

/**
 * The share of values that differ by more than 2. Not zero: where a workflow dithers after it sharpened, one step of
 * rounding turns a few pixels over to their palette's other colour.
 */
function shareOff(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return 1;
  let off = 0;
  for (const [index, value] of one.entries()) if (Math.abs(value - (other[index] ?? 0)) > 2) off += 1;
  return off / one.length;
}
