import WebSocket from 'ws';
import { BackOff, pause } from '../../back-off.ts';
import { errorCode } from '../../http.ts';

export interface SocketListener {
  /** Connected (again): whatever happened in between was missed. */
  opened(): void;
  text(text: string): void;
  binary(frame: Buffer): void;
  /** Not reachable for so long that nothing should wait for it; it goes on trying. */
  unreachable(words: string): void;
}

export interface SocketTimings {
  /** How long a server that refuses connections counts as restarting. */
  readonly refusedMs: number;
  /** How long one that doesn't answer counts as busy: loading a big model blocks some servers for a minute. */
  readonly silentMs: number;
  readonly pingMs: number;
}

/** A connection that lasted so long was a good one. */
const steadyMs = 1000;

export const socketTimings: SocketTimings = { refusedMs: 10_000, silentMs: 120_000, pingMs: 15_000 };

/** The WebSocket to a ComfyUI server: connects for ever, notices a dead peer, tells when too long is too long. */
export class ComfyUiSocket {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #listener: SocketListener;
  readonly #timings: SocketTimings;
  readonly #stopped = new AbortController();
  #generation = 0;
  #open = false;
  #socket: WebSocket | undefined;

  constructor(
    url: string,
    headers: Readonly<Record<string, string>>,
    listener: SocketListener,
    timings = socketTimings,
  ) {
    this.#url = url;
    this.#headers = headers;
    this.#listener = listener;
    this.#timings = timings;
  }

  /** Rises with each connection; 0 while there is none. */
  get generation(): number {
    return this.#open ? this.#generation : 0;
  }

  start(): void {
    void this.#keepConnected();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Drops the connection and makes a new one. */
  reconnect(): void {
    this.#socket?.terminate();
  }

  async #keepConnected(): Promise<void> {
    const backOff = new BackOff(50, 2000);
    let downSince = Date.now();
    let told = false;
    while (!this.#stopped.signal.aborted) {
      const generation = this.#generation;
      const startedAt = Date.now();
      const cause = await this.#connection();
      if (this.#generation !== generation) {
        if (Date.now() - startedAt > steadyMs) backOff.reset();
        downSince = Date.now();
        told = false;
      }
      const patience = errorCode(cause) === 'ECONNREFUSED' ? this.#timings.refusedMs : this.#timings.silentMs;
      if (!told && Date.now() - downSince >= patience && !this.#stopped.signal.aborted) {
        told = true;
        this.#listener.unreachable(`The engine does not answer: ${cause.message}.`);
      }
      await pause(backOff.next(), this.#stopped.signal);
    }
  }

  /** One connection from opening to end; resolves with why it ended. */
  #connection(): Promise<Error> {
    const { promise, resolve } = Promise.withResolvers<Error>();
    const socket = new WebSocket(this.#url, {
      headers: { ...this.#headers },
      handshakeTimeout: 15_000,
      maxPayload: 64 * 1024 * 1024,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    const stop = (): void => socket.terminate();
    this.#stopped.signal.addEventListener('abort', stop, { once: true });
    let cause = new Error('the connection was closed');
    let alive = true;
    const pinger = setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, this.#timings.pingMs);
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
      this.#generation += 1;
      this.#open = true;
      this.#listener.opened();
    });
    socket.on('pong', () => {
      alive = true;
    });
    socket.on('message', (data, isBinary) => {
      alive = true;
      if (isBinary) this.#listener.binary(data as Buffer);
      else this.#listener.text(data.toString());
    });
    socket.on('error', (error) => {
      cause = error;
    });
    socket.on('close', () => {
      clearInterval(pinger);
      this.#stopped.signal.removeEventListener('abort', stop);
      this.#open = false;
      resolve(cause);
    });
    return promise;
  }
}
