import { describe, expect, it } from 'vitest';
import { readEvents } from '#shared/sse.ts';

async function read(...chunks: string[]) {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

describe('readEvents', () => {
  it('reads events that are cut anywhere, in the middle of a character too', async () => {
    const text = 'id: 7\nevent: status\ndata: {"a":"é"}\n\n: heartbeat\n\nevent: done\ndata: 1\ndata: 2\n\n';
    const whole = [
      { id: '7', event: 'status', data: '{"a":"é"}' },
      { id: undefined, event: 'done', data: '1\n2' },
    ];
    expect(await read(text)).toEqual(whole);
    expect(await read(...text)).toEqual(whole);
  });

  it('accepts CRLF and drops a frame that never ended', async () => {
    expect(await read('event: a\r\ndata: x\r\n\r\nevent: b\r\ndata: half')).toEqual([
      { id: undefined, event: 'a', data: 'x' },
    ]);
  });
});
