import type { Requirements } from './requirements.ts';

/** A task in line. */
export interface WaitingTask {
  readonly id: string;
  readonly signature: string;
  readonly requirements: Requirements;
  readonly submitterId: string;
  /** Higher goes first. */
  readonly priority: number;
  /** Rises with submission. */
  readonly order: number;
}

/** Tasks of one submitter, one priority and one signature, in order of submission. */
class Line {
  #tasks: WaitingTask[] = [];
  /** Taken from the front without moving the rest. */
  #front = 0;

  get size(): number {
    return this.#tasks.length - this.#front;
  }

  get first(): WaitingTask | undefined {
    return this.#tasks[this.#front];
  }

  add(task: WaitingTask): void {
    const at = this.#indexOf(task.order);
    if (at === this.#tasks.length) this.#tasks.push(task);
    else this.#tasks.splice(at, 0, task);
  }

  remove(task: WaitingTask): void {
    let at = this.#indexOf(task.order);
    while (this.#tasks[at] !== task && at < this.#tasks.length) at += 1;
    if (at !== this.#front) {
      this.#tasks.splice(at, 1);
      return;
    }
    this.#front += 1;
    if (this.#front > 1000 && this.#front > this.#tasks.length / 2) {
      this.#tasks = this.#tasks.slice(this.#front);
      this.#front = 0;
    }
  }

  /** How many were submitted before `order`. */
  before(order: number): number {
    return this.#indexOf(order) - this.#front;
  }

  /** Index of the first task that is not before `order`. */
  #indexOf(order: number): number {
    let low = this.#front;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tasks[middle]?.order ?? 0) < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What one submitter has in line at one priority. */
class Share {
  readonly lines = new Map<string, Line>();
  size = 0;
  /** When it was last served: who waited longest since then goes first. */
  turn = 0;

  line(signature: string): Line {
    let line = this.lines.get(signature);
    if (!line) {
      line = new Line();
      this.lines.set(signature, line);
    }
    return line;
  }
}

/**
 * The line, fair between people: higher priority first; within a priority whoever was served longest ago goes next; each
 * one's own tasks in order of submission. A turn is used up whatever was run in it.
 */
export class WaitingQueue {
  readonly #tasks = new Map<string, WaitingTask>();
  readonly #levels = new Map<number, Map<string, Share>>();
  readonly #signatures = new Map<string, { count: number; readonly requirements: Requirements }>();
  #turn = 0;

  get size(): number {
    return this.#tasks.size;
  }

  get(id: string): WaitingTask | undefined {
    return this.#tasks.get(id);
  }

  add(task: WaitingTask): void {
    if (this.#tasks.has(task.id)) return;
    this.#tasks.set(task.id, task);
    const level = this.#levels.get(task.priority) ?? new Map<string, Share>();
    this.#levels.set(task.priority, level);
    let share = level.get(task.submitterId);
    if (!share) {
      share = new Share();
      // Whoever joins goes after those who have waited since their last turn, but before those just served.
      share.turn = this.#turn;
      level.set(task.submitterId, share);
    }
    share.line(task.signature).add(task);
    share.size += 1;
    const known = this.#signatures.get(task.signature);
    if (known) known.count += 1;
    else this.#signatures.set(task.signature, { count: 1, requirements: task.requirements });
  }

  /** A task leaves the line without having been served. */
  remove(id: string): void {
    const task = this.#tasks.get(id);
    if (!task) return;
    this.#tasks.delete(id);
    const level = this.#levels.get(task.priority);
    const share = level?.get(task.submitterId);
    const line = share?.lines.get(task.signature);
    if (!level || !share || !line) return;
    line.remove(task);
    share.size -= 1;
    if (line.size === 0) share.lines.delete(task.signature);
    if (share.size === 0) level.delete(task.submitterId);
    if (level.size === 0) this.#levels.delete(task.priority);
    const known = this.#signatures.get(task.signature);
    if (known && --known.count === 0) this.#signatures.delete(task.signature);
  }

  /** A task is served: its submitter's turn is used up. */
  take(id: string): void {
    const task = this.#tasks.get(id);
    const share = task && this.#levels.get(task.priority)?.get(task.submitterId);
    if (share) share.turn = ++this.#turn;
    this.remove(id);
  }

  /** The signatures in line. */
  signatures(): Iterable<[signature: string, { readonly requirements: Requirements }]> {
    return this.#signatures;
  }

  /** The next task in fair order among those of the `open` signatures. */
  next(open: ReadonlySet<string>): WaitingTask | undefined {
    for (const priority of this.#priorities()) {
      let best: { task: WaitingTask; turn: number } | undefined;
      for (const share of this.#levels.get(priority)?.values() ?? []) {
        if (best && share.turn > best.turn) continue;
        const task = firstOf(share, open);
        if (task && (!best || share.turn < best.turn || task.order < best.task.order)) {
          best = { task, turn: share.turn };
        }
      }
      if (best) return best.task;
    }
    return undefined;
  }

  /** A task's place in line, over everybody's: 1 = next. `null` when it does not stand in line. */
  position(id: string): number | null {
    const task = this.#tasks.get(id);
    const level = task && this.#levels.get(task.priority);
    const own = level?.get(task?.submitterId ?? '');
    if (!task || !level || !own) return null;
    let ahead = 0;
    for (const line of own.lines.values()) ahead += line.before(task.order);
    const rounds = ahead;
    for (const share of level.values()) {
      if (share !== own) ahead += Math.min(share.size, rounds + (goesBefore(share, own) ? 1 : 0));
    }
    for (const [priority, shares] of this.#levels) {
      if (priority > task.priority) for (const share of shares.values()) ahead += share.size;
    }
    return ahead + 1;
  }

  #priorities(): number[] {
    return [...this.#levels.keys()].sort((a, b) => b - a);
  }
}

function firstOf(share: Share, open: ReadonlySet<string>): WaitingTask | undefined {
  let first: WaitingTask | undefined;
  for (const [signature, line] of share.lines) {
    if (!open.has(signature)) continue;
    const task = line.first;
    if (task && (!first || task.order < first.order)) first = task;
  }
  return first;
}

function goesBefore(one: Share, other: Share): boolean {
  if (one.turn !== other.turn) return one.turn < other.turn;
  return oldest(one) < oldest(other);
}

const oldest = (share: Share): number =>
  Math.min(...[...share.lines.values()].map((line) => line.first?.order ?? 0));
