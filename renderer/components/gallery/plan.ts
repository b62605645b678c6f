import type { OutputDays } from '#shared/wire/outputs.ts';

export type Day = OutputDays['day_list'][number];

/** So many pictures are asked for together. */
export const chunkSize = 60;
export const headingHeight = 52;

/**
 * A part of a day that is asked for and laid out as one. Counted from the oldest, so that what comes in changes the newest
 * part alone.
 */
export interface Chunk {
  readonly key: string;
  readonly day: Day;
  readonly offset: number;
  readonly count: number;
  /** The day's last row need not be filled. */
  readonly full: boolean;
}

export interface PlacedChunk extends Chunk {
  readonly top: number;
  readonly height: number;
}

export interface PlacedDay {
  readonly day: Day;
  readonly top: number;
  readonly height: number;
  readonly chunks: readonly PlacedChunk[];
}

export interface Plan {
  readonly days: readonly PlacedDay[];
  readonly height: number;
}

/** The newest part first. A part that is hardly filled would leave a hole in the middle of its day: it goes with the next. */
export function chunksOf(day: Day): Chunk[] {
  const parts = Math.max(1, Math.floor(day.count / chunkSize));
  return Array.from({ length: parts }, (_, index) => {
    const part = parts - 1 - index;
    const offset = part * chunkSize;
    const count = index === 0 ? day.count - offset : chunkSize;
    return { key: `${day.begins_at} ${offset}`, day, offset, count, full: parts > 1 };
  });
}

/** Where everything lies; parts that were not seen yet by an estimate. */
export function planOf(days: readonly Day[], heightOf: (chunk: Chunk) => number): Plan {
  let top = 0;
  const placed = days.map((day): PlacedDay => {
    let inDay = headingHeight;
    const chunks = chunksOf(day).map((chunk): PlacedChunk => {
      const height = heightOf(chunk);
      const one = { ...chunk, top: inDay, height };
      inDay += height;
      return one;
    });
    const one = { day, top, height: inDay, chunks };
    top += inDay;
    return one;
  });
  return { days: placed, height: top };
}

/** The days and parts that lie between two heights. */
export function between(plan: Plan, from: number, to: number): PlacedDay[] {
  return plan.days.slice(firstBelow(plan.days, from), firstAt(plan.days, to)).map((day) => ({
    ...day,
    chunks: day.chunks.filter(({ top, height }) => day.top + top < to && day.top + top + height > from),
  }));
}

function search(days: readonly PlacedDay[], passed: (day: PlacedDay) => boolean): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const day = days[middle];
    if (day && passed(day)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const firstBelow = (days: readonly PlacedDay[], from: number) =>
  search(days, ({ top, height }) => top + height <= from);
const firstAt = (days: readonly PlacedDay[], to: number) => search(days, ({ top }) => top < to);

/** What lies at a height: what is to stay where it is when something above it grows. */
export interface Anchor {
  readonly key: string;
  readonly into: number;
}

export function anchorAt(plan: Plan, height: number): Anchor | null {
  const day = plan.days[firstBelow(plan.days, height)];
  if (!day) return null;
  const chunk = day.chunks.find(({ top, height: tall }) => day.top + top + tall > height);
  return chunk ? { key: chunk.key, into: height - day.top - chunk.top } : null;
}

export function heightOfAnchor(plan: Plan, { key, into }: Anchor): number | null {
  for (const day of plan.days) {
    const chunk = day.chunks.find((one) => one.key === key);
    if (chunk) return day.top + chunk.top + into;
  }
  return null;
}
