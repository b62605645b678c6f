/**
 * The sending half of the link's reliability, the same on both sides: numbers what must not be lost, keeps it until it
 * is acknowledged and gives back what is left after a reconnect. Holds messages, not sockets.
 */
export class Outbox<Message extends { seq: number }> {
  #next = 1;
  #kept: Message[] = [];

  /** Numbers and keeps a message; the caller sends the result if it is connected. */
  add(message: Omit<Message, 'seq'>): Message {
    const numbered = { ...message, seq: this.#next++ } as Message;
    this.#kept.push(numbered);
    return numbered;
  }

  /** The peer has everything up to `seq`. */
  acknowledge(seq: number): void {
    const first = this.#kept.findIndex((message) => message.seq > seq);
    this.#kept = first < 0 ? [] : this.#kept.slice(first);
  }

  /** What to send after a resumed session's welcome, oldest first. */
  unacknowledged(lastReceived: number): readonly Message[] {
    this.acknowledge(lastReceived);
    return this.#kept;
  }

  /** What to send into a new session: the same messages, numbered from 1. */
  renumber(): readonly Message[] {
    this.#next = 1;
    this.#kept = this.#kept.map((message) => ({ ...message, seq: this.#next++ }));
    return this.#kept;
  }

  get size(): number {
    return this.#kept.length;
  }
}

/** The receiving half: says whether a number is new, in order within one session. */
export class Inbox {
  #last = 0;

  /** True when the message is new; repeats after a reconnect are false. */
  take(seq: number): boolean {
    if (seq <= this.#last) return false;
    this.#last = seq;
    return true;
  }

  get last(): number {
    return this.#last;
  }
}
