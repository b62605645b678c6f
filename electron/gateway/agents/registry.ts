import type { WebSocket } from 'ws';
import { type AgentMessage, linkClose, linkProtocol } from '#shared/link/protocol.ts';
import type { GatewayConfig } from '../config.ts';
import { type OpenAttempt, openAttempts } from '../store/repositories/tasks.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRef, Attempts, OpenedAttempt } from '../tasks/attempts.ts';
import type { TaskEvents } from '../tasks/events.ts';
import type { TaskSignals } from '../tasks/signals.ts';
import { type AssignmentPorts, assignmentOf } from './assignment.ts';
import { Deadlines } from './leases.ts';
import { carryOut, refOf } from './messages.ts';
import { AgentSession, type Hello } from './session.ts';

export interface RegistryPorts extends AssignmentPorts {
  readonly config: GatewayConfig;
  readonly gatewayId: string;
  readonly store: Store;
  readonly attempts: Attempts;
  readonly signals: TaskSignals;
  readonly events: TaskEvents;
}

/** Who listens to agents coming, changing and going. */
export type AgentListener = (session: AgentSession) => void;

/** Every agent that is connected, or was a moment ago. */
export class AgentRegistry {
  readonly #ports: RegistryPorts;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #acknowledgements = new Deadlines();
  readonly #leases = new Deadlines();
  readonly #listeners: AgentListener[] = [];

