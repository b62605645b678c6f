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
  #ended = false;

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
    this.#heartbeat = setInterval(() => {
      // A client that left before we listened for it tells us by this alone.
      if (reply.raw.destroyed) clearInterval(this.#heartbeat);
      else reply.raw.write(': heartbeat\n\n');
    }, heartbeatMs);
    this.#heartbeat.unref();
    request.raw.socket.setNoDelay(true);
    reply.raw.on('error', () => reply.raw.destroy());
    reply.raw.on('close', () => {
      this.#ended = true;
      clearInterval(this.#heartbeat);
      for (const tell of this.#closed) tell();
    });
  }

  send(told: Told): void {
    const { raw } = this.#reply;
    if (this.#ended || raw.destroyed) return;
    if (told.live && raw.writableLength > slowBytes) return;
    if (raw.writableLength > goneBytes) {
      raw.destroy();
      return;
    }
    raw.write(told.frame);
  }

  /** Is called at once when the stream is over already. */
  onClose(tell: () => void): void {
    if (this.#reply.raw.destroyed) tell();
    else this.#closed.push(tell);
  }

  /**
   * Ends the reply. Between this and its close a slow listener still reads, and events of the task may still come:
   * nothing is written any more, since writing to an ended reply is an error of the whole process.
   */
  end(): void {
    this.#ended = true;
    clearInterval(this.#heartbeat);
    this.#reply.raw.end();
  }
}

/**
 * Where a client wants to go on: the header of the standard, or a query value for those who can't set it. 0 is the very
 * beginning; `undefined` when it did not say, or said what is no number of ours.
 */
export function lastEventId(request: FastifyRequest, query: string | undefined): number | undefined {
  const given = request.headers['last-event-id'] ?? query;
  const text = Array.isArray(given) ? given[0] : given;
  const seq = /^\d+$/.test(text ?? '') ? Number(text) : undefined;
  return Number.isSafeInteger(seq) ? seq : undefined;
}
