import type { Requirements } from './requirements.ts';

/** A task in line. */
export interface WaitingTask {
  /** A UUIDv7: the order of ids is the order of submission, also for one that comes back after a lost attempt. */
  readonly id: string;
  readonly workflowId: string;
  readonly signature: string;
  readonly requirements: Requirements;
  readonly submitterId: string;
  /** Higher goes first. */
  readonly priority: number;
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
    const at = this.#indexOf(task.id);
    if (at === this.#tasks.length) this.#tasks.push(task);
    else this.#tasks.splice(at, 0, task);
  }

  remove(id: string): void {
    const at = this.#indexOf(id);
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

  /** How many were submitted before the task `id`. */
  before(id: string): number {
    return this.#indexOf(id) - this.#front;
  }

  /** Index of the first task that is not before `id`. */
  #indexOf(id: string): number {
    let low = this.#front;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tasks[middle]?.id ?? '') < id) low = middle + 1;
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
  /** How many tasks of each signature stand in line. */
  readonly #signatures = new Map<string, number>();
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
      share.turn = this.#turn - 0.5;
      level.set(task.submitterId, share);
    }
    share.line(task.signature).add(task);
    share.size += 1;
    this.#signatures.set(task.signature, (this.#signatures.get(task.signature) ?? 0) + 1);
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
    line.remove(id);
    share.size -= 1;
    if (line.size === 0) share.lines.delete(task.signature);
    if (share.size === 0) level.delete(task.submitterId);
    if (level.size === 0) this.#levels.delete(task.priority);
    const left = (this.#signatures.get(task.signature) ?? 1) - 1;
    if (left === 0) this.#signatures.delete(task.signature);
    else this.#signatures.set(task.signature, left);
  }

  /** A task is served: its submitter's turn is used up. */
  take(id: string): void {
    const task = this.#tasks.get(id);
    const share = task && this.#levels.get(task.priority)?.get(task.submitterId);
    if (share) share.turn = ++this.#turn;
    this.remove(id);
  }

  /** Does any task of this signature stand in line? */
  has(signature: string): boolean {
    return this.#signatures.has(signature);
  }

  /** The next task in fair order; `canStart` is asked of the first of each line and holds for all of its signature. */
  next(canStart: (first: WaitingTask) => boolean): WaitingTask | undefined {
    for (const priority of this.#priorities()) {
      let best: { task: WaitingTask; turn: number } | undefined;
      for (const share of this.#levels.get(priority)?.values() ?? []) {
        if (best && share.turn > best.turn) continue;
        const task = firstOf(share, canStart);
        if (task && (!best || share.turn < best.turn || task.id < best.task.id)) {
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
    for (const line of own.lines.values()) ahead += line.before(id);
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

function firstOf(share: Share, canStart: (first: WaitingTask) => boolean): WaitingTask | undefined {
  let first: WaitingTask | undefined;
  for (const line of share.lines.values()) {
    const task = line.first;
    if (task && (!first || task.id < first.id) && canStart(task)) first = task;
  }
  return first;
}

function goesBefore(one: Share, other: Share): boolean {
  return one.turn === other.turn ? oldest(one) < oldest(other) : one.turn < other.turn;
}

function oldest(share: Share): string {
  let first = '';
  for (const line of share.lines.values()) {
    const id = line.first?.id ?? '';
    if (first === '' || id < first) first = id;
  }
  return first;
}
