import { describe, expect, test } from 'vitest';
import { type SseMessage, sseParser } from '../../../renderer/api/sse.ts';

function read(chunks: readonly string[]): SseMessage[] {
  const messages: SseMessage[] = [];
  const parse = sseParser((message) => messages.push(message));
  for (const chunk of chunks) parse(chunk);
  return messages;
}

const frame =
  'id: 7\nevent: status\ndata: {"status":"running"}\n\n: beat\n\nevent: log\ndata: a\ndata: b\n\n';
const whole = [
  { event: 'status', data: '{"status":"running"}', id: '7' },
  { event: 'log', data: 'a\nb', id: null },
];

describe('the reader of event streams', () => {
  test('reads events with and without an id, over several data lines, and skips heartbeats', () => {
    expect(read([frame])).toEqual(whole);
  });

  test('reads the same from pieces cut at any place', () => {
    for (let cut = 1; cut < frame.length; cut += 1) {
      expect(read([frame.slice(0, cut), frame.slice(cut)])).toEqual(whole);
    }
  });

  test('reads CRLF lines, cut between CR and LF too', () => {
    const crlf = frame.replaceAll('\n', '\r\n');
    for (let cut = 1; cut < crlf.length; cut += 1) {
      expect(read([crlf.slice(0, cut), crlf.slice(cut)])).toEqual(whole);
    }
  });

  test('tells nothing of an event that is not complete', () => {
    expect(read(['event: status\ndata: {}\n'])).toEqual([]);
  });
});
