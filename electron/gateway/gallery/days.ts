import { AppError } from '#shared/errors.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { OutputDays } from '#shared/wire/outputs.ts';

/** So many at a moment, newest first. */
export interface Moment {
  readonly at: number;
  readonly count: number;
}

type Day = OutputDays['day_list'][number];

/** Moments by the days of a time zone, newest first. A day is as long as it is there: 23 to 25 hours. */
export function daysOf(moments: readonly Moment[], timeZone: string): Day[] {
  const days: Day[] = [];
  const calendar = new Calendar(timeZone);
  let begins = Number.POSITIVE_INFINITY;
  for (const { at, count } of moments) {
    const last = days.at(-1);
    if (last && at >= begins) last.count += count;
    else {
      const day = calendar.dayOf(at);
      begins = day.begins;
      days.push({
        day: day.name,
        begins_at: toTimestamp(day.begins),
        ends_at: toTimestamp(day.ends),
        count,
      });
    }
  }
  return days;
}

const hour = 3_600_000;

class Calendar {
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    try {
      this.#format = new Intl.DateTimeFormat('sv-SE', {
        timeZone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
    } catch {
      throw new AppError('validation_failed', `time_zone: there is no time zone "${timeZone.slice(0, 64)}".`);
    }
  }

  dayOf(at: number): { name: string; begins: number; ends: number } {
    const { name, inDay } = this.#read(at);
    // Where the clocks were set anew in between, the first guess is off by what they were set.
    const begins = this.#settle(at - inDay, name);
    const next = this.#read(begins + 30 * hour).name;
    return { name, begins, ends: this.#settle(begins + 24 * hour, next) };
  }

  /** The first moment of a day, near a guess at it. */
  #settle(guess: number, name: string): number {
    const there = this.#read(guess);
    return there.name === name ? guess - there.inDay : guess + 24 * hour - there.inDay;
  }

  /** Which day it is there, and how many milliseconds of it are over. */
  #read(at: number): { name: string; inDay: number } {
    const [name = '', clock = ''] = this.#format.format(at).split(' ');
    const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
    const inSecond = ((at % 1000) + 1000) % 1000;
    return { name, inDay: ((hours * 60 + minutes) * 60 + seconds) * 1000 + inSecond };
  }
}
