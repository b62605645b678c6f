import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { GatewayOptions } from '../../../electron/gateway/config.ts';
import { createGateway, type Gateway } from '../../../electron/gateway/gateway.ts';
import type { Rooms } from '../../../electron/gateway/rooms.ts';
import { findTask } from '../../../electron/gateway/store/repositories/tasks.ts';
import type { AttemptRow, TaskEventRow, TaskRow } from '../../../electron/gateway/store/schema.ts';
import type { ModelInfo } from '../../../shared/link/models.ts';
import type { AgentMessage, EngineInfo, GatewayMessage } from '../../../shared/link/protocol.ts';
import { noFacts } from '../../../shared/models/facts.ts';
import { runRequest } from '../../../shared/wire/tasks.ts';
import { importWorkflowRequest } from '../../../shared/wire/workflows.ts';
import { tempFolder } from './temp-folder.ts';

type Hello = Extract<AgentMessage, { type: 'hello' }>;
type Assign = Extract<GatewayMessage, { type: 'assign' }>;
type Sent<Type extends AgentMessage['type']> = Omit<Extract<AgentMessage, { type: Type }>, 'seq' | 'type'>;

const graph = {
  '1': { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
};

/** The gateway's real rooms on a real database, without a port: agents are sockets that only remember. */
export class Studio {
  readonly rooms: Rooms;
  readonly teamId: string;
  readonly folder: string;
  readonly #gateway: Gateway;

  private constructor(gateway: Gateway, folder: string) {
    this.rooms = gateway.rooms;
    this.folder = folder;
    this.#gateway = gateway;
    this.teamId = this.rooms.store.read.hot<{ id: string }>('SELECT id FROM teams')[0]?.id ?? '';
  }

  /** @param folder one that a former studio used, to start again on its data */
  static async open(options: Partial<GatewayOptions> = {}, folder?: string): Promise<Studio> {
    const dataDir = folder ?? (await tempFolder());
    const gateway = await createGateway({
      dataDir,
      version: '0.0.0',
      log: pino({ level: 'silent' }),
      port: 0,
      ...options,
    });
    onTestFinished(() => gateway.stop());
    return new Studio(gateway, dataDir);
  }

  /** Listens on a port, and takes up what a former life left. */
  async start(): Promise<void> {
    await this.#gateway.start();
  }

  stop(): Promise<void> {
    return this.#gateway.stop();
  }

  /** Imports a workflow; the result is its id. */
  workflow(fields: Record<string, unknown> = {}): Promise<string> {
    const request = importWorkflowRequest.parse({
      workflow_slug: 'tiny',
      display_name: 'Tiny',
      workflow_json: graph,
      ...fields,
    });
    return this.rooms.workflows.import(this.teamId, request);
  }

  submit(workflowId: string, fields: Record<string, unknown> = {}, submitterId = 'ada'): Promise<string> {
    const { tasks, workflows } = this.rooms;
    const workflow = workflows.get(this.teamId, workflowId);
    return tasks.submit({ teamId: this.teamId, submitterId }, workflow, runRequest.parse(fields));
  }

  task(id: string): TaskRow {
    const task = findTask(this.rooms.store.read, id);
    if (!task) throw new Error(`no task ${id}`);
    return task;
  }

  detail(id: string) {
    return this.rooms.tasks.detail(this.teamId, id);
  }

  attempts(taskId: string): AttemptRow[] {
    return this.rooms.store.read.hot('SELECT * FROM attempts WHERE task_id = ? ORDER BY fence', taskId);
  }

  /** `pending`, `waiting`, … as they were told. */
  story(taskId: string): string[] {
    const rows = this.rooms.store.read.hot<TaskEventRow>(
      'SELECT * FROM task_events WHERE task_id = ? ORDER BY seq',
      taskId,
    );
    return rows.map(({ event, data_json }) => {
      const { status } = JSON.parse(data_json) as { status?: string };
      return event === 'status' ? (status ?? '') : event;
    });
  }

  /** Waits until a task has a status. */
  async until(id: string, status: TaskRow['status']): Promise<TaskRow> {
    await eventually(() => {
      const now = this.task(id);
      if (now.status !== status) throw new Error(`the task is ${now.status}, not ${status}`);
    });
    return this.task(id);
  }

  /** Connects an agent that is ready. */
  async agent(fields: Partial<Hello> = {}): Promise<FakeAgent> {
    const agent = new FakeAgent(this, fields);
    await agent.connect();
    return agent;
  }
}

/** Waits until a check passes; the time is only for the case that it never does. */
export const eventually = <Result>(check: () => Result | Promise<Result>): Promise<Result> =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });

