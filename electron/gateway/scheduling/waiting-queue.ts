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
  /** Its place among those of its submitter and priority, in the order of text: the id, until somebody moves it. */
  readonly place: string;
}

const isBefore = (one: WaitingTask, other: WaitingTask): boolean =>
  one.place === other.place ? one.id < other.id : one.place < other.place;

/** Tasks of one submitter, one priority and one signature, by their places: in order of submission if none was moved. */
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
    const at = this.#indexOf(task);
    if (at === this.#tasks.length) this.#tasks.push(task);
    else this.#tasks.splice(at, 0, task);
  }

  remove(task: WaitingTask): void {
    const at = this.#indexOf(task);
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

  /** How many stand before a task. */
  before(task: WaitingTask): number {
    return this.#indexOf(task) - this.#front;
  }

  at(index: number): WaitingTask | undefined {
    return this.#tasks[this.#front + index];
  }

  /** Index of the first task that is not before `task`. */
  #indexOf(task: WaitingTask): number {
    let low = this.#front;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#tasks[middle];
      if (other && isBefore(other, task)) low = middle + 1;
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
 * one's own tasks by their places. A turn is used up whatever was run in it.
 */
export class WaitingQueue {
  readonly #tasks = new Map<string, WaitingTask>();
  readonly #levels = new Map<number, Map<string, Share>>();
  /** How many tasks of each signature stand in line. */
  readonly #signatures = new Map<string, number>();
  readonly #teams = new Map<string, number>();
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
    count(this.#signatures, task.signature, 1);
    count(this.#teams, task.requirements.teamId, 1);
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
    count(this.#signatures, task.signature, -1);
    count(this.#teams, task.requirements.teamId, -1);
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
        if (task && (!best || share.turn < best.turn || isBefore(task, best.task))) {
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
    for (const line of own.lines.values()) ahead += line.before(task);
    const rounds = ahead;
    for (const share of level.values()) {
      if (share !== own) ahead += Math.min(share.size, rounds + (goesBefore(share, own) ? 1 : 0));
    }
    for (const [priority, shares] of this.#levels) {
      if (priority > task.priority) for (const share of shares.values()) ahead += share.size;
    }
    return ahead + 1;
  }

  /** How many tasks of a team stand in line. */
  sizeOf(teamId: string): number {
    return this.#teams.get(teamId) ?? 0;
  }

  /** Everybody's tasks by their places in line: what `position` counts. Costs only as much as is taken of it. */
  *inOrder(): Generator<WaitingTask> {
    for (const priority of this.#priorities()) {
      const shares = [...(this.#levels.get(priority)?.values() ?? [])];
      let turns = shares.sort((a, b) => (goesBefore(a, b) ? -1 : 1)).map(ownOrder);
      while (turns.length > 0) {
        const left: typeof turns = [];
        for (const turn of turns) {
          const { value: task, done } = turn.next();
          if (done) continue;
          yield task;
          left.push(turn);
        }
        turns = left;
      }
    }
  }

  #priorities(): number[] {
    return [...this.#levels.keys()].sort((a, b) => b - a);
  }
}

function firstOf(share: Share, canStart: (first: WaitingTask) => boolean): WaitingTask | undefined {
  let first: WaitingTask | undefined;
  for (const line of share.lines.values()) {
    const task = line.first;
    if (task && (!first || isBefore(task, first)) && canStart(task)) first = task;
  }
  return first;
}

/** All that one submitter has in line at one priority, by places. */
function* ownOrder(share: Share): Generator<WaitingTask, undefined> {
  const lines = [...share.lines.values()].map((line) => ({ line, index: 0 }));
  for (;;) {
    let next: { task: WaitingTask; from: (typeof lines)[number] } | undefined;
    for (const from of lines) {
      const task = from.line.at(from.index);
      if (task && (!next || isBefore(task, next.task))) next = { task, from };
    }
    if (!next) return undefined;
    next.from.index += 1;
    yield next.task;
  }
}

function count(counts: Map<string, number>, name: string, change: 1 | -1): void {
  const now = (counts.get(name) ?? 0) + change;
  if (now === 0) counts.delete(name);
  else counts.set(name, now);
}

function goesBefore(one: Share, other: Share): boolean {
  return one.turn === other.turn ? oldest(one) < oldest(other) : one.turn < other.turn;
}

function oldest(share: Share): string {
  let first = '';
  for (const line of share.lines.values()) {
    const place = line.first?.place ?? '';
    if (first === '' || place < first) first = place;
  }
  return first;
}
