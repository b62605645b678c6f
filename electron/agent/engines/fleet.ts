import type { EngineInfo } from '#shared/link/protocol.ts';
import type { Engine } from './engine.ts';

export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** An engine with what goes on at it: one submission after the other, and the attempts that it has been given. */
export class Seat {
  readonly engine: Engine;
  readonly #attempts = new Set<string>();
  readonly #changed: () => void;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** It is about to leave: nothing is given to it any more. */
  retired = false;

  /** @param changed it has an attempt more or less. */
  constructor(engine: Engine, changed: () => void) {
    this.engine = engine;
    this.#changed = changed;
  }

  get name(): string {
    return this.engine.info.name;
  }

  /** How many attempts it has been given. */
  get load(): number {
    return this.#attempts.size;
  }

  take(attemptId: string): void {
    this.#attempts.add(attemptId);
    this.#changed();
  }

  letGo(attemptId: string): void {
    if (this.#attempts.delete(attemptId)) this.#changed();
  }

  /** Lets one submission after the other into the engine, in the order of the attempts. */
  readonly inTurn: Turn = (work) => {
    const done = this.#lastTurn.then(work);
    this.#lastTurn = done.catch(() => undefined);
    return done;
  };
}

/** The engines that an agent serves. Each executes one run at a time, so there are as many slots as engines. */
export class Fleet {
  readonly #seats = new Map<string, Seat>();
  readonly #changed: () => void;
  readonly #busier: () => void;

  /**
   * @param changed an engine has come, gone or tells something new of itself.
   * @param busier one has an attempt more or less.
   */
  constructor(changed: () => void, busier: () => void) {
    this.#changed = changed;
    this.#busier = busier;
  }

  get seats(): readonly Seat[] {
    return [...this.#seats.values()];
  }

  /** Of those that stay. */
  get infos(): EngineInfo[] {
    return this.seats.filter(({ retired }) => !retired).map(({ engine }) => engine.info);
  }

  get(name: string): Seat | undefined {
    return this.#seats.get(name);
  }

  /** Takes an engine in and brings it up; does not wait for it. */
  async add(engine: Engine): Promise<void> {
    const { name } = engine.info;
    if (this.#seats.has(name)) throw new Error(`"${name}" is served already.`);
    this.#seats.set(name, new Seat(engine, this.#busier));
    engine.onChange(() => {
      if (this.#seats.get(name)?.engine === engine) this.#changed();
    });
    await engine.start();
    this.#changed();
  }

  /** From now on it is given nothing and not told of; what it has may be given back. */
  retire(name: string): void {
    const seat = this.#seats.get(name);
    if (seat) seat.retired = true;
  }

  /** Ends an engine and lets go of it. Its attempts must have been given back. */
  async remove(name: string): Promise<void> {
    const seat = this.#seats.get(name);
    if (!seat) return;
    this.#seats.delete(name);
    this.#changed();
    await seat.engine.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.seats.map(({ engine }) => engine.stop()));
  }

  /** The engine for a run that needs these node classes; `undefined` when there is none at all. */
  choose(nodeTypes: readonly string[]): Seat | undefined {
    return this.seats
      .filter(({ retired }) => !retired)
      .toSorted(
        (one, other) =>
          fitness(one.engine.info, nodeTypes) - fitness(other.engine.info, nodeTypes) ||
          one.load - other.load,
      )[0];
  }
}

/**
 * How well an engine suits a run, the best first: it can do it now; it will say when it has started; it comes back
 * when it has mended; it will refuse by naming the nodes that it lacks.
 */
function fitness({ state, node_types }: EngineInfo, nodeTypes: readonly string[]): number {
  const known = new Set(node_types);
  if (known.size > 0 && !nodeTypes.every((type) => known.has(type))) return 3;
  if (state === 'ready') return 0;
  return state === 'starting' ? 1 : 2;
}