export const engine = (fields: Partial<EngineInfo> = {}): EngineInfo => ({
  name: 'engine',
  tool: 'comfyui',
  flavour: 'starter',
  version: '1',
  pytorch_version: '',
  state: 'ready',
  reason: '',
  devices: [],
  node_types: [],
  ...fields,
});

/** An agent that does only what the test says. */
export const machine = {
  hostname: 'here',
  platform_arch: 'linux/amd64',
  os: 'linux',
  cpu_count: 2,
  ram_total: 1,
  ram_free: 1,
  gpus: [],
};

export class FakeAgent {
  readonly sent: GatewayMessage[] = [];
  ending: number | 'cut' | undefined;
  #session: Awaited<ReturnType<Rooms['agents']['connect']>> | undefined;
  #seq = 0;
  #socket: WebSocket | undefined;
  readonly #studio: Studio;
  readonly #hello: Hello;

  constructor(studio: Studio, fields: Partial<Hello>) {
    this.#studio = studio;
    this.#hello = {
      type: 'hello',
      protocol: 1,
      agent_id: 'agent-1',
      agent_version: '1',
      machine,
      engines: [engine()],
      labels: [],
      region: '',
      slots: 1,
      staging: 0,
      attempts: [],
      ...fields,
    };
  }

  get session() {
    if (!this.#session) throw new Error('not connected');
    return this.#session;
  }

  /** Says hello on a new connection; `resume` goes on with the session. */
  async connect(fields: Partial<Hello> = {}, resume = false): Promise<void> {
    const known = this.#session;
    const socket = this.#fakeSocket();
    this.#socket = socket;
    const session = { session_id: known?.id ?? '', last_received: 0 };
    const hello = { ...this.#hello, ...fields, ...(resume ? { resume: session } : {}) };
    this.#session = await this.#studio.rooms.agents.connect(socket, this.#studio.teamId, hello);
    if (!resume) this.#seq = 0;
  }

  /** The connection breaks. */
  drop(): void {
    if (this.#socket) this.#studio.rooms.agents.disconnect(this.session, this.#socket);
  }

  /** Sends a message that must arrive; resolves when its effect is on disk. */
  async say<Type extends 'received' | 'accepted' | 'declined' | 'completed' | 'failed' | 'cancelled'>(
    type: Type,
    attempt: { attempt_id: string; fence: number },
    rest: Omit<Sent<Type>, 'attempt_id' | 'fence'>,
  ): Promise<void> {
    const { attempt_id, fence } = attempt;
    this.#seq += 1;
    this.tell({ type, seq: this.#seq, attempt_id, fence, ...rest } as unknown as AgentMessage);
    await this.session.settled;
  }

  async engine(info: EngineInfo): Promise<void> {
    this.#seq += 1;
    this.tell({ type: 'engine_state', seq: this.#seq, engine: info });
    await this.session.settled;
  }

  /** Tells all models that it has. */
  async models(changed: readonly ModelInfo[], known: readonly string[] = ['engine']): Promise<void> {
    this.#seq += 1;
    const news = { anew: true, more: false, changed: [...changed], removed: [], known: [...known] };
    this.tell({ type: 'models_changed', seq: this.#seq, ...news });
    await this.session.settled;
  }

  tell(message: AgentMessage): void {
    this.#studio.rooms.agents.receive(this.session, message);
  }

  get assigned(): Assign[] {
    return this.sent.filter((message) => message.type === 'assign');
  }

  /** The assignment of a task, when it comes. */
  assignment(taskId: string): Promise<Assign> {
    return eventually(() => {
      const found = this.assigned.findLast(({ task_id }) => task_id === taskId);
      if (!found) throw new Error('not assigned');
      return found;
    });
  }

  /** Uploads an output and says that it is done. */
  async complete(attempt: { attempt_id: string; fence: number }, bytes = 'picture'): Promise<void> {
    const { sha256, size } = await this.#studio.rooms.objects.put(Readable.from([Buffer.from(bytes)]));
    await this.say('completed', attempt, {
      outputs: [
        {
          sha256,
          size,
          name: 'x.png',
          node_id: '2',
          kind: 'image',
          content_type: 'image/png',
          temporary: false,
        },
      ],
    });
  }

  #fakeSocket(): WebSocket {
    const socket = {
      bufferedAmount: 0,
      send: (text: string) => void this.sent.push(JSON.parse(text) as GatewayMessage),
      close: (code: number) => {
        this.ending = code;
      },
      terminate: () => {
        this.ending = 'cut';
        this.#studio.rooms.agents.disconnect(this.session, socket as unknown as WebSocket);
      },
    };
    return socket as unknown as WebSocket;
  }
}

/** A model as an agent tells it. */
export const model = (path: string, fields: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id: path, path, size: 1, modified: 1, engines: ['engine'] },
  ...noFacts,
  ...fields,
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
