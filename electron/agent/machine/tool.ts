import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { GpuInfo } from '#shared/link/protocol.ts';
import { childEnvironment, signalGroup } from '../engines/processes.ts';

/** Runs the tool with these arguments and gives what it printed; rejects when it failed or took too long. */
export type Ask = (...args: string[]) => Promise<string>;

/** A maker's program that tells of its GPUs, and how to read it. */
export interface GpuTool {
  readonly name: string;
  read(ask: Ask): Promise<readonly GpuInfo[]>;
}

/** Beside PATH, which a program that the desktop starts often has only in part. */
const usualFolders = ['/opt/rocm/bin', '/usr/lib/wsl/lib', '/usr/sbin', '/usr/bin'];
const extension = process.platform === 'win32' ? '.exe' : '';
const mostBytes = 8 * 1024 * 1024;
const graceMs = 50;

/** Where a program lies, if it is there and may be run. */
export async function findTool(name: string, folders?: readonly string[]): Promise<string | undefined> {
  const places = folders ?? [...(process.env.PATH ?? '').split(delimiter), ...usualFolders];
  for (const place of places) {
    const path = join(place, name + extension);
    if (place !== '' && (await isProgram(path))) return path;
  }
  return undefined;
}

const isProgram = (path: string): Promise<boolean> =>
  Promise.all([stat(path), access(path, constants.X_OK)]).then(
    ([found]) => found.isFile(),
    () => false,
  );

/** A tool that was still running when its time was over; `gone` tells when the system has got rid of it. */
export class ToolHangs extends Error {
  readonly gone: Promise<unknown>;

  constructor(path: string, gone: Promise<unknown>) {
    super(`${path} did not answer in time`);
    this.gone = gone;
  }
}

/**
 * What a program prints. It leads a group of its own, which is killed when its time is over. A process that waits for a
 * dead driver can not even be killed, so nobody waits for its end either.
 */
export function runTool(path: string, args: readonly string[], mostMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(path, args, {
    env: childEnvironment({ LC_ALL: 'C' }),
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const gone = new Promise((done) => child.once('close', done).once('error', done));
  const giveUp = (): void => {
    abandon(child);
    reject(new ToolHangs(path, gone));
  };
  // Had we been busy ourselves, its answer may lie there unread: reading comes after timers.
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, graceMs);
  }, mostMs);
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) giveUp();
  });
  child.once('error', reject);
  child.once('close', (code, signal) => {
    if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
    else reject(new Error(`${path} ended with ${signal ?? `exit code ${code}`}`));
  });
  gone.finally(() => clearTimeout(timer)).catch(() => undefined);
  return promise;
}

/** Kills it, and does not let it keep our own process from ending. */
function abandon(child: ChildProcess): void {
  if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  child.stdout?.destroy();
  child.unref();
}
