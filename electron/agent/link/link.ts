import type { Logger } from 'pino';
import WebSocket from 'ws';
import {
  type AgentMessage,
  type GatewayMessage,
  gatewayMessage,
  linkClose,
  linkMaxMessage,
  linkPath,
  linkProtocol,
} from '#shared/link/protocol.ts';
import { BackOff, pause } from '../back-off.ts';
import { Mailbox, type ReliableMessage } from './mailbox.ts';

export type Hello = Omit<Extract<AgentMessage, { type: 'hello' }>, 'type' | 'protocol' | 'resume'>;
export type LiveMessage = Extract<
  AgentMessage,
  { type: 'progress' | 'preview' | 'log' | 'heartbeat' | 'engines' | 'sync' | 'want_models' }
>;
export type Welcome = Extract<GatewayMessage, { type: 'welcome' }>;
export type Order = Extract<GatewayMessage, { seq: number; type: 'assign' | 'cancel' | 'drain' }>;

/** An `ak-` key, or who knows the one that is good now. */
export type AgentKey = string | (() => Promise<string>);

export interface LinkOptions {
  /** `http(s)://host:port` of the gateway. */
  readonly gatewayUrl: string;
  /** The agent's key; a function where it may be replaced, asked at each connection. */
  readonly key: AgentKey;
  /** What to say of ourselves, asked for at each connection. */
  hello(): Promise<Hello>;
  welcomed(welcome: Welcome): void;
  /** Carries out an order; the gateway gets its acknowledgement once this resolves, so: once the effect is on disk. */
  order(order: Order): Promise<void>;
  /** The gateway asks for what the engine says of its node classes. */
  wanted(want: Extract<GatewayMessage, { type: 'want_node_info' }>): void;
  /** The gateway asks for something to be done with an engine. */
  manage(command: Extract<GatewayMessage, { type: 'manage' }>): void;
  /** The gateway says which models we shall have. */
  models(wanted: Extract<GatewayMessage, { type: 'sync_models' }>): void;
  /** What a heartbeat tells. */
  heartbeat(): Promise<Extract<LiveMessage, { type: 'heartbeat' }>>;
  readonly log: Logger;
  readonly timings: LinkTimings;
}

/** Milliseconds. */
export interface LinkTimings {
  readonly firstRetryMs: number;
  readonly mostRetryMs: number;
  /** Between tries while the gateway refuses us: trying faster changes nothing. */
  readonly refusedRetryMs: number;
}

export const linkTimings: LinkTimings = { firstRetryMs: 100, mostRetryMs: 15_000, refusedRetryMs: 60_000 };

/** Bytes waiting in the socket above which messages that may be lost are dropped. */
const pressureBytes = 1024 * 1024;

const goodbyeMs = 500;

/** How a connection ended and what it means for the next. */
type Ending = 'lost' | 'refused' | 'replaced' | 'unspoken';

