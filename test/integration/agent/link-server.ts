import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 } from 'uuid';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type AgentMessage,
  type Assignment,
  agentMessage,
  type GatewayMessage,
  linkPath,
} from '#shared/link/protocol.ts';

type MessageOf<Type extends AgentMessage['type']> = Extract<AgentMessage, { type: Type }>;

/** The order without its number. */
type OrderBody = GatewayMessage extends infer Message
  ? Message extends { seq: number; type: 'assign' | 'cancel' | 'drain' }
    ? Omit<Message, 'seq'>
    : never
  : never;

/** The gateway's end of the link, as the protocol has it and nothing more: keeps all it hears, in order. */
export class LinkServer {
  key = 'ak-for-tests';
  /** Every message that had not come before, in the order of arrival. */
  readonly heard: AgentMessage[] = [];
  /** Uploaded outputs: name → bytes of the last upload under it. */
  readonly outputs = new Map<string, Buffer>();
  /** Files that the agent may fetch: path → bytes. */
  readonly files = new Map<string, Buffer>();
  hellos = 0;
  refusals = 0;
  uploads = 0;
  downloads = 0;
  /** Attempts to answer `drop` for. */
  readonly drop: string[] = [];
  /** Leave the agent's messages unacknowledged. */
  silent = false;
  /** Forget sessions, as a restarted gateway does. */
  forgetful = false;
  heartbeatMs = 1000;
  /** Close with this code instead of a welcome. */
  closeWith: number | undefined;
  /** Break off so many uploads half-way. */
  brokenUploads = 0;
  #port = 0;
  #session = '';
  #received = 0;
  #sent = 0;
  #unacknowledged: GatewayMessage[] = [];
  #socket: WebSocket | undefined;
  #fence = 0;
  #waiting: (() => void)[] = [];
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      if (request.url !== linkPath || request.headers.authorization !== `Bearer ${this.key}`) {
        this.refusals += 1;
        this.#changed();
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Orders that the agent has not acknowledged. */
  get unacknowledged(): number {
    return this.#unacknowledged.length;
  }

  start(port = 0): Promise<void> {
    return new Promise((done) =>
      this.#server.listen(port, '127.0.0.1', () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        done();
      }),
    );
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Goes on holding the connection, but neither reads nor answers. */
  deafen(): void {
    this.#socket?.pause();
  }

  /** Gives the agent an attempt of a graph; returns the order. */
  assign(graph: Record<string, unknown>, more: Partial<Assignment> = {}): Assignment {
    const attempt_id = v7();
    const assignment: Assignment = {
      attempt_id,
      fence: ++this.#fence,
      task_id: v7(),
      tool_type: 'comfyui',
      graph,
      inputs: [],
      upload_url: `/upload/${attempt_id}?sig=test`,
      workflow: { id: v7(), slug: 'test', version: 1, name: 'Test' },
      foreign: false,
      ...more,
    };
    this.order({ type: 'assign', ...assignment });
    return assignment;
  }

  order(body: OrderBody): void {
    const message = { ...body, seq: ++this.#sent } as GatewayMessage;
    this.#unacknowledged.push(message);
    this.#socket?.send(JSON.stringify(message));
  }

  /** A file for the agent to fetch, as an assignment names it. */
  offer(bytes: Buffer, node_id: string, field: string, file_name: string): Assignment['inputs'][number] {
    const url = `/file/${this.files.size}`;
    this.files.set(url, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { node_id, field, file_name, content_type: 'image/png', size: bytes.length, sha256, url };
  }

  /** What was heard about an attempt, of one type. */
  about<Type extends AgentMessage['type']>(attemptId: string, type: Type): MessageOf<Type>[] {
    return this.heard.filter(
      (one): one is MessageOf<Type> =>
        one.type === type && 'attempt_id' in one && one.attempt_id === attemptId,
    );
  }

  /** Waits for the first message of a type about an attempt. */
  async hear<Type extends AgentMessage['type']>(attemptId: string, type: Type): Promise<MessageOf<Type>> {
    await this.until(() => this.about(attemptId, type).length > 0);
    return this.about(attemptId, type)[0]!;
  }

  /** Waits for a message that ends an attempt. */
  async end(attemptId: string): Promise<AgentMessage> {
    const ends = ['completed', 'failed', 'cancelled', 'declined'] as const;
    await this.until(() => ends.some((type) => this.about(attemptId, type).length > 0));
    return ends.flatMap((type): AgentMessage[] => this.about(attemptId, type))[0]!;
  }

  /** Looks again after each thing heard. The test's own time limit ends the wait. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((done) => this.#waiting.push(done));
  }

  #changed(): void {
    for (const done of this.#waiting.splice(0)) done();
  }

  #accept(socket: WebSocket): void {
    socket.on('message', (data) => {
      this.#take(socket, agentMessage.parse(JSON.parse(data.toString())));
      this.#changed();
    });
  }

  #take(socket: WebSocket, message: AgentMessage): void {
    if (message.type === 'hello') {
      this.#welcome(socket, message);
      return;
    }
    if (message.type === 'ack') {
      this.#unacknowledged = this.#unacknowledged.filter((one) => 'seq' in one && one.seq > message.seq);
      return;
    }
    if (!('seq' in message)) {
      this.heard.push(message);
      return;
    }
    if (message.seq > this.#received) {
      if (message.seq !== this.#received + 1) throw new Error(`a message was lost before ${message.seq}`);
      this.#received = message.seq;
      this.heard.push(message);
    }
    if (!this.silent) socket.send(JSON.stringify({ type: 'ack', seq: message.seq }));
  }

  #welcome(socket: WebSocket, hello: MessageOf<'hello'>): void {
    this.hellos += 1;
    this.heard.push(hello);
    this.#socket = socket;
    if (this.closeWith !== undefined) {
      socket.close(this.closeWith);
      return;
    }
    const resumed = !this.forgetful && hello.resume?.session_id === this.#session && this.#session !== '';
    if (!resumed) {
      this.#session = v7();
      this.#received = 0;
      this.#sent = 0;
      this.#unacknowledged = this.#unacknowledged.map(
        (one) => ({ ...one, seq: ++this.#sent }) as GatewayMessage,
      );
    }
    const welcome: GatewayMessage = {
      type: 'welcome',
      protocol: 1,
      session_id: this.#session,
      resumed,
      last_received: this.#received,
      gateway_id: 'test',
      lease_ms: 30_000,
      heartbeat_ms: this.heartbeatMs,
      drop: this.drop,
    };
    socket.send(JSON.stringify(welcome));
    const from = hello.resume?.last_received ?? 0;
    for (const order of this.#unacknowledged) {
      if (!resumed || ('seq' in order && order.seq > from)) socket.send(JSON.stringify(order));
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://test');
    const file = this.files.get(url.pathname);
    if (file) {
      this.downloads += 1;
      response.writeHead(200, { 'content-length': file.length }).end(file);
    } else if (request.method === 'PUT' && url.pathname.startsWith('/upload/')) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        if (this.brokenUploads > 0) {
          this.brokenUploads -= 1;
          request.socket.destroy();
          return;
        }
        chunks.push(chunk as Buffer);
      }
      const bytes = Buffer.concat(chunks);
      this.uploads += 1;
      this.outputs.set(url.searchParams.get('name') ?? '', bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      response.end(JSON.stringify({ sha256, size: bytes.length }));
    } else response.writeHead(404).end();
    this.#changed();
  }
}
