import { randomUUID } from 'node:crypto';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import {
  type ManageAction,
  type ManageAsk,
  type ManageRefusal,
  type ManageReply,
  manageReply,
} from '#shared/link/manage.ts';
import type { AgentMessage } from '#shared/link/protocol.ts';
import type { EngineReport } from '#shared/wire/engines.ts';
import type { AgentRegistry } from '../agents/registry.ts';
import type { AgentSession } from '../agents/session.ts';

type Managed = Extract<AgentMessage, { type: 'managed' }>;

/** Longest wait for an answer: asking a ComfyUI for its options imports half of torch; resolving a pack asks an index. */
const answerMs = 300_000;

interface Asked {
  readonly session: AgentSession;
  answer(message: Managed): void;
  fail(error: AppError): void;
}

const codes: Readonly<Record<ManageRefusal['code'], ErrorCode>> = {
  not_found: 'not_found',
  conflict: 'conflict',
  bad_request: 'bad_request',
  forbidden: 'forbidden',
  internal: 'internal',
};

const blank: EngineReport = { managed: false, engines: [] };

/** The engines of the agents that are connected: what they report, and what they are asked to do with them. */
export class Engines {
  readonly #agents: AgentRegistry;
  readonly #reports = new WeakMap<AgentSession, EngineReport>();
  readonly #asked = new Map<string, Asked>();
  readonly #changed: (teamId: string) => void;

  /** @param changed told after each report of an agent of this team. */
  constructor(agents: AgentRegistry, changed: (teamId: string) => void) {
    this.#agents = agents;
    this.#changed = changed;
    agents.onChange((session) => {
      if (!session.connected) this.#gone(session);
    });
    agents.onEngines({
      reported: (session, report) => {
        this.#reports.set(session, report);
        this.#changed(session.teamId);
      },
      managed: (session, message) => {
        const asked = this.#asked.get(message.request_id);
        if (asked?.session === session) asked.answer(message);
      },
    });
  }

  /** What each connected agent of a team reported last, with the newest figures. */
  list(teamId: string): { agentId: string; report: EngineReport }[] {
    return this.#agents.list(teamId).map((session) => ({
      agentId: session.agentId,
      report: withFigures(this.#reports.get(session) ?? blank, session),
    }));
  }

  /** Asks an agent; throws what the agent refuses in its own words. */
  async ask<Action extends ManageAction>(
    teamId: string,
    agentId: string,
    action: Action,
    ask: ManageAsk<Action>,
  ): Promise<ManageReply<Action>> {
    const session = this.#agents.list(teamId).find((one) => one.agentId === agentId);
    if (!session) throw new AppError('not_found', `No agent named "${agentId}" is connected.`);
    if (!this.#reports.get(session)?.managed) {
      throw new AppError(
        'forbidden',
        `The agent "${agentId}" does not let this studio manage its engines; its owner can start it with --managed.`,
      );
    }
    const { result, refusal } = await this.#send(session, action, ask);
    if (refusal) throw new AppError(codes[refusal.code], refusal.message);
    return manageReply(action).parse(result) as ManageReply<Action>;
  }

  #send(session: AgentSession, action: ManageAction, ask: ManageAsk): Promise<Managed> {
    const { promise, resolve, reject } = Promise.withResolvers<Managed>();
    const requestId = randomUUID();
    const patience = setTimeout(
      () => reject(new AppError('unavailable', 'The agent did not answer; look at its engines again.')),
      answerMs,
    );
    this.#asked.set(requestId, { session, answer: resolve, fail: reject });
    session.tell({ type: 'manage', request_id: requestId, action, ask });
    return promise.finally(() => {
      clearTimeout(patience);
      this.#asked.delete(requestId);
    });
  }

  /** Nobody knows whether it was done: the caller has to look. */
  #gone(session: AgentSession): void {
    for (const asked of this.#asked.values()) {
      if (asked.session !== session) continue;
      asked.fail(
        new AppError(
          'unavailable',
          'The connection to the agent broke; look at its engines when it is back.',
        ),
      );
    }
    this.#changed(session.teamId);
  }
}

/** Reports come when something changes; memory and queue move all the time and come with the heartbeat. */
function withFigures(report: EngineReport, { hello }: AgentSession): EngineReport {
  const engines = report.engines.map((card) => {
    const served = hello.engines.find(({ name }) => name === card.engine_id);
    if (served?.state !== 'ready') return card;
    return { ...card, devices: served.devices, queue_remaining: served.queue_remaining ?? null };
  });
  return { ...report, engines };
}