  constructor(ports: RegistryPorts) {
    this.#ports = ports;
    ports.signals.listen({ abandoned: (attemptId, reason) => this.#abandon(attemptId, reason) });
  }

  /** After a restart: attempts that agents may still hold get a whole lease for their agent to come back. */
  start(): void {
    const open = openAttempts(this.#ports.store.read);
    for (const key of new Set(open.map((attempt) => attempt.agent_id))) this.#lease(key);
  }

  stop(): void {
    this.#acknowledgements.stop();
    this.#leases.stop();
    for (const session of this.#sessions.values()) session.close(1001, 'the gateway is stopping');
    this.#sessions.clear();
  }

  /** Tells of every change that may matter to scheduling or to people. */
  onChange(listener: AgentListener): void {
    this.#listeners.push(listener);
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

  /** An agent has said hello on an authenticated connection. */
  async connect(socket: WebSocket, teamId: string, hello: Hello): Promise<AgentSession> {
    const { config, gatewayId } = this.#ports;
    const now = config.clock();
    const known = this.#sessions.get(`${teamId}/${hello.agent_id}`);
    const resumed = known !== undefined && hello.resume?.session_id === known.id;
    const session = resumed ? known : new AgentSession(teamId, hello, now);
    if (known && !resumed) known.close(linkClose.replaced, 'replaced by a newer connection');
    session.hello = hello;
    session.connectedAt = now;
    session.lastHeartbeat = now;
    session.attach(socket, linkClose.replaced);
    this.#sessions.set(session.key, session);
    this.#leases.clear(session.key);
    const drop = await this.#reconcile(session, hello);
    session.tell({
      type: 'welcome',
      protocol: linkProtocol,
      session_id: session.id,
      resumed,
      last_received: resumed ? session.inbox.last : 0,
      gateway_id: gatewayId,
      lease_ms: config.timings.leaseMs,
      heartbeat_ms: config.timings.heartbeatMs,
      drop,
    });
    if (resumed) session.resend(hello.resume?.last_received ?? 0);
    this.#changed(session);
    return session;
  }

  /** The connection broke: the agent has its lease to come back. */
  disconnect(session: AgentSession, socket: WebSocket): void {
    if (!session.detach(socket)) return;
    this.#lease(session.key);
    this.#changed(session);
  }

  /** A message of a connected agent. Its effect is on disk before it is acknowledged. */
  receive(session: AgentSession, message: AgentMessage): void {
    session.lastHeartbeat = this.#ports.config.clock();
    if (message.type === 'ack') {
      session.acknowledged(message.seq);
      return;
    }
    if (!('seq' in message)) {
      carryOut(session, message, this.#ports);
      if (message.type === 'heartbeat') this.#changed(session);
      return;
    }
    const fresh = session.inbox.take(message.seq);
    const effect = fresh ? this.#effect(session, message) : Promise.resolve();
    session.settled = Promise.all([session.settled, effect]).then(
      () => session.tell({ type: 'ack', seq: message.seq }),
      (error: unknown) => {
        // Not acknowledged, so the agent says it again in a new session.
        this.#ports.config.log.error(
          { err: error, agent: session.key },
          'a message could not be carried out',
        );
        session.cut();
        this.#sessions.delete(session.key);
      },
    );
  }

  async #effect(
    session: AgentSession,
    message: Exclude<Extract<AgentMessage, { seq: number }>, { type: 'ack' }>,
  ): Promise<void> {
    if (message.type === 'received' || message.type === 'accepted') {
      this.#acknowledgements.clear(message.attempt_id);
    }
    await carryOut(session, message, this.#ports);
    const ref = refOf(message);
    if (ref && message.type !== 'received') {
      if (message.type === 'accepted') this.#running(session, ref);
      else this.#release(session, ref.id, message.type);
    } else if (!ref) this.#changed(session);
  }

  /** Gives an opened attempt to its agent. */
  assign(opened: OpenedAttempt): void {
    const session = this.#sessions.get(opened.agent.key);
    const { attempts, config } = this.#ports;
    if (!session?.connected) {
      void attempts.lost(opened, 'The agent went away just then.');
      return;
    }
    session.attempts.set(opened.id, { fence: opened.fence, taskId: opened.task.id, running: false });
    session.lastWorkflow = opened.task.workflow_id;
    session.send({ type: 'assign', ...assignmentOf(opened.task, opened, this.#ports) });
    this.#acknowledgements.set(opened.id, config.timings.ackTimeoutMs, () => {
      const reason = `The agent ${opened.agent.agentId} did not answer within ${config.timings.ackTimeoutMs / 1000} s.`;
      void this.#lose(session, opened, reason);
    });
  }

  #running(session: AgentSession, ref: AttemptRef): void {
    const attempt = session.attempts.get(ref.id);
    if (attempt) attempt.running = true;
  }

  /** The agent has an attempt less. */
  #release(session: AgentSession, attemptId: string, how: AgentMessage['type']): void {
    this.#acknowledgements.clear(attemptId);
    if (how === 'completed') session.completed += 1;
    if (how === 'failed') session.failed += 1;
    if (session.attempts.delete(attemptId)) this.#changed(session);
  }

  async #lose(session: AgentSession, ref: AttemptRef, reason: string): Promise<void> {
    session.send({ type: 'cancel', attempt_id: ref.id, fence: ref.fence, reason });
    session.attempts.delete(ref.id);
    await this.#ports.attempts.lost(ref, reason);
    this.#changed(session);
  }

  /** Ended on our side: the agent is told, and keeps its place until it answers or the link breaks. */
  #abandon(attemptId: string, reason: string): void {
    for (const session of this.#sessions.values()) {
      const attempt = session.attempts.get(attemptId);
      if (attempt) session.send({ type: 'cancel', attempt_id: attemptId, fence: attempt.fence, reason });
    }
  }

  /** Compares what the agent says it holds with what is open here. */
  async #reconcile(session: AgentSession, hello: Hello): Promise<string[]> {
    const open = openAttempts(this.#ports.store.read).filter((attempt) => attempt.agent_id === session.key);
    const stillOpen = new Map(open.map((attempt) => [attempt.id, attempt]));
    const held = new Set(hello.attempts.map((attempt) => attempt.attempt_id));
    const underWay = session.underWay(hello.resume?.last_received ?? 0);
    const lost = open.filter(({ id }) => !held.has(id) && !underWay.has(id));
    session.attempts.clear();
    for (const attempt of open) {
      if (lost.includes(attempt)) continue;
      session.attempts.set(attempt.id, {
        fence: attempt.fence,
        taskId: attempt.task_id,
        running: attempt.state === 'running',
      });
    }
    await this.#loseAll(lost, `The agent ${session.agentId} came back without it.`);
    return hello.attempts
      .filter(({ attempt_id, fence }) => stillOpen.get(attempt_id)?.fence !== fence)
      .map(({ attempt_id }) => attempt_id);
  }

  #lease(key: string): void {
    const { leaseMs } = this.#ports.config.timings;
    this.#leases.set(key, leaseMs, () => {
      const session = this.#sessions.get(key);
      if (session?.connected) return;
      this.#sessions.delete(key);
      const open = openAttempts(this.#ports.store.read).filter((attempt) => attempt.agent_id === key);
      const name = key.slice(key.indexOf('/') + 1);
      void this.#loseAll(open, `The agent ${name} has been away for ${leaseMs / 1000} s.`);
    });
  }

  async #loseAll(lost: readonly OpenAttempt[], reason: string): Promise<void> {
    await Promise.all(lost.map((attempt) => this.#ports.attempts.lost(attempt, reason)));
  }

  #changed(session: AgentSession): void {
    for (const listener of this.#listeners) listener(session);
  }
}
