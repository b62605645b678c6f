import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import {
  type AgentMessage,
  type GatewayMessage,
  gatewayMessage,
  linkPath,
  linkProtocol,
} from '../../../shared/link/protocol.ts';

type Hello = Extract<AgentMessage, { type: 'hello' }>;
export type Assigned = Extract<GatewayMessage, { type: 'assign' }>;
type Attempt = Pick<Assigned, 'attempt_id' | 'fence'>;
type Unnumbered<Message> = Message extends unknown ? Omit<Message, 'seq'> : never;

/** An agent on the real link that does with its tasks only what a test says. */
export class LinkAgent {
  readonly heard: GatewayMessage[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;
  #seq = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Connects to the gateway at `url`; resolves when it is welcome. */
  static async join(url: string, key: string, fields: Partial<Hello> = {}): Promise<LinkAgent> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${linkPath}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const agent = new LinkAgent(socket);
    onTestFinished(() => agent.leave());
    await new Promise<void>((done, failed) => {
      socket.on('error', failed);
      socket.on('open', () => agent.#send({ ...hello, ...fields }));
      socket.on('close', (code) => {
        agent.closed = code;
        failed(new Error(`the gateway closed the link: ${code}`));
      });
      socket.on('message', (data) => {
        const message = gatewayMessage.parse(JSON.parse(String(data)));
        agent.heard.push(message);
        if (message.type === 'welcome') done();
        else if ('seq' in message && message.type !== 'ack') agent.#send({ type: 'ack', seq: message.seq });
      });
    });
    return agent;
  }

  get assigned(): Assigned[] {
    return this.heard.filter((message) => message.type === 'assign');
  }

  /** Says what must arrive. */
  say(message: Unnumbered<Extract<AgentMessage, { seq: number }>>): void {
    this.#seq += 1;
    this.#send({ ...message, seq: this.#seq } as AgentMessage);
  }

  accept({ attempt_id, fence }: Attempt): void {
    this.say({ type: 'received', attempt_id, fence });
    this.say({ type: 'accepted', attempt_id, fence });
  }

  log({ attempt_id, fence }: Attempt, ...lines: string[]): void {
    this.#send({ type: 'log', attempt_id, fence, lines });
  }

  complete({ attempt_id, fence }: Attempt): void {
    this.say({ type: 'completed', attempt_id, fence, outputs: [] });
  }

  async leave(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((done) => this.#socket.once('close', done));
    this.#socket.close(1000);
    await closed;
  }

  #send(message: AgentMessage): void {
    this.#socket.send(JSON.stringify(message));
  }
}

const hello: Hello = {
  type: 'hello',
  protocol: linkProtocol,
  agent_id: 'kiln-1',
  agent_version: '0.0.0',
  machine: {
    hostname: 'kiln',
    platform_arch: 'linux/amd64',
    os: 'linux',
    cpu_count: 2,
    ram_total: 8e9,
    ram_free: 4e9,
    gpus: [],
  },
  engines: [
    {
      name: 'engine',
      tool: 'comfyui',
      flavour: 'comfyui',
      version: '1',
      pytorch_version: '',
      state: 'ready',
      reason: '',
      devices: [],
      node_types: [],
    },
  ],
  labels: ['gpu'],
  region: '',
  slots: 1,
  staging: 0,
  attempts: [],
};
