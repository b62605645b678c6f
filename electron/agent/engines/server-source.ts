import type { CrashReport } from '#shared/wire/crash.ts';

/** What an engine's server tells about itself while it is up. */
export interface ServerListener {
  /** It answers at this address. */
  up(url: string): void;
  /** It is gone; `final` when nobody will start it again. */
  down(report: CrashReport, final: boolean): void;
  /** A line of its log. */
  line(text: string): void;
}

/** Where an engine's server comes from: an address somebody gave, or a process that we run. */
export interface ServerSource {
  /** The server is a process of ours: it ends with us, and it tells the lines of its log itself. */
  readonly ours: boolean;
  start(listener: ServerListener): Promise<void>;
  stop(): Promise<void>;
  /** It has not answered, or gone any further, for so long that it must be taken for dead. */
  giveUp(verdict?: CrashReport): void;
  /** Has it computed since it was last asked, as far as can be seen? */
  worked(): Promise<boolean>;
}

/** A server that others run. Whether it is up shows on the connection. */
export class GivenServer implements ServerSource {
  readonly ours = false;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  async start(listener: ServerListener): Promise<void> {
    listener.up(this.#url);
  }

  async stop(): Promise<void> {}

  giveUp(): void {
    // Not ours to end; the connection goes on trying.
  }

  async worked(): Promise<boolean> {
    return false;
  }
}
