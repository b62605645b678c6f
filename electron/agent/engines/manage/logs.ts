import { open, stat } from 'node:fs/promises';
import { withLevels } from '#shared/log-levels.ts';
import type { EngineLog, LogQuery } from '#shared/wire/engines.ts';
import { LaunchStages } from '../launch/stages.ts';
import { oldLog } from '../log-tail.ts';

/** A log may be a gigabyte; its end is what matters. */
const mostBytes = 8 * 1024 * 1024;

type Level = EngineLog['lines'][number]['level'];

/**
 * Lines of an engine's log by level and search, and where to read on. One that has just begun anew goes on from the one
 * before.
 */
export async function readLog(path: string, query: LogQuery): Promise<EngineLog> {
  const log = await readFrom(path, query);
  const missing = query.lines - log.lines.length;
  if (query.after !== undefined || missing <= 0) return log;
  const before = await readFrom(oldLog(path), { ...query, lines: missing });
  return { ...log, lines: [...before.lines, ...log.lines] };
}

/** A log that is not there is empty. */
async function readFrom(path: string, query: LogQuery): Promise<EngineLog> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return { lines: [], next: 0, reset: query.after !== undefined && query.after > 0 };
  try {
    const { size } = await file.stat();
    const reset = query.after !== undefined && query.after > size;
    const wanted = query.after === undefined || reset ? 0 : query.after;
    const from = Math.max(wanted, size - mostBytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    const read = buffer.subarray(0, bytesRead);
    // A line that is still being written is told when it is whole.
    const whole = read.lastIndexOf(0x0a) + 1;
    const texts = read.toString('utf8', 0, whole).split(/\r?\n/).slice(0, -1);
    // The first line of a cut is half a line.
    if (from > wanted) texts.shift();
    return { lines: choose(texts, query), next: from + whole, reset };
  } finally {
    await file.close();
  }
}

/** Chooses among lines by the query. */
export function choose(texts: readonly string[], { level, search, lines }: LogQuery): EngineLog['lines'] {
  const levels: readonly Level[] =
    level === 'all' ? ['info', 'warning', 'error'] : level === 'warning' ? ['warning', 'error'] : ['error'];
  const wanted = search?.toLowerCase();
  return withLevels(texts)
    .filter((line) => levels.includes(line.level) && (!wanted || line.text.toLowerCase().includes(wanted)))
    .slice(-lines);
}

const read = new Map<string, { stamp: string; stages: LaunchStages }>();

/** How the last start went, read from the log; again only when the log has changed. */
export async function stagesOfLog(path: string): Promise<LaunchStages> {
  const found = await stat(path).catch(() => undefined);
  const stamp = `${found?.size} ${found?.mtimeMs}`;
  const known = read.get(path);
  if (known?.stamp === stamp) return known.stages;
  const stages = new LaunchStages();
  const { lines } = await readFrom(path, { lines: Number.POSITIVE_INFINITY, level: 'all' });
  for (const { text } of lines) stages.line(text);
  read.set(path, { stamp, stages });
  return stages;
}
