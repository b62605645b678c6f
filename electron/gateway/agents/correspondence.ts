import type { AgentMessage } from '#shared/link/protocol.ts';
import type { Attempts } from '../tasks/attempts.ts';
import type { TaskEvents } from '../tasks/events.ts';
import type { TaskLogs } from '../tasks/logs.ts';
import type { Absence } from './absence.ts';
import type { Handover } from './handover.ts';
import { carryOut, refOf } from './messages.ts';
import type { AgentSession } from './session.ts';

export interface CorrespondencePorts {
  readonly attempts: Attempts;
  readonly events: TaskEvents;
  readonly logs: TaskLogs;
  readonly handover: Handover;
  readonly absence: Absence;
  readonly clock: () => number;
  readonly changed: (session: AgentSession) => void;
  /** What an agent says of its engines, and its answers about them. */
  readonly ofEngines: (
    session: AgentSession,
    message: Extract<AgentMessage, { type: 'engines' | 'managed' }>,
  ) => void;
  /** A message had no effect: its session is given up. */
  readonly forget: (session: AgentSession, what: string, error: unknown) => void;
  readonly inBackground: (what: string, work: () => Promise<unknown>) => void;
}

/** What connected agents say: each message has its effect once, in order, and is acknowledged after it. */
export class Correspondence {
  readonly #ports: CorrespondencePorts;

  constructor(ports: CorrespondencePorts) {
    this.#ports = ports;
  }

  /** A message of a connected agent. Its effect is on disk before it is acknowledged. */
  receive(session: AgentSession, message: AgentMessage): void {
    session.lastHeartbeat = this.#ports.clock();
    this.#ports.absence.heard(session.key);
    if (message.type === 'ack') {
      session.acknowledged(message.seq);
      return;
    }
    if (message.type === 'engines' || message.type === 'managed') {
      this.#ports.ofEngines(session, message);
      return;
    }
    if (!('seq' in message)) {
      this.#ports.inBackground('carry out a message', () => carryOut(session, message, this.#ports));
      if (message.type === 'heartbeat' || message.type === 'sync' || message.type === 'want_models')
        this.#ports.changed(session);
      return;
    }
    const fresh = session.inbox.take(message.seq);
    const effect = fresh ? this.#effect(session, message) : Promise.resolve();
    session.settled = Promise.all([session.settled, effect]).then(
      () => session.tell({ type: 'ack', seq: message.seq }),
      (error: unknown) => {
        // Not acknowledged, so the agent says it again in a new session.
        session.cut();
        this.#ports.forget(session, 'a message could not be carried out', error);
      },
    );
  }

  async #effect(
    session: AgentSession,
    message: Exclude<Extract<AgentMessage, { seq: number }>, { type: 'ack' }>,
  ): Promise<void> {
    if (message.type === 'received' || message.type === 'accepted') {
      this.#ports.handover.answered(message.attempt_id);
    }
    await carryOut(session, message, this.#ports);
    const ref = refOf(message);
    if (!ref) this.#ports.changed(session);
    else if (message.type === 'accepted') {
      const attempt = session.attempts.get(ref.id);
      if (attempt) attempt.running = true;
    } else if (message.type !== 'received') {
      if (message.type === 'declined' && message.rest !== false)
        this.#ports.absence.rest(session, message.reason, () => this.#ports.changed(session));
      this.#release(session, ref.id, message.type);
    }
  }

  /** The agent has an attempt less. */
  #release(session: AgentSession, attemptId: string, how: AgentMessage['type']): void {
    this.#ports.handover.answered(attemptId);
    if (!session.attempts.delete(attemptId)) return;
    if (how === 'completed') session.ran('done');
    if (how === 'failed') session.ran('failed');
    this.#ports.changed(session);
  }
}
