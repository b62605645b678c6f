import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gpuWorks } from '../../../../electron/agent/machine/gpu-work.ts';

const rows = (...lines: string[]): string =>
  [
    '# gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command ',
    '# Idx           #    C/G      %      %      %      %      %      %    name ',
    ...lines,
  ].join('\n');

describe('gpuWorks', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-gpu-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A tool that answers as nvidia-smi does. */
  const tool = async (processes: string, gpus: string): Promise<string> => {
    const path = join(folder, 'nvidia-smi');
    await writeFile(join(folder, 'pmon'), processes);
    await writeFile(join(folder, 'gpus'), gpus);
    await writeFile(
      path,
      `#!/bin/sh\ncd "$(dirname "$0")"\nif [ "$1" = pmon ]; then cat pmon; else cat gpus; fi\n`,
    );
    await chmod(path, 0o755);
    return path;
  };

  it.each([
    [
      'ours computes',
      rows('    0        4711     C     98     45      -      -      -      -    python'),
      true,
    ],
    [
      'ours rests',
      rows('    0        4711     C      -      -      -      -      -      -    python'),
      false,
    ],
    [
      'ours rests, another computes',
      rows(
        '    0        4711     C      0      0      -      -      -      -    python',
        '    0          12     C     90     40      -      -      -      -    python',
      ),
      false,
    ],
    [
      'the driver hides our number',
      rows('    0     9     C     90     40      -      -      -      -    x'),
      true,
    ],
  ])('%s', async (_title, processes, works) => {
    expect(await gpuWorks([4711], await tool(processes, '90\n'))).toBe(works);
  });

  it('without any work, or without the tool: no', async () => {
    expect(await gpuWorks([4711], await tool(rows(), '0\n'))).toBe(false);
    expect(await gpuWorks([4711], join(folder, 'no such tool'))).toBe(false);
  });
});
