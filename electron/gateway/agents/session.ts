import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { Inbox, Outbox } from '#shared/link/outbox.ts';
import type { AgentMessage, EngineInfo, GatewayMessage, MachineInfo } from '#shared/link/protocol.ts';

import { AgentModels, noSync, type SyncState } from './models.ts';

export type Hello = Extract<AgentMessage, { type: 'hello' }>;
type Reliable = Extract<GatewayMessage, { seq: number }>;
type Unnumbered<Message> = Message extends unknown ? Omit<Message, 'seq'> : never;

/** An attempt as its agent's session counts it. */
export interface SessionAttempt {
  readonly fence: number;
  readonly taskId: string;
  /** Whose task it is: another team's, when the agent serves the community pool. */
  readonly teamId: string;
  running: boolean;
  /** Ended on our side: it takes its place until the agent has let go of it, but nobody hears of it any more. */
  over: boolean;
}

/** How far back success counts: older runs weigh half as much with every so many newer ones. */
const recentRuns = 20;

/** Frames that wait for a slow agent; past this it is cut off and resumes when it can. */
const fullBytes = 16 * 1024 * 1024;

/**
 * One agent as the gateway knows it, over the breaks of its connection: what it said of itself, what it has been given,
 * and what it has not acknowledged yet.
 */
export class AgentSession {
  readonly id = randomUUID();
  readonly key: string;
  readonly teamId: string;
  readonly agentId: string;
  /** What takes a place here, by id. */
  readonly attempts = new Map<string, SessionAttempt>();
  readonly inbox = new Inbox();
  readonly #outbox = new Outbox<Reliable>();
  hello: Hello;
  connectedAt: number;
  lastHeartbeat: number;
  /** Since it connected. */
  completed = 0;
  lastWorkflow = '';
  draining = false;
  /** Lent to the community pool: it takes tasks of other teams too. */
  community = false;
  /** Given by the team, beside those that the agent tells. */
  addedLabels: readonly string[] = [];
  /** Why it is given nothing for a moment, in words; empty = it is. */
  resting = '';
  /** What it told of its models. */
  readonly models = new AgentModels();
  /** How far it has come with the team's models. */
  sync: SyncState = noSync;
  /** It asks for the list of the team's models. */
  wantsModels = false;
  #recent = { done: 0, failed: 0 };
  #labels:
    | { readonly told: readonly string[]; readonly added: readonly string[]; readonly all: readonly string[] }
    | undefined;
  /** Effects of messages settle in order; acknowledgements follow them. */
  settled: Promise<unknown> = Promise.resolve();
  #socket: WebSocket | undefined;

  constructor(teamId: string, hello: Hello, now: number) {
    this.teamId = teamId;
    this.agentId = hello.agent_id;
    this.key = `${teamId}/${hello.agent_id}`;
    this.hello = hello;
    this.connectedAt = now;
    this.lastHeartbeat = now;
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** The engine that people are shown for the agent: one of their own rather than the one that comes with Atelier. */
  get engine(): EngineInfo | undefined {
    const { engines } = this.hello;
    return engines.find(({ flavour }) => flavour !== 'starter') ?? engines[0];
  }

  /** Its own labels and those added here. The same list while neither changes: scheduling makes sets of it. */
  get labels(): readonly string[] {
    const [told, added] = [this.hello.labels, this.addedLabels];
    if (this.#labels?.told !== told || this.#labels.added !== added) {
      const own = new Set(told.map((label) => label.toLowerCase()));
      const all =
        added.length === 0 ? told : [...told, ...added.filter((one) => !own.has(one.toLowerCase()))];
      this.#labels = { told, added, all };
    }
    return this.#labels.all;
  }

  get machine(): MachineInfo {
    return this.hello.machine;
  }

  get recent(): { readonly done: number; readonly failed: number } {
    return this.#recent;
  }

  /** A run ended here. */
  ran(outcome: 'done' | 'failed'): void {
    if (outcome === 'done') this.completed += 1;
    const { done, failed } = this.#recent;
    const weight = done + failed >= recentRuns ? 0.5 : 1;
    this.#recent = { done: done * weight, failed: failed * weight };
    this.#recent[outcome] += 1;
  }

  /** Takes a connection over; the older one is closed with `code`. */
  attach(socket: WebSocket, code: number): void {
    this.#socket?.close(code, 'replaced by a newer connection');
    this.#socket = socket;
  }

  /** The connection is gone, if it still is the one. */
  detach(socket: WebSocket): boolean {
    if (this.#socket !== socket) return false;
    this.#socket = undefined;
    return true;
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
    this.#socket = undefined;
  }

  cut(): void {
    this.#socket?.terminate();
  }

  /** Sends what must not be lost. */
  send(message: Unnumbered<Reliable>): void {
    this.tell(this.#outbox.add(message as Omit<Reliable, 'seq'>));
  }

  /** Sends as far as there is a connection. */
  tell(message: GatewayMessage): void {
    if (!this.#socket) return;
    if (this.#socket.bufferedAmount > fullBytes) this.cut();
    else this.#socket.send(JSON.stringify(message));
  }

  acknowledged(seq: number): void {
    this.#outbox.acknowledge(seq);
  }

  /** Sends again what a resumed agent lacks. */
  resend(lastReceived: number): void {
    for (const message of this.#outbox.unacknowledged(lastReceived)) this.tell(message);
  }

  /** Attempts whose assignment the agent has not acknowledged: it can't name them in its hello yet. */
  underWay(lastReceived: number): ReadonlySet<string> {
    const sent = this.#outbox.unacknowledged(lastReceived);
    return new Set(sent.flatMap((message) => (message.type === 'assign' ? [message.attempt_id] : [])));
  }
}
