import type { HeldAttempt } from '#shared/link/protocol.ts';
import { pause } from '../back-off.ts';
import type { Order } from '../link/link.ts';
import { Attempt, type AttemptPorts } from './attempt.ts';
import type { JournalRecord } from './journal.ts';

/** How long an engine may take to let go of a run before it is ended all the same. */
const leaveMs = 3000;

/** Every attempt that this agent answers for to one gateway. */
export class Runs {
  readonly #ports: AttemptPorts;
  readonly #attempts = new Map<string, Attempt>();

  #stopped = false;

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
  }

  /** As `hello` tells it. */
  get held(): HeldAttempt[] {
    return [...this.#attempts.values()].map((attempt) => attempt.held);
  }

  /** Picks up what an earlier life of this agent left, as far as the engine still knows it. */
  async recover(records: readonly JournalRecord[], patience: AbortSignal): Promise<void> {
    await Promise.all(
      records.map(async (record) => {
        const attempt = new Attempt(record, this.#ports);
        this.#attempts.set(attempt.id, attempt);
        const recovered = await attempt.recover(patience);
        const words = recovered
          ? 'picked up an attempt'
          : 'the engine no longer knows an attempt; leaving it';
        this.#ports.log.info({ attempt: attempt.id }, words);
        if (recovered) this.#keep(attempt, recovered.over);
        else this.#attempts.delete(attempt.id);
      }),
    );
  }

  /** Carries out an order; resolves when its effect is on disk. */
  async order(order: Order): Promise<void> {
    if (order.type === 'drain') return;
    const attempt = this.#attempts.get(order.attempt_id);
    if (order.type === 'cancel') return attempt ? attempt.cancel() : this.#sayCancelled(order);
    if (attempt) return;
    if (this.#stopped) {
      // The link is still up for a moment; what is given back now loses nothing.
      const { attempt_id, fence } = order;
      void this.#ports.link.send({
        type: 'declined',
        attempt_id,
        fence,
        reason: 'The agent is stopping.',
      });
      return;
    }
    const { type: _type, seq: _seq, ...assignment } = order;
    const taken = new Attempt({ assignment, cancelled: false }, this.#ports);
    const { durable, over } = taken.take();
    this.#keep(taken, over);
    return durable;
  }

  /** Attempts that the gateway has given up. */
  drop(ids: readonly string[]): void {
    for (const id of ids) {
      this.#attempts.get(id)?.drop();
      this.#attempts.delete(id);
    }
  }

  /** Gives back what an engine has; resolves when the engine has let go of it, or does not for long. */
  async leave(engine: string, reason: string): Promise<void> {
    const there = [...this.#attempts.values()].filter((attempt) => attempt.engine === engine);
    const left = new AbortController();
    const all = Promise.all(there.map((attempt) => attempt.giveBack(reason))).then(() => left.abort());
    await Promise.race([all, pause(leaveMs, left.signal)]);
  }

  /** Ends what goes on here; what comes from now on is given back. Resolves when the gateway knows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#attempts.values()].map((attempt) => attempt.stop()));
  }

  #keep(attempt: Attempt, over: Promise<void>): void {
    this.#attempts.set(attempt.id, attempt);
    void over
      .catch((error: Error) =>
        this.#ports.log.error({ attempt: attempt.id, error: error.message }, 'attempt'),
      )
      .then(() => this.#attempts.get(attempt.id) === attempt && this.#attempts.delete(attempt.id));
  }

  /** Ours no more, or never was: for the gateway it is over either way. */
  #sayCancelled({ attempt_id, fence }: { attempt_id: string; fence: number }): void {
    void this.#ports.link.send({ type: 'cancelled', attempt_id, fence });
  }
}
