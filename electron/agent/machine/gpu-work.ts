import { execFile } from 'node:child_process';

/** Rows of `nvidia-smi pmon`: GPU, process, kind, share of the time in which it computed. */
const eachProcess = ['pmon', '-c', '1', '-s', 'u'];
const wholeGpus = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits'];

/**
 * Does a GPU compute for one of these processes? Where the driver does not name them (a container hides their numbers)
 * any work counts: an engine must not be taken for hung while a GPU may be busy for it. Without NVIDIA's tool: no.
 */
export async function gpuWorks(pids: readonly number[], tool = 'nvidia-smi'): Promise<boolean> {
  const rows = (await table(tool, eachProcess)).map((line) => line.trim().split(/\s+/));
  const ours = rows.filter(([, pid]) => pids.includes(Number(pid)));
  if (ours.length > 0) return ours.some(([, , , share]) => Number(share) > 0);
  return (await table(tool, wholeGpus)).some((share) => Number(share) > 0);
}

function table(tool: string, args: readonly string[]): Promise<string[]> {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: 5000, killSignal: 'SIGKILL' }, (error, text) =>
      resolve(error ? [] : text.split('\n').filter((line) => line.trim() !== '')),
    );
  });
}
