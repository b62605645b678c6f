import { AppError } from '#shared/errors.ts';
import { openAttempt } from '../store/repositories/tasks.ts';
import type { AttemptRef, OpenedAttempt } from '../tasks/attempts.ts';
import { assignmentOf } from './assignment.ts';
import { Deadlines } from './leases.ts';
import type { RegistryPorts } from './registry.ts';
import type { AgentSession } from './session.ts';

export interface HandoverPorts extends RegistryPorts {
  readonly sessions: ReadonlyMap<string, AgentSession>;
  readonly changed: (session: AgentSession) => void;
  /** Runs what nobody waits for; a failure is logged. */
  readonly inBackground: (what: string, work: () => Promise<unknown>) => void;
}

/** Gives attempts to agents and takes them back: assignment, acknowledgement, cancelling. */
export class Handover {
  readonly #ports: HandoverPorts;
  readonly #acknowledgements = new Deadlines();

  constructor(ports: HandoverPorts) {
    this.#ports = ports;
  }

  stop(): void {
    this.#acknowledgements.stop();
  }

  /**
   * Sends an opened attempt to its agent.
   *
   * @returns false when it takes no place there: the agent or the task is gone, or its inputs are
   */
  assign(opened: OpenedAttempt): boolean {
    const { attempts, config, inBackground, sessions, store } = this.#ports;
    const session = sessions.get(opened.agent.key);
    if (!session?.connected) {
      inBackground('take back an attempt', () => attempts.unsent(opened, 'The agent went away just then.'));
      return false;
    }
    if (session.draining) {
      inBackground('take back an attempt', () => attempts.unsent(opened, 'The agent was drained just then.'));
      return false;
    }
    // A cancelling that was committed together with the opening was told before the agent had anything to cancel.
    if (!openAttempt(store.read, opened.id, opened.fence)) return false;
    const assignment = this.#assignment(opened, session.teamId);
    if (!assignment) return false;
    session.attempts.set(opened.id, {
      fence: opened.fence,
      taskId: opened.task.id,
      teamId: opened.task.team_id,
      running: false,
      over: false,
    });
    session.lastWorkflow = opened.task.workflow_id;
    session.send({ type: 'assign', ...assignment });
    this.#acknowledgements.set(opened.id, config.timings.ackTimeoutMs, () => {
      const reason = `The agent ${opened.agent.agentId} did not answer within ${config.timings.ackTimeoutMs / 1000} s.`;
      inBackground('take back an attempt', () => this.#unanswered(session, opened, reason));
    });
    return true;
  }

  /** What to send; a task whose inputs are gone fails alone, the others go on. */
  #assignment(opened: OpenedAttempt, agentTeamId: string) {
    const { attempts, config, inBackground } = this.#ports;
    try {
      return assignmentOf(opened.task, opened, agentTeamId, this.#ports);
    } catch (error) {
      config.log.error({ err: error, task: opened.task.id }, 'a task could not be assigned');
      const why = error instanceof AppError ? error.message : 'its frozen workflow can not be read.';
      const message = `The run could not be put together: ${why}`;
      inBackground('fail a task', () =>
        attempts.failed(opened, { code: 'input_failed', message, retryable: false }),
      );
      return undefined;
    }
  }

  /** The agent has answered, or need not any more. */
  answered(attemptId: string): void {
    this.#acknowledgements.clear(attemptId);
  }

  async #unanswered(session: AgentSession, ref: AttemptRef, reason: string): Promise<void> {
    session.send({ type: 'cancel', attempt_id: ref.id, fence: ref.fence, reason });
    session.attempts.delete(ref.id);
    await this.#ports.attempts.lost(ref, reason);
    this.#ports.changed(session);
  }

  /** Ended on our side: the agent is told, and keeps its place until it answers or the link breaks. */
  abandon(attemptId: string, reason: string): void {
    this.answered(attemptId);
    for (const session of this.#ports.sessions.values()) {
      const attempt = session.attempts.get(attemptId);
      if (!attempt) continue;
      attempt.over = true;
      session.send({ type: 'cancel', attempt_id: attemptId, fence: attempt.fence, reason });
    }
  }
}
