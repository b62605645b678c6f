import { describe, expect, it } from 'vitest';
import { Inbox, Outbox } from '#shared/link/outbox.ts';

type Message = { seq: number; word: string };

describe('Outbox', () => {
  it('numbers from 1 and keeps what is not acknowledged', () => {
    const outbox = new Outbox<Message>();
    expect(['a', 'b', 'c'].map((word) => outbox.add({ word }).seq)).toEqual([1, 2, 3]);
    outbox.acknowledge(2);
    expect(outbox.unacknowledged(0)).toEqual([{ seq: 3, word: 'c' }]);
  });

  it('gives back only what the peer lacks after a resumed session', () => {
    const outbox = new Outbox<Message>();
    for (const word of ['a', 'b', 'c']) outbox.add({ word });
    expect(outbox.unacknowledged(1).map(({ word }) => word)).toEqual(['b', 'c']);
    expect(outbox.unacknowledged(3)).toEqual([]);
  });

  it('numbers what is left anew for a new session and goes on from there', () => {
    const outbox = new Outbox<Message>();
    for (const word of ['a', 'b', 'c']) outbox.add({ word });
    outbox.acknowledge(1);
    expect(outbox.renumber()).toEqual([
      { seq: 1, word: 'b' },
      { seq: 2, word: 'c' },
    ]);
    expect(outbox.add({ word: 'd' }).seq).toBe(3);
  });
});

describe('Inbox', () => {
  it('takes each number once', () => {
    const inbox = new Inbox();
    expect([1, 2, 2, 1, 3].map((seq) => inbox.take(seq))).toEqual([true, true, false, false, true]);
    expect(inbox.last).toBe(3);
  });
});
