import type { CrashReport } from '#shared/wire/crash.ts';

/** What goes wrong with a server besides its end, in words. */

export const unreachableReport = (name: string, words: string): CrashReport => ({
  cause: 'unreachable',
  what: `"${name}": ${words}`,
  fix: 'Check that ComfyUI runs there and that this machine can reach it.',
});

export const strangeReport = ({ message }: Error): CrashReport => ({
  cause: 'unreachable',
  what: `The server does not answer as ComfyUI does: ${message}.`,
  fix: 'Check that its address is that of a ComfyUI.',
});

/** `patienceMs` as it was set. */
export const hangReport = (name: string, patienceMs: number): CrashReport => ({
  cause: 'hang',
  what: `The engine "${name}" went no further with this run: for ${minutes(patienceMs)} it neither told anything nor computed.`,
  fix: 'If it stops at the same node again, update or disable the node pack that the node comes from.',
});

function minutes(ms: number): string {
  const count = Math.round(ms / 60_000);
  if (count < 1) return `${Math.round(ms / 1000)} s`;
  return count === 1 ? 'a minute' : `${count} minutes`;
}

/** An engine that others run and that does not take the interruption. */
export const stuckReport = (name: string): CrashReport => ({
  cause: 'hang',
  what: `The engine "${name}" is stuck in a run that it does not stop.`,
  fix: 'Others run it, so it has to be restarted there; then it is used again by itself.',
});
