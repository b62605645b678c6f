import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockFolder } from '../../../electron/gateway/lock.ts';
import { tempFolder } from './temp-folder.ts';

const source = resolve(import.meta.dirname, '../../../electron/gateway/lock.ts');

/** Another process that holds the lock until it is killed. */
async function holder(folder: string) {
  const program = `
    const { lockFolder } = await import(${JSON.stringify(source)});
    lockFolder(${JSON.stringify(folder)});
    // Nobody keeps what it returned; the lock must hold all the same.
    for (let n = 0; n < 3; n += 1) {
      gc();
      await new Promise(setImmediate);
    }
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

it('lets one gateway have a folder, and names it to the next', async () => {
  const folder = await tempFolder();
  const unlock = lockFolder(folder);
  onTestFinished(unlock);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid}) is using ${folder}`);
});

it('gives it back, once', async () => {
  const folder = await tempFolder();
  const first = lockFolder(folder);
  first();
  const second = lockFolder(folder);
  onTestFinished(second);
  // The first has it no more: giving it back again takes nothing from the second.
  first();
  expect(() => lockFolder(folder)).toThrow('is using');
});

it('names a gateway in another process, and takes the folder over when that was killed', async () => {
  const folder = await tempFolder();
  const child = await holder(folder);
  expect(() => lockFolder(folder)).toThrow(`process ${child.pid})`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockFolder(folder)();
});
