import WebSocket from 'ws';
import type { ManageAction, ManageAsk, ManageRefusal, ManageReply } from '#shared/link/manage.ts';
import type { ModelDisk, ModelInfo } from '#shared/link/models.ts';
import {
  type AgentMessage,
  type GatewayMessage,
  gatewayMessage,
  linkPath,
  linkProtocol,
  type MachineInfo,
} from '#shared/link/protocol.ts';
import type { EngineCard } from '#shared/wire/engines.ts';

type Answer<Action extends ManageAction> =
  | ManageReply<Action>
  | ((ask: ManageAsk<Action>) => ManageReply<Action> | Promise<ManageReply<Action>>);

/** What a handler throws to refuse, in the agent's words. */
export class Refused extends Error {
  readonly code: ManageRefusal['code'];

  constructor(code: ManageRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface ScriptedAgentOptions {
  readonly agentId?: string;
  readonly managed?: boolean;
  readonly gpus?: MachineInfo['gpus'];
}

/** Asks a studio on this machine, which trusts it, for an agent's key. */
async function agentKey(url: string, name: string): Promise<string> {
  const ask = async (path: string, init: RequestInit): Promise<Record<string, unknown>> => {
    const reply = await fetch(`${url}/api/v1${path}`, init);
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as Record<string, unknown>;
  };
  const json = { 'content-type': 'application/json' };
  const { access_token } = await ask('/auth/local', { method: 'POST', headers: json, body: '{}' });
  const authorization = `Bearer ${String(access_token)}`;
  const me = (await ask('/users/me', { headers: { authorization } })) as { team_list: { id: string }[] };
  const { raw_key } = await ask('/credentials', {
    method: 'POST',
    headers: { ...json, authorization, 'x-team-id': me.team_list[0]?.id ?? '' },
    body: JSON.stringify({ kind: 'agent', display_name: name }),
  });
  return String(raw_key);
}

/**
 * An agent without a machine: it speaks the real link to a real gateway, reports the engines that a test says, and
 * answers what the gateway asks as the test says. Takes no tasks.
 */
export class ScriptedAgent {
  /** Every command that came, in order. */
  readonly asked: { action: ManageAction; ask: Record<string, unknown> }[] = [];
  readonly #socket: WebSocket;
  readonly #managed: boolean;
  readonly #answers = new Map<ManageAction, unknown>();
  #engines: readonly EngineCard[] = [];
  #seq = 0;
  #heart: NodeJS.Timeout | undefined;
  #welcomed: () => void = () => undefined;

  private constructor(socket: WebSocket, managed: boolean) {
    this.#socket = socket;
    this.#managed = managed;
  }

  /** Connects to the studio at `url`; resolves when its gateway listens. */
  static async join(url: string, options: ScriptedAgentOptions = {}): Promise<ScriptedAgent> {
    const { agentId = 'workstation', managed = true, gpus = [] } = options;
    const key = await agentKey(url, agentId);
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${linkPath}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const agent = new ScriptedAgent(socket, managed);
    await new Promise<void>((done, failed) => {
      agent.#welcomed = done;
      socket.on('error', failed);
      socket.on('close', (code) => failed(new Error(`the gateway closed the link: ${code}`)));
      socket.on('message', (data) => void agent.#take(gatewayMessage.parse(JSON.parse(data.toString()))));
      socket.on('open', () => agent.#send(hello(agentId, gpus)));
    });
    return agent;
  }

  /** Tells the gateway what engines there are now. */
  report(...engines: readonly EngineCard[]): void {
    this.#engines = engines;
    this.#send({ type: 'engines', report: { managed: this.#managed, engines: [...engines] } });
  }

  /** Tells all models that are on the machine. */
  models(changed: readonly ModelInfo[], disk?: ModelDisk): void {
    const known = [...new Set(changed.flatMap(({ engines }) => engines))];
    this.#seq += 1;
    this.#send({
      ...{ type: 'models_changed', seq: this.#seq, anew: true, more: false, removed: [], known },
      changed: [...changed],
      ...(disk && { disk }),
    });
  }

  /** Tells how far it has come with the team's models. */
  sync(state: Omit<Extract<AgentMessage, { type: 'sync' }>, 'type'>): void {
    this.#send({ type: 'sync', ...state });
  }

  /** Changes one engine of the last report, and tells it. */
  change(engineId: string, change: Partial<EngineCard>): void {
    this.report(...this.#engines.map((one) => (one.engine_id === engineId ? { ...one, ...change } : one)));
  }

  /** How it answers an action from now on; without a word every action that has nothing to say succeeds. */
  answer<Action extends ManageAction>(action: Action, answer: Answer<Action>): void {
    this.#answers.set(action, answer);
  }

  /** The last command of this kind. */
  last<Action extends ManageAction>(action: Action): ManageAsk<Action> | undefined {
    return this.asked.findLast((one) => one.action === action)?.ask as ManageAsk<Action> | undefined;
  }

  async leave(): Promise<void> {
    clearInterval(this.#heart);
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((done) => this.#socket.once('close', done));
    this.#socket.close(1000);
    await closed;
  }

  #send(message: AgentMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  async #take(message: GatewayMessage): Promise<void> {
    if (message.type === 'welcome') {
      this.#heart = setInterval(() => this.#send({ type: 'heartbeat' }), message.heartbeat_ms);
      this.report(...this.#engines);
      this.#welcomed();
    } else if (message.type === 'manage') {
      await this.#obey(message);
    } else if ('seq' in message && message.type !== 'ack') {
      this.#send({ type: 'ack', seq: message.seq });
    }
  }

  async #obey({ request_id, action, ask }: Extract<GatewayMessage, { type: 'manage' }>): Promise<void> {
    this.asked.push({ action, ask });
    const answer = this.#answers.get(action) ?? null;
    try {
      const result: unknown = typeof answer === 'function' ? await answer(ask) : answer;
      this.#send({ type: 'managed', request_id, result });
    } catch (error) {
      const code = error instanceof Refused ? error.code : 'internal';
      this.#send({ type: 'managed', request_id, refusal: { code, message: (error as Error).message } });
    }
  }
}

const hello = (agentId: string, gpus: MachineInfo['gpus']): AgentMessage => ({
  type: 'hello',
  protocol: linkProtocol,
  agent_id: agentId,
  agent_version: '0.0.0',
  machine: {
    hostname: agentId,
    platform_arch: 'linux/amd64',
    os: 'Linux',
    cpu_count: 16,
    ram_total: 64e9,
    ram_free: 40e9,
    gpus,
  },
  engines: [],
  labels: [],
  region: '',
  slots: 1,
  staging: 0,
  attempts: [],
});
