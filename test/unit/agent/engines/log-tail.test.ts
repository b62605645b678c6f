import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogTail, oldLog } from '../../../../electron/agent/engines/log-tail.ts';

const megabyte = 1024 ** 2;

describe('LogTail', () => {
  let folder = '';
  let path = '';
  let lines: string[] = [];
  let tail: LogTail;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-log-'));
    path = join(folder, 'engine.log');
    lines = [];
    tail = new LogTail(path, (line) => lines.push(line));
    await tail.start('start');
  });
  afterEach(async () => {
    await tail.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('tells lines whole, whatever ends them, and letters that were cut in two', async () => {
    const bytes = Buffer.from('eins\r\nzwei\r50 %|#\rgröße\n');
    const cut = bytes.indexOf(0xc3) + 1;
    await appendFile(path, bytes.subarray(0, cut));
    await tail.catchUp();
    await appendFile(path, bytes.subarray(cut));
    await tail.catchUp();
    expect(lines).toEqual(['eins', 'zwei', '50 %|#', 'größe']);
  });

  it('begins anew when it is long, and keeps what came before', async () => {
    for (let n = 0; n < 20; n += 1) {
      await appendFile(path, `${n}:${'x'.repeat(99)}\n`.repeat(10_300));
      await tail.catchUp();
    }
    expect((await stat(path)).size).toBe(0);
    expect((await stat(oldLog(path))).size).toBeGreaterThanOrEqual(20 * megabyte);
    await appendFile(path, 'after\n');
    await tail.catchUp();
    expect(lines.at(-1)).toBe('after');
  });

  it('tells the last words of a program that floods its log, and has them on disk', {
    timeout: 120_000,
  }, async () => {
    const flood = `const fs = require('node:fs'); const file = fs.openSync(process.argv[1], 'a');
      const lines = ('x'.repeat(99) + '\\n').repeat(10_000);
      for (let n = 0; n < 100; n += 1) fs.writeSync(file, lines);
      fs.writeSync(file, 'MemoryError\\n');`;
    for (let round = 0; round < 3; round += 1) {
      lines = [];
      const child = spawn(process.execPath, ['-e', flood, path], { stdio: 'ignore' });
      await once(child, 'exit');
      await tail.catchUp();
      await tail.catchUp();
      expect(lines.at(-1)).toBe('MemoryError');
      const kept = (await readFile(oldLog(path), 'latin1')) + (await readFile(path, 'latin1'));
      expect(kept.endsWith('MemoryError\n')).toBe(true);
      expect((await stat(path)).size).toBeLessThan(60 * megabyte);
    }
  });
});
