import type { WebSocket } from 'ws';
import { type AgentMessage, linkClose, linkProtocol } from '#shared/link/protocol.ts';
import type { EngineReport } from '#shared/wire/engines.ts';
import type { GatewayConfig } from '../config.ts';
import { agentsWithAttempts, openAttemptsOf } from '../store/repositories/tasks.ts';
import type { Store } from '../store/store.ts';
import type { Attempts, OpenedAttempt } from '../tasks/attempts.ts';
import type { TaskEvents } from '../tasks/events.ts';
import type { TaskLogs } from '../tasks/logs.ts';
import type { TaskSignals } from '../tasks/signals.ts';
import { Absence } from './absence.ts';
import type { AssignmentPorts } from './assignment.ts';
import { Correspondence } from './correspondence.ts';
import { Handover } from './handover.ts';
import { reconcile } from './reconcile.ts';
import type { Roster } from './roster.ts';
import { AgentSession, type Hello } from './session.ts';

export interface RegistryPorts extends AssignmentPorts {
  readonly config: GatewayConfig;
  readonly gatewayId: string;
  readonly store: Store;
  readonly attempts: Attempts;
  readonly signals: TaskSignals;
  readonly events: TaskEvents;
  readonly logs: TaskLogs;
  readonly roster: Roster;
}

/** Who listens to agents coming, changing and going. */
export type AgentListener = (session: AgentSession) => void;

/** Who takes what agents say of their engines, and their answers about them. */
export interface EngineListener {
  reported(session: AgentSession, report: EngineReport): void;
  managed(session: AgentSession, message: Extract<AgentMessage, { type: 'managed' }>): void;
}

/** Every agent that is connected, or was a moment ago. */
export class AgentRegistry {
  readonly #ports: RegistryPorts;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #handover: Handover;
  readonly #absence: Absence;
  readonly #correspondence: Correspondence;
  readonly #listeners: AgentListener[] = [];
  readonly #engineListeners: EngineListener[] = [];
  #stopped = false;

