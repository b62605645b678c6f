import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import { type ManageAction, type ManageAsk, manageReply } from '#shared/link/manage.ts';
import type { Operation } from '#shared/rights.ts';
import { successReply } from '#shared/wire/common.ts';
import { engineId } from '#shared/wire/engines.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

export const ofAgent = z.object({ agentId: z.string().min(1).max(100) });
export const ofEngine = ofAgent.extend({ engineId });
export const engineWords = { tag: 'engine', ours: true, errors: [409, 503] } as const;

/** What a request says, read by the route's schemas. */
interface Said<Params extends z.ZodType, Body extends z.ZodType, Query extends z.ZodType> {
  readonly params: z.output<Params>;
  readonly body: z.output<Body>;
  readonly query: z.output<Query>;
  /** Of the caller. */
  readonly teamId: string;
}

interface EngineRoute<
  Action extends ManageAction,
  Params extends typeof ofAgent,
  Body extends z.ZodType,
  Query extends z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/agents/{agentId}/engines`. */
  readonly path: string;
  readonly id: Operation;
  readonly summary: string;
  readonly description?: string;
  readonly params: Params;
  readonly body?: Body;
  readonly query?: Query;
  /** What the agent is asked to do, and with what; its answer is the reply, that of a mere deed a success. */
  readonly action: Action;
  ask(said: Said<Params, Body, Query>): ManageAsk<Action> | Promise<ManageAsk<Action>>;
  /** 200 when left out. */
  readonly status?: 200 | 201;
}

/** A route that has an agent do something about its engines. */
export function engineRoute<
  Action extends ManageAction,
  Params extends typeof ofAgent,
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
>(app: App, { identity, engines }: Rooms, route: EngineRoute<Action, Params, Body, Query>): void {
  const { method, path, id, summary, description, params, body, query, action, status = 200 } = route;
  const answer: z.ZodType = manageReply(action);
  const reply = answer instanceof z.ZodNull ? successReply : answer;
  const shapes = { params, ...(body && { body }), ...(query && { querystring: query }) };
  const words = { ...engineWords, id, summary, ...(description && { description }) };
  app.route({
    method,
    url: `/agents/:agentId/engines${path}`,
    onRequest: permit(identity, id),
    schema: describe(words, shapes, { [status]: reply }) as FastifySchema,
    handler: async (request, out) => {
      const { teamId } = callerOf(request);
      // Read by the very schemas that these types come from.
      const said = request as unknown as Omit<Said<Params, Body, Query>, 'teamId'>;
      const ask = await route.ask({ params: said.params, body: said.body, query: said.query, teamId });
      const answered = await engines.ask(teamId, said.params.agentId, action, ask);
      return out.code(status).send(answered ?? { is_success: true });
    },
  });
}
