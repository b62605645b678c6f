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
import type { AssignmentPorts } from './assignment.ts';
import { Handover } from './handover.ts';
import { Deadlines } from './leases.ts';
import { carryOut, refOf } from './messages.ts';
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

/** An agent that says nothing for this many heartbeats is taken for gone: a dead machine closes no connection. */
const silentHeartbeats = 3;

/** Every agent that is connected, or was a moment ago. */
export class AgentRegistry {
  readonly #ports: RegistryPorts;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #handover: Handover;
  readonly #leases = new Deadlines();
  readonly #silences = new Deadlines();
  readonly #rests = new Deadlines();
  readonly #listeners: AgentListener[] = [];
  readonly #engineListeners: EngineListener[] = [];
  #stopped = false;

  constructor(ports: RegistryPorts) {
    this.#ports = ports;
    this.#handover = new Handover({
      ...ports,
      sessions: this.#sessions,
      changed: (session) => this.#changed(session),
      inBackground: (what, work) => this.#inBackground(what, work),
    });
    ports.signals.listen({ abandoned: (attemptId, reason) => this.#handover.abandon(attemptId, reason) });
  }

  /** After a restart: attempts that agents may still hold get a whole lease for their agent to come back. */
  start(): void {
    for (const key of agentsWithAttempts(this.#ports.store.read)) {
      if (!this.#sessions.get(key)?.connected) this.#lease(key);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#handover.stop();
    for (const deadlines of [this.#leases, this.#silences, this.#rests]) deadlines.stop();
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
      this.#silences.clear(session.key);
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
    for (const deadlines of [this.#leases, this.#silences, this.#rests]) deadlines.clear(key);
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
    this.#leases.clear(session.key);
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
    this.#silences.set(session.key, silentHeartbeats * heartbeatMs, () => session.cut());
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
    this.#silences.clear(session.key);
    this.#lease(session.key);
    this.#inBackground('note that an agent left', () =>
      this.#ports.roster.left(session.teamId, session.agentId),
    );
    this.#changed(session);
  }

  /** A message of a connected agent. Its effect is on disk before it is acknowledged. */
  receive(session: AgentSession, message: AgentMessage): void {
    session.lastHeartbeat = this.#ports.config.clock();
    this.#silences.renew(session.key);
    if (message.type === 'ack') {
      session.acknowledged(message.seq);
      return;
    }
    if (message.type === 'engines' || message.type === 'managed') {
      for (const listener of this.#engineListeners) {
        if (message.type === 'engines') listener.reported(session, message.report);
        else listener.managed(session, message);
      }
      return;
    }
    if (!('seq' in message)) {
      this.#inBackground('carry out a message', () => carryOut(session, message, this.#ports));
      if (message.type === 'heartbeat' || message.type === 'sync' || message.type === 'want_models')
        this.#changed(session);
      return;
    }
    const fresh = session.inbox.take(message.seq);
    const effect = fresh ? this.#effect(session, message) : Promise.resolve();
    session.settled = Promise.all([session.settled, effect]).then(
      () => session.tell({ type: 'ack', seq: message.seq }),
      (error: unknown) => {
        // Not acknowledged, so the agent says it again in a new session.
        session.cut();
        this.#forget(session, 'a message could not be carried out', error);
      },
    );
  }

  async #effect(
    session: AgentSession,
    message: Exclude<Extract<AgentMessage, { seq: number }>, { type: 'ack' }>,
  ): Promise<void> {
    if (message.type === 'received' || message.type === 'accepted') {
      this.#handover.answered(message.attempt_id);
    }
    await carryOut(session, message, this.#ports);
    const ref = refOf(message);
    if (!ref) this.#changed(session);
    else if (message.type === 'accepted') {
      const attempt = session.attempts.get(ref.id);
      if (attempt) attempt.running = true;
    } else if (message.type !== 'received') {
      if (message.type === 'declined' && message.rest !== false) this.#rest(session, message.reason);
      this.#release(session, ref.id, message.type);
    }
  }

  /** Gives an opened attempt to its agent; `false` when it takes no place there. */
  assign(opened: OpenedAttempt): boolean {
    return this.#handover.assign(opened);
  }

  /** The agent has an attempt less. */
  #release(session: AgentSession, attemptId: string, how: AgentMessage['type']): void {
    this.#handover.answered(attemptId);
    if (!session.attempts.delete(attemptId)) return;
    if (how === 'completed') session.ran('done');
    if (how === 'failed') session.ran('failed');
    this.#changed(session);
  }

  /** One that declines gets a pause: idle as it stays, it would draw the whole line and give it back. */
  #rest(session: AgentSession, reason: string): void {
    session.resting = `it has just declined work: ${reason}`;
    this.#rests.set(session.key, this.#ports.config.timings.declineRestMs, () => {
      session.resting = '';
      this.#changed(session);
    });
  }

  #forget(session: AgentSession, what: string, error: unknown): void {
    if (!this.#stopped) this.#ports.config.log.error({ err: error, agent: session.key }, what);
    if (this.#sessions.get(session.key) !== session) return;
    this.#sessions.delete(session.key);
    this.#lease(session.key);
    this.#changed(session);
  }

  #lease(key: string): void {
    if (this.#stopped) return;
    const { leaseMs } = this.#ports.config.timings;
    this.#leases.set(key, leaseMs, () => {
      if (this.#sessions.get(key)?.connected) return;
      this.#sessions.delete(key);
      const reason = (name: string) => `The agent ${name} has been away for ${leaseMs / 1000} s.`;
      const { attempts, store } = this.#ports;
      this.#inBackground('take back the attempts of an agent', async () => {
        try {
          await Promise.all(openAttemptsOf(store.read, key).map((attempt) => attempts.lost(attempt, reason)));
        } catch (error) {
          // They are still open, and nobody else would look at them again.
          this.#lease(key);
          throw error;
        }
      });
    });
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
