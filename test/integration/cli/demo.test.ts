import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cliProgram } from '../../helpers/programs.ts';

it('the demo makes a picture by the API, tells the task’s life, and cleans up', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [cliProgram, 'demo']);
  const path = /picture: (.+)/.exec(stdout)?.[1] ?? '';
  expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG');
  for (const word of ['submitted task', 'running', 'completed', 'studio stopped'])
    expect(stdout).toContain(word);
  await rm(dirname(path), { recursive: true });
});
