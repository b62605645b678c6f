import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { StatisticsQuery } from '#shared/wire/statistics.ts';

const dayMs = 86_400_000;
const longestDays = 366;

/** Half open: `to` is not in it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The window that is asked for, with its defaults. */
export function windowOf(query: StatisticsQuery, now: number): Window {
  const to = query.to === undefined ? now + 1 : Date.parse(query.to);
  const from = query.from === undefined ? to - 30 * dayMs : Date.parse(query.from);
  if (from >= to) throw new AppError('bad_request', 'from: the window ends before it begins.');
  if (to - from > longestDays * dayMs) {
    throw new AppError('bad_request', `from: at most ${longestDays} days can be counted at once.`);
  }
  return { from, to };
}

/** Zones are a multiple of this apart, so a day begins at one. */
const quarterMs = 15 * 60_000;

/** The day of a moment in a time zone, as `2026-11-23`. */
export function dayNames(timeZone: string): (at: number) => string {
  const format = formatOf(timeZone);
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / quarterMs);
    let day = known.get(quarter);
    if (day === undefined) {
      // en-CA writes days as ISO 8601 does.
      day = format.format(quarter * quarterMs);
      known.set(quarter, day);
    }
    return day;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  } catch {
    throw new AppError(
      'bad_request',
      `time_zone: "${timeZone}" is not known; use a name such as Europe/Berlin.`,
    );
  }
}

/** Every day of a window, in order. */
export function daysOf({ from, to }: Window, nameOf: (at: number) => string): string[] {
  const days = new Set<string>();
  // Days have 23 to 25 hours: half a day at a time misses none.
  for (let at = from; at < to; at += dayMs / 2) days.add(nameOf(at));
  return [...days.add(nameOf(to - 1))];
}

const sliceRows = 5000;

/**
 * Walks over rows in the order of a time that they have, some thousand at once, and lets others have their turn in
 * between: a million rows take a second, and must not take it at one stroke.
 *
 * @param read rows from `from` on and before `to`, in order, `limit` at most
 */
export async function walk<Row>(
  { from, to }: Window,
  timeOf: (row: Row) => number,
  read: (from: number, to: number, limit: number) => Row[],
  take: (row: Row) => void,
): Promise<void> {
  let start = from;
  for (;;) {
    const rows = read(start, to, sliceRows);
    const last = rows.at(-1);
    if (!last || rows.length < sliceRows) {
      for (const row of rows) take(row);
      return;
    }
    // Of the last moment there may be more: it begins the next slice, unless it fills this one.
    const end = timeOf(last);
    const first = rows[0] ? timeOf(rows[0]) : start;
    const whole = first === end ? read(end, end + 1, Number.MAX_SAFE_INTEGER) : rows;
    for (const row of whole) if (first === end || timeOf(row) < end) take(row);
    start = first === end ? end + 1 : end;
    await nextTurn();
  }
}
