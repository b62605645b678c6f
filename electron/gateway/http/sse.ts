import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Told } from '../tasks/events.ts';

/** A listener that has this much unread is slow: live-only events are skipped for it. */
const slowBytes = 256 * 1024;
/** And with this much it is gone. */
const goneBytes = 4 * 1024 * 1024;

/** One open `text/event-stream` reply. */
export class EventStream {
  readonly #reply: FastifyReply;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #closed: (() => void)[] = [];

  constructor(request: FastifyRequest, reply: FastifyReply, heartbeatMs: number) {
    this.#reply = reply;
    const headers = reply.getHeaders();
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(headers as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    reply.raw.flushHeaders();
    this.#heartbeat = setInterval(() => reply.raw.write(': heartbeat\n\n'), heartbeatMs);
    request.raw.socket.setNoDelay(true);
    reply.raw.on('close', () => {
      clearInterval(this.#heartbeat);
      for (const tell of this.#closed) tell();
    });
  }

  send(told: Told): void {
    const { raw } = this.#reply;
    if (raw.destroyed) return;
    if (told.live && raw.writableLength > slowBytes) return;
    if (raw.writableLength > goneBytes) {
      raw.destroy();
      return;
    }
    raw.write(told.frame);
  }

  onClose(tell: () => void): void {
    this.#closed.push(tell);
  }

  end(): void {
    this.#reply.raw.end();
  }
}

/** Where a client wants to go on: the header of the standard, or a query value for those who can't set it. */
export function lastEventId(request: FastifyRequest, query: string | undefined): number {
  const given = request.headers['last-event-id'] ?? query;
  const seq = Number(Array.isArray(given) ? given[0] : given);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : 0;
}
