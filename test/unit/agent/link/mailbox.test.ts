import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { AgentMessage } from '#shared/link/protocol.ts';
import { Mailbox } from '../../../../electron/agent/link/mailbox.ts';

const received = (attempt_id = v7()) => ({ type: 'received', attempt_id, fence: 1 }) as const;

const mailbox = () => {
  const sent: AgentMessage[] = [];
  return { mail: new Mailbox((message) => sent.push(message)), sent };
};
const settled = () => new Promise((done) => setTimeout(done, 0));

describe('Mailbox', () => {
  it('acknowledges orders in their order, each only when all before it are done', async () => {
    const { mail, sent } = mailbox();
    const first = Promise.withResolvers<void>();
    mail.take(1, () => first.promise);
    mail.take(2, async () => undefined);
    await settled();
    expect(sent).toEqual([]);
    expect(mail.acknowledged).toBe(0);
    first.resolve();
    await settled();
    expect(sent).toEqual([
      { type: 'ack', seq: 1 },
      { type: 'ack', seq: 2 },
    ]);
  });

  it('carries out a repeated order only once, and acknowledges it again', async () => {
    const { mail, sent } = mailbox();
    let done = 0;
    for (let times = 0; times < 2; times++) {
      mail.take(1, async () => {
        done += 1;
      });
    }
    await settled();
    expect(done).toBe(1);
    expect(sent).toHaveLength(2);
  });

  it('tells the sender when a message has arrived, also across a break', async () => {
    const { mail, sent } = mailbox();
    const arrived: number[] = [];
    for (const number of [1, 2, 3]) void mail.post(received()).then(() => arrived.push(number));
    mail.acknowledge(1);
    await settled();
    expect(arrived).toEqual([1]);
    sent.length = 0;
    mail.connected({ resumed: true, last_received: 2 });
    await settled();
    expect(arrived).toEqual([1, 2]);
    expect(sent).toMatchObject([{ type: 'received', seq: 3 }]);
  });

  it('numbers what is left anew for a gateway that forgot the session, and takes its orders from 1 again', async () => {
    const { mail, sent } = mailbox();
    mail.take(1, async () => undefined);
    void mail.post(received());
    void mail.post(received());
    mail.acknowledge(1);
    await settled();
    sent.length = 0;
    mail.connected({ resumed: false, last_received: 0 });
    expect(sent).toMatchObject([{ type: 'received', seq: 1 }]);
    let done = false;
    mail.take(1, async () => {
      done = true;
    });
    await settled();
    expect(done).toBe(true);
  });
});
