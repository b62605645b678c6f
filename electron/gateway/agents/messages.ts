import type { AgentMessage, EngineFigures } from '#shared/link/protocol.ts';
import type { AttemptRef, Attempts } from '../tasks/attempts.ts';
import type { TaskEvents } from '../tasks/events.ts';
import type { TaskLogs } from '../tasks/logs.ts';
import type { AgentSession } from './session.ts';

/** The attempt a message is about, if it is about one. */
export function refOf(message: AgentMessage): AttemptRef | undefined {
  return 'attempt_id' in message ? { id: message.attempt_id, fence: message.fence } : undefined;
}

const isOwn = (session: AgentSession, attemptId: string): boolean =>
  session.attempts.get(attemptId)?.teamId === session.teamId;

/** What each message of an agent does. Idempotent: a message that comes again changes nothing. */
export async function carryOut(
  session: AgentSession,
  message: Exclude<AgentMessage, { type: 'ack' | 'engines' | 'managed' }>,
  { attempts, events, logs }: { attempts: Attempts; events: TaskEvents; logs: TaskLogs },
): Promise<void> {
  const ref = {
    id: 'attempt_id' in message ? message.attempt_id : '',
    fence: 'fence' in message ? message.fence : 0,
  };
  switch (message.type) {
    case 'received':
      return attempts.received(ref);
    case 'accepted':
      // Who runs a stranger's task does not say what on.
      return attempts.accepted(ref, isOwn(session, ref.id) ? message.engine_name : undefined);
    case 'declined':
      return attempts.declined(ref, message.reason);
    case 'completed':
      return attempts.completed(ref, message.outputs);
    case 'failed':
      return attempts.failed(ref, message.failure);
    case 'cancelled':
      return attempts.lost(ref, 'The agent cancelled it.');
    case 'heartbeat':
      if (message.machine) session.hello = { ...session.hello, machine: message.machine };
      if (message.engines) figures(session, message.engines);
      return;
    case 'engine_state': {
      const { engine } = message;
      const known = session.hello.engines;
      // In its place: the first engine is the one that people are shown.
      const engines = known.some(({ name }) => name === engine.name)
        ? known.map((one) => (one.name === engine.name ? engine : one))
        : [...known, engine];
      session.hello = { ...session.hello, engines };
      return;
    }
    case 'standing': {
      const { engines, labels, slots } = message;
      session.hello = { ...session.hello, engines, labels, slots };
      return;
    }
    case 'models_changed':
      session.models.take(message);
      return;
    case 'sync': {
      const { type, ...state } = message;
      session.sync = state;
      return;
    }
    case 'want_models':
      session.wantsModels = true;
      return;
    case 'progress':
    case 'preview':
    case 'log':
      live(session, message, events, logs);
      return;
    case 'hello':
      throw new Error('hello is said once, when the link opens');
  }
}

/**
 * The newest figures of engines that are known; their state is told by `engine_state` alone. The list stays the same
 * object: what scheduling has made of it (sets of thousands of node classes) stays good.
 */
function figures(session: AgentSession, told: readonly EngineFigures[]): void {
  const { engines } = session.hello;
  for (const [place, engine] of engines.entries()) {
    const newest = told.find(({ name }) => name === engine.name);
    if (newest) engines[place] = { ...engine, ...newest };
  }
}

/** Passed on to whoever watches; an attempt that is not open here has nobody. */
function live(
  session: AgentSession,
  message: Extract<AgentMessage, { type: 'progress' | 'preview' | 'log' }>,
  events: TaskEvents,
  logs: TaskLogs,
): void {
  const attempt = session.attempts.get(message.attempt_id);
  if (attempt?.fence !== message.fence || attempt.over) return;
  const task = { id: attempt.taskId, team_id: attempt.teamId };
  switch (message.type) {
    case 'progress':
      events.live(task, 'progress', {
        progress: message.progress,
        current_node: message.current_node,
        step_current: message.step_current,
        step_total: message.step_total,
        current_node_class: message.current_node_class,
        current_node_title: message.current_node_title,
      });
      return;
    case 'preview':
      events.live(task, 'preview', { content_type: message.content_type, data_base64: message.data_base64 });
      return;
    case 'log':
      logs.add(task.id, message.attempt_id, message.lines);
      events.log(task, message.lines);
      return;
  }
}
