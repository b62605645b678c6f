import { Inbox, Outbox } from '#shared/link/outbox.ts';
import type { AgentMessage } from '#shared/link/protocol.ts';

type Numbered = Extract<AgentMessage, { seq: number; type: Exclude<AgentMessage['type'], 'ack'> }>;
type Unnumbered<Message> = Message extends unknown ? Omit<Message, 'seq'> : never;
/** A message that must not be lost, before it has its number. */
export type ReliableMessage = Unnumbered<Numbered>;

/**
 * Both halves of the link's reliability for one agent: keeps what was sent until it is acknowledged, takes each order
 * once, and acknowledges orders in their order and only when they are done.
 */
export class Mailbox {
  readonly #transmit: (message: AgentMessage) => void;
  readonly #outbox = new Outbox<Numbered>();
  /** Who waits for the acknowledgement of each kept message, in the same order. */
  readonly #waiting: (() => void)[] = [];
  #inbox = new Inbox();
  #done = Promise.resolve();
  #acknowledged = 0;

  constructor(transmit: (message: AgentMessage) => void) {
    this.#transmit = transmit;
  }

  /** The last order of this session that was acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Sends and keeps; resolves when the other side has acknowledged. */
  post(message: ReliableMessage): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.#transmit(this.#outbox.add(message));
    return promise;
  }

  acknowledge(seq: number): void {
    this.#outbox.acknowledge(seq);
    this.#settle();
  }

  /** An order came: carries it out unless it was taken before, then acknowledges it. */
  take(seq: number, effect: () => Promise<void>): void {
    const inbox = this.#inbox;
    const work = inbox.take(seq) ? effect() : Promise.resolve();
    this.#done = Promise.all([this.#done, work]).then(() => {
      // An order of a session that is over must not count in the new one.
      if (inbox !== this.#inbox || seq < this.#acknowledged) return;
      this.#acknowledged = seq;
      this.#transmit({ type: 'ack', seq });
    });
  }

  /** Connected again: sends what is left, into the old session or a new one. */
  connected(welcome: { resumed: boolean; last_received: number }): void {
    if (!welcome.resumed) {
      this.#inbox = new Inbox();
      this.#acknowledged = 0;
    }
    const left = welcome.resumed
      ? this.#outbox.unacknowledged(welcome.last_received)
      : this.#outbox.renumber();
    this.#settle();
    for (const message of left) this.#transmit(message);
  }

  #settle(): void {
    for (const done of this.#waiting.splice(0, this.#waiting.length - this.#outbox.size)) done();
  }
}
