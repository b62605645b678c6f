import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { pause } from '../back-off.ts';

/**
 * When the process began, in the kernel's own ticks: with the id it names a process beyond doubt, since ids are used
 * again. `undefined` when it is gone (a zombie is gone) or where the system doesn't tell.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The command's name, in parentheses, may hold anything; the fields after it are plain.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** Processor time that a process group has used so far, in the kernel's ticks; `undefined` where that can't be known. */
export async function groupCpuTicks(leader: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  // Fields 11 to 14 are the time in user and kernel mode, of it and of its children that have ended.
  return (await groupStats(leader)).reduce(
    (sum, { fields }) => sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0),
    0,
  );
}

/** The processes of a group. */
export const groupMembers = async (leader: number): Promise<number[]> =>
  (await groupStats(leader)).map(({ pid }) => pid);

async function groupStats(leader: number): Promise<{ pid: number; fields: string[] }[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: { pid: number; fields: string[] }[] = [];
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Field 2 is the group.
    if (Number(fields[2]) === leader) found.push({ pid: Number(pid), fields });
  }
  return found;
}

/** How many processes this system has killed for want of memory since it started. */
export async function systemOomKills(): Promise<number | undefined> {
  const counters = await readFile('/proc/vmstat', 'utf8').catch(() => '');
  const count = /^oom_kill (\d+)$/m.exec(counters)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** Signals the whole group that the process leads: ending only the leader leaves its children running. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    const force = signal === 'SIGKILL' ? ['/F'] : [];
    execFile('taskkill', ['/PID', String(pid), '/T', ...force], () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** Ends a process group: asks, waits at most `patienceMs` for the leader to go, then kills what is left. */
export async function endGroup(pid: number, gone: () => Promise<boolean>, patienceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const until = Date.now() + patienceMs;
  while (!(await gone()) && Date.now() < until) await pause(20);
  signalGroup(pid, 'SIGKILL');
  while (!(await gone())) await pause(20);
}

/** Variables that a child must not inherit: secrets of ours and switches that change how Node runs. */
const kept = (name: string): boolean =>
  !/^(ATELIER_|ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL|npm_)|SECRET|TOKEN|PASSWORD|CREDENTIAL|API_?KEY|PRIVATE_?KEY/i.test(
    name,
  );

export function childEnvironment(
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => kept(name)) as [string, string][];
  return { ...Object.fromEntries(inherited), ...extra };
}
