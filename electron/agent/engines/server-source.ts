/** What an engine's server tells about itself while it is up. */
export interface ServerListener {
  /** It answers at this address. */
  up(url: string): void;
  /** It is gone; `final` when nobody will start it again. */
  down(words: string, final: boolean): void;
  /** A line of its log. */
  line(text: string): void;
}

/** Where an engine's server comes from: an address somebody gave, or a process that we run. */
export interface ServerSource {
  /** It tells the lines of the log itself, so the server need not be asked for them. */
  readonly tellsLines: boolean;
  start(listener: ServerListener): Promise<void>;
  stop(): Promise<void>;
  /** It has not answered for so long that it must be taken for dead. */
  unresponsive(): void;
}

/** A server that others run. Whether it is up shows on the connection. */
export class GivenServer implements ServerSource {
  readonly tellsLines = false;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  async start(listener: ServerListener): Promise<void> {
    listener.up(this.#url);
  }

  async stop(): Promise<void> {}

  unresponsive(): void {
    // Not ours to end; the connection goes on trying.
  }
}
