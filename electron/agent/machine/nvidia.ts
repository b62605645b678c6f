import { execFile } from 'node:child_process';
import type { GpuInfo } from '#shared/link/protocol.ts';
import { errorCode } from '../http.ts';

const query = ['--query-gpu=name,memory.total,memory.free', '--format=csv,noheader,nounits'];
const mebibyte = 1024 * 1024;
const missingMs = 10 * 60_000;
const troubleMs = 60_000;

/** Reads `nvidia-smi`'s table: name, total and free MiB a line. Lines that make no sense are left out. */
export function readGpuTable(table: string): GpuInfo[] {
  return table.split('\n').flatMap((line) => {
    const [name, total, free] = line.split(',').map((cell) => cell.trim());
    if (!name || !Number.isFinite(Number(total)) || !Number.isFinite(Number(free))) return [];
    return [{ name, type: 'cuda', vram_total: Number(total) * mebibyte, vram_free: Number(free) * mebibyte }];
  });
}

/** The NVIDIA GPUs of this machine, without ever blocking: a driver that hangs costs two seconds, then a minute's rest. */
export class NvidiaGpus {
  #notBefore = 0;
  #last: GpuInfo[] = [];

  async sample(): Promise<readonly GpuInfo[]> {
    if (Date.now() < this.#notBefore) return this.#last;
    const { promise, resolve } = Promise.withResolvers<readonly GpuInfo[]>();
    execFile('nvidia-smi', query, { timeout: 2000, killSignal: 'SIGKILL' }, (error, table) => {
      if (error) this.#notBefore = Date.now() + (errorCode(error) === 'ENOENT' ? missingMs : troubleMs);
      else this.#last = readGpuTable(table);
      resolve(this.#last);
    });
    return promise;
  }
}