/** One agent's link to one gateway: connects for ever, resumes its session, loses nothing that has a number. */
export class Link {
  readonly #options: LinkOptions;
  readonly #log: Logger;
  readonly #mail: Mailbox;
  readonly #stopped = new AbortController();
  #socket: WebSocket | undefined;
  #session: string | undefined;
  /** The key of the last connection. */
  #used = '';
  #welcomed = false;
  #loop: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#log = options.log.child({ gateway: options.gatewayUrl });
    this.#mail = new Mailbox((message) => this.#transmit(message));
  }

  /** True while the gateway listens to us. */
  get connected(): boolean {
    return this.#welcomed;
  }

  start(): void {
    this.#loop ??= this.#keepConnected();
  }

  /** Resolves when it has stopped, or has given up a gateway that speaks another version of the link. */
  get ended(): Promise<void> {
    return this.#loop ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#close('the agent stops');
    await this.ended;
  }

  /** Sends a message that must arrive; resolves when the gateway has it on its disk. */
  send(message: ReliableMessage): Promise<void> {
    return this.#mail.post(message);
  }

  /** Sends a message that may be lost: dropped while there is no connection or it is slow. */
  tell(message: LiveMessage): void {
    if ((this.#socket?.bufferedAmount ?? 0) < pressureBytes) this.#transmit(message);
  }

  /** Sends an answer: lost with the connection, but not under pressure, since somebody waits for it. */
  answer(message: Extract<AgentMessage, { type: 'managed' }>): void {
    this.#transmit(message);
  }

  /** Says goodbye, but does not wait long for the answer. */
  #close(reason: string): void {
    const socket = this.#socket;
    socket?.close(1000, reason);
    setTimeout(() => socket?.terminate(), goodbyeMs).unref();
  }

  #transmit(message: AgentMessage): void {
    if (this.#welcomed) this.#socket?.send(JSON.stringify(message));
  }

  async #keepConnected(): Promise<void> {
    const { firstRetryMs, mostRetryMs, refusedRetryMs } = this.#options.timings;
    const backOff = new BackOff(firstRetryMs, mostRetryMs);
    while (!this.#stopped.signal.aborted) {
      const ending = await this.#connection(backOff);
      if (this.#stopped.signal.aborted) return;
      if (ending === 'unspoken') {
        this.#log.error('the gateway speaks another version of the link: update Atelier on both machines');
        return;
      }
      const again = ending === 'lost' || (ending === 'refused' && (await this.#hasAnotherKey()));
      const wait = again ? backOff.next() : refusedRetryMs;
      await pause(wait, this.#stopped.signal);
    }
  }

  /** Whoever knows the keys may have made a new one, when the old one's team was deleted. */
  async #hasAnotherKey(): Promise<boolean> {
    return (await this.#key().catch(() => this.#used)) !== this.#used;
  }

  async #key(): Promise<string> {
    const { key } = this.#options;
    return typeof key === 'string' ? key : key();
  }

  /** One connection from opening to end. */
  async #connection(backOff: BackOff): Promise<Ending> {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const { gatewayUrl } = this.#options;
    this.#used = await this.#key().catch(() => this.#used);
    if (this.#stopped.signal.aborted) return 'lost';
    const socket = new WebSocket(`${gatewayUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}${linkPath}`, {
      headers: { authorization: `Bearer ${this.#used}` },
      handshakeTimeout: 15_000,
      maxPayload: linkMaxMessage,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let ending: Ending = 'lost';
    let quiet = 0;
    let heart: NodeJS.Timeout | undefined;
    const alive = (): void => {
      quiet = 0;
    };
    socket.on('unexpected-response', (_request, response) => {
      ending = this.#refusal(response.statusCode ?? 0);
      response.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => this.#log.debug({ error: error.message }, 'link error'));
    socket.on('open', () => void this.#greet(socket));
    socket.on('pong', alive);
    socket.on('message', (data) => {
      alive();
      const message = this.#read(data.toString());
      if (message?.type === 'welcome') {
        backOff.reset();
        this.#welcome(message);
        clearInterval(heart);
        heart = setInterval(() => {
          quiet += 1;
          if (quiet > 3) socket.terminate();
          else void this.#beat(socket);
        }, message.heartbeat_ms);
      } else if (message && this.#welcomed) this.#receive(message);
    });
    socket.on('close', (code) => {
      clearInterval(heart);
      if (this.#welcomed) this.#log.info({ code }, 'the link to the gateway is down');
      this.#welcomed = false;
      resolve(ending === 'lost' ? this.#meaning(code) : ending);
    });
    return promise;
  }

  async #greet(socket: WebSocket): Promise<void> {
    const hello: AgentMessage = {
      type: 'hello',
      protocol: linkProtocol,
      ...(await this.#options.hello()),
      ...(this.#session && { resume: { session_id: this.#session, last_received: this.#mail.acknowledged } }),
    };
    socket.send(JSON.stringify(hello));
  }

  async #beat(socket: WebSocket): Promise<void> {
    socket.ping();
    this.tell(await this.#options.heartbeat());
  }

  #welcome(welcome: Welcome): void {
    this.#log.info(
      { session: welcome.session_id, resumed: welcome.resumed },
      'the link to the gateway is up',
    );
    this.#session = welcome.session_id;
    this.#welcomed = true;
    // What waits goes first: a number sent before an older one would make the older one look like a repetition.
    this.#mail.connected(welcome);
    this.#options.welcomed(welcome);
  }

  #receive(message: GatewayMessage): void {
    if (message.type === 'ack') this.#mail.acknowledge(message.seq);
    else if (message.type === 'want_node_info') this.#options.wanted(message);
    else if (message.type === 'manage') this.#options.manage(message);
    else if (message.type === 'sync_models') this.#options.models(message);
    else if (message.type !== 'welcome') this.#mail.take(message.seq, () => this.#obey(message));
  }

  async #obey(order: Order): Promise<void> {
    try {
      await this.#options.order(order);
    } catch (error) {
      // Acknowledged all the same: one order that can't be carried out must not hold up the ones after it.
      this.#log.error(
        { order: order.type, error: (error as Error).message },
        'an order could not be carried out',
      );
    }
  }

  #read(text: string): GatewayMessage | undefined {
    try {
      return gatewayMessage.parse(JSON.parse(text));
    } catch (error) {
      this.#log.error(
        { error: (error as Error).message },
        'the gateway sent a message that we do not understand',
      );
      return undefined;
    }
  }

  #refusal(status: number): Ending {
    if (status !== 401 && status !== 403) return 'lost';
    this.#log.error(
      { status },
      'the gateway refuses the agent key: it is wrong, expired or revoked; make a new one',
    );
    return 'refused';
  }

  #meaning(code: number): Ending {
    switch (code) {
      case linkClose.badCredential:
        return this.#refusal(401);
      case linkClose.replaced:
        this.#log.error('another agent with the same id has connected; give each agent an id of its own');
        return 'replaced';
      case linkClose.badProtocol:
        return 'unspoken';
      case linkClose.badMessage:
        this.#log.error('the gateway did not understand a message of ours');
        return 'lost';
      default:
        return 'lost';
    }
  }
}