  constructor(ports: RegistryPorts) {
    this.#ports = ports;
    const inBackground = (what: string, work: () => Promise<unknown>) => this.#inBackground(what, work);
    this.#handover = new Handover({
      ...ports,
      sessions: this.#sessions,
      changed: (session) => this.#changed(session),
      inBackground,
    });
    this.#absence = new Absence({
      ...ports,
      isHere: (key) => this.#sessions.get(key)?.connected === true,
      gone: (key) => this.#sessions.delete(key),
      inBackground,
    });
    this.#correspondence = new Correspondence({
      ...ports,
      handover: this.#handover,
      absence: this.#absence,
      clock: ports.config.clock,
      changed: (session) => this.#changed(session),
      ofEngines: (session, message) => this.#ofEngines(session, message),
      forget: (session, what, error) => this.#forget(session, what, error),
      inBackground,
    });
    ports.signals.listen({ abandoned: (attemptId, reason) => this.#handover.abandon(attemptId, reason) });
  }

  /** After a restart: attempts that agents may still hold get a whole lease for their agent to come back. */
  start(): void {
    for (const key of agentsWithAttempts(this.#ports.store.read)) {
      if (!this.#sessions.get(key)?.connected) this.#absence.away(key);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#handover.stop();
    this.#absence.stop();
    for (const session of this.#sessions.values()) session.close(1001, 'the gateway is stopping');
    this.#sessions.clear();
  }

  /** Tells of every change that may matter to scheduling or to people. */
  onChange(listener: AgentListener): void {
    this.#listeners.push(listener);
  }

  onEngines(listener: EngineListener): void {
    this.#engineListeners.push(listener);
  }

  get(key: string): AgentSession | undefined {
    return this.#sessions.get(key);
  }

  /** Connected agents of a team, by name. */
  list(teamId: string): AgentSession[] {
    return [...this.#sessions.values()]
      .filter((session) => session.teamId === teamId && session.connected)
      .sort((a, b) => a.agentId.localeCompare(b.agentId));
  }

  /** How many agents are connected, of all teams. */
  get connected(): number {
    let count = 0;
    for (const session of this.#sessions.values()) if (session.connected) count += 1;
    return count;
  }

  isConnected(teamId: string, agentId: string): boolean {
    return this.#sessions.get(`${teamId}/${agentId}`)?.connected === true;
  }

  /** Their team is gone: they are sent away, and what they say from now on counts for nothing. */
  dismiss(teamId: string): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.teamId !== teamId) continue;
      this.#sessions.delete(session.key);
      this.#absence.forget(session.key);
      session.close(linkClose.badCredential, 'the team of this key was deleted');
      this.#changed(session);
    }
  }

  /** What the team decides about an agent holds from now on, wherever the agent is. */
  decided(teamId: string, agentId: string): void {
    const session = this.#sessions.get(`${teamId}/${agentId}`);
    const row = this.#ports.roster.find(teamId, agentId);
    if (!session || !row) return;
    const before = session.draining;
    this.#ports.roster.apply(row, session);
    if (before !== session.draining) session.send({ type: 'drain', draining: session.draining });
    this.#changed(session);
  }

  /** An agent is forgotten: sent away, and what it held goes back in line at once. */
  async sendAway(teamId: string, agentId: string): Promise<void> {
    const key = `${teamId}/${agentId}`;
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    this.#absence.forget(key);
    session?.close(linkClose.badCredential, 'this agent was removed from the team');
    const { attempts, store } = this.#ports;
    const reason = 'The agent that had it was removed.';
    await Promise.all(openAttemptsOf(store.read, key).map((attempt) => attempts.unsent(attempt, reason)));
    if (session) this.#changed(session);
  }

  /**
   * An agent has said hello on an authenticated connection. When it can't be welcomed the connection is ended.
   *
   * @param credentialId the key that it came with
   */
  async connect(
    socket: WebSocket,
    teamId: string,
    hello: Hello,
    credentialId?: string,
  ): Promise<AgentSession> {
    const now = this.#ports.config.clock();
    const known = this.#sessions.get(`${teamId}/${hello.agent_id}`);
    const resumed = known !== undefined && hello.resume?.session_id === known.id;
    const session = resumed ? known : new AgentSession(teamId, hello, now);
    session.hello = hello;
    session.connectedAt = now;
    session.lastHeartbeat = now;
    this.#sessions.set(session.key, session);
    this.#absence.back(session.key);
    if (known && !resumed) {
      known.close(linkClose.replaced, 'replaced by a newer connection');
      this.#changed(known);
    }
    try {
      // What it said before the break counts as received only once it is on disk.
      await session.settled;
      this.#ports.roster.apply(await this.#ports.roster.arrived(teamId, hello, credentialId), session);
      const drop = await reconcile(session, hello, this.#ports);
      this.#welcome(session, socket, hello, { resumed, drop });
    } catch (error) {
      this.#forget(session, 'an agent could not be welcomed', error);
      socket.terminate();
    }
    return session;
  }

  /** From here on the agent hears us: nothing is sent before it knows which attempts it still has. */
  #welcome(
    session: AgentSession,
    socket: WebSocket,
    hello: Hello,
    { resumed, drop }: { resumed: boolean; drop: string[] },
  ): void {
    const current = this.#sessions.get(session.key);
    if (current !== session) {
      // Told that it was replaced, an agent stays away for a while; one whose session broke had better come at once.
      if (current) socket.close(linkClose.replaced, 'replaced by a newer connection');
      else socket.terminate();
      return;
    }
    const { leaseMs, heartbeatMs } = this.#ports.config.timings;
    session.attach(socket, linkClose.replaced);
    this.#absence.attend(session);
    session.tell({
      type: 'welcome',
      protocol: linkProtocol,
      session_id: session.id,
      resumed,
      last_received: resumed ? session.inbox.last : 0,
      gateway_id: this.#ports.gatewayId,
      lease_ms: leaseMs,
      heartbeat_ms: heartbeatMs,
      drop,
    });
    if (resumed) session.resend(hello.resume?.last_received ?? 0);
    else if (session.draining) session.send({ type: 'drain', draining: true });
    this.#changed(session);
  }

  /** The connection broke: the agent has its lease to come back. */
  disconnect(session: AgentSession, socket: WebSocket): void {
    if (!session.detach(socket) || this.#stopped) return;
    this.#absence.away(session.key);
    this.#inBackground('note that an agent left', () =>
      this.#ports.roster.left(session.teamId, session.agentId),
    );
    this.#changed(session);
  }

  /** A message of a connected agent. */
  receive(session: AgentSession, message: AgentMessage): void {
    this.#correspondence.receive(session, message);
  }

  /** Gives an opened attempt to its agent; `false` when it takes no place there. */
  assign(opened: OpenedAttempt): boolean {
    return this.#handover.assign(opened);
  }

  #ofEngines(session: AgentSession, message: Extract<AgentMessage, { type: 'engines' | 'managed' }>): void {
    for (const listener of this.#engineListeners) {
      if (message.type === 'engines') listener.reported(session, message.report);
      else listener.managed(session, message);
    }
  }

  #forget(session: AgentSession, what: string, error: unknown): void {
    if (!this.#stopped) this.#ports.config.log.error({ err: error, agent: session.key }, what);
    if (this.#sessions.get(session.key) !== session) return;
    this.#sessions.delete(session.key);
    this.#absence.away(session.key);
    this.#changed(session);
  }

  #inBackground(what: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (!this.#stopped) this.#ports.config.log.error({ err: error }, `could not ${what}`);
    });
  }

  #changed(session: AgentSession): void {
    for (const listener of this.#listeners) listener(session);
  }
}
