import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
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

export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => kept(name)) as [string, string][];
  return { ...Object.fromEntries(inherited), ...extra };
}

/** Why a process ended, in words for people, with the last thing it said. */
export function exitWords(
  name: string,
  code: number | null,
  signal: NodeJS.Signals | null,
  lines: readonly string[],
): string {
  const last = lines.findLast((line) => line.trim() !== '')?.trim();
  const said = last ? ` Its last words: ${last}` : '';
  if (signal === 'SIGKILL') {
    return `${name} was killed from outside, as the system does when memory runs out.${said}`;
  }
  if (signal === 'SIGSEGV' || signal === 'SIGABRT' || signal === 'SIGBUS' || signal === 'SIGILL') {
    return `${name} crashed in native code (${signal}).${said}`;
  }
  if (signal) return `${name} was ended by ${signal}.${said}`;
  if (code === 127) return `${name} could not be started: the program was not found.${said}`;
  return `${name} ended by itself with exit code ${code ?? 'unknown'}.${said}`;
}
