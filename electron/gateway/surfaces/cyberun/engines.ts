import { z } from 'zod';
import type { ManageAction, ManageAsk, ManageReply } from '#shared/link/manage.ts';
import type { Operation } from '#shared/rights.ts';
import { successReply } from '#shared/wire/common.ts';
import { addEngineRequest, foundList, installPlanReply, installWish } from '#shared/wire/engine-adding.ts';
import {
  engineId,
  engineIdReply,
  engineList,
  engineLog,
  engineSettings,
  logQuery,
  updateEngineRequest,
} from '#shared/wire/engines.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

export const ofAgent = z.object({ agentId: z.string().min(1).max(100) });
export const ofEngine = ofAgent.extend({ engineId });
export const engineErrors = [409, 503] as const;
export const engineWords = { tag: 'engine', ours: true, errors: engineErrors } as const;

const done = { is_success: true as const };

/** The engines of the team's agents: what they are, and what is done with them. */
export function engineRoutes(app: App, rooms: Rooms): void {
  listRoute(app, rooms);
  addRoutes(app, rooms);
  lifeRoutes(app, rooms);
  settingRoutes(app, rooms);
  logRoute(app, rooms);
}

/** Asks the agent of a request. */
export const asker =
  ({ engines }: Rooms) =>
  <Action extends ManageAction>(
    request: Parameters<typeof callerOf>[0] & { readonly params: { readonly agentId: string } },
    action: Action,
    ask: ManageAsk<Action>,
  ): Promise<ManageReply<Action>> =>
    engines.ask(callerOf(request).teamId, request.params.agentId, action, ask);

function listRoute(app: App, { identity, engines }: Rooms): void {
  app.get(
    '/engines',
    {
      onRequest: permit(identity, 'listEngines'),
      schema: describe(
        {
          ...engineWords,
          id: 'listEngines',
          summary: 'List the engines of all connected agents',
          description:
            'As each agent reported them last; `engines_changed` on the team’s stream tells of changes.',
        },
        {},
        { 200: engineList },
      ),
    },
    (request) => {
      const reports = engines.list(callerOf(request).teamId);
      return {
        engine_list: reports.flatMap(({ agentId, report }) =>
          report.engines.map((card) => ({ ...card, agent_id: agentId })),
        ),
        agent_list: reports.map(({ agentId, report }) => ({ agent_id: agentId, managed: report.managed })),
      };
    },
  );
}

function addRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.post(
    '/agents/:agentId/engines/discover',
    {
      onRequest: permit(rooms.identity, 'discoverEngines'),
      schema: describe(
        {
          ...engineWords,
          id: 'discoverEngines',
          summary: 'Look for ComfyUI on an agent’s machine',
          description: 'Looks in the usual places and changes nothing.',
        },
        { params: ofAgent },
        { 200: foundList },
      ),
    },
    (request) => ask(request, 'discover', {}),
  );
  app.post(
    '/agents/:agentId/engines/plan',
    {
      onRequest: permit(rooms.identity, 'planEngine'),
      schema: describe(
        {
          ...engineWords,
          id: 'planEngine',
          summary: 'Show what an install would do',
          description: 'Looks at the machine and changes nothing.',
        },
        { params: ofAgent, body: installWish },
        { 200: installPlanReply },
      ),
    },
    (request) => ask(request, 'plan', { wish: request.body }),
  );
  app.post(
    '/agents/:agentId/engines',
    {
      onRequest: permit(rooms.identity, 'addEngine'),
      schema: describe(
        {
          ...engineWords,
          id: 'addEngine',
          summary: 'Attach, adopt or install an engine',
          description: 'An install goes on as the engine’s job; the list shows how far it is.',
        },
        { params: ofAgent, body: addEngineRequest },
        { 201: engineIdReply },
      ),
    },
    async (request, reply) => reply.code(201).send(await ask(request, 'add', { wish: request.body })),
  );
}

/** What is done to one engine without more to say: operation, action, last part of the path, words. */
const simple = [
  [
    'startEngine',
    'start',
    'start',
    'Start an engine, or connect to it',
    'It takes tasks from now on, and starts with Atelier. The list shows how far it is.',
  ],
  ['stopEngine', 'stop', 'stop', 'Stop an engine, or leave it', 'What runs in it goes back in line.'],
  [
    'restartEngine',
    'restart',
    'restart',
    'Stop an engine and start it again',
    'What runs in it goes back in line.',
  ],
  [
    'freeEngine',
    'free',
    'free',
    'Unload an engine’s models',
    'Gives graphics memory back to other programs; the next run loads them again.',
  ],
  [
    'resumeEngineInstall',
    'resume',
    'resume',
    'Go on with an install that broke off',
    'Steps that are over are not done again.',
  ],
  [
    'cancelEngineJob',
    'cancel_job',
    'cancel',
    'Interrupt what is being done to an engine',
    'A broken-off install can be resumed.',
  ],
] as const satisfies readonly (readonly [Operation, ManageAction, string, string, string])[];

function lifeRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  for (const [id, action, path, summary, description] of simple) {
    app.post(
      `/agents/:agentId/engines/:engineId/${path}`,
      {
        onRequest: permit(rooms.identity, id),
        schema: describe(
          { ...engineWords, id, summary, description },
          { params: ofEngine },
          { 200: successReply },
        ),
      },
      async (request) => {
        await ask(request, action, { engine_id: request.params.engineId });
        return done;
      },
    );
  }
  app.delete(
    '/agents/:agentId/engines/:engineId',
    {
      onRequest: permit(rooms.identity, 'removeEngine'),
      schema: describe(
        {
          ...engineWords,
          id: 'removeEngine',
          summary: 'Forget an engine',
          description:
            'A folder that was adopted stays as it is. What Atelier installed is deleted with its node packs and ' +
            'outputs, only when `delete_files` is true; else that is a 409.',
        },
        { params: ofEngine, querystring: z.object({ delete_files: z.stringbool().default(false) }) },
        { 200: successReply },
      ),
    },
    async (request) => {
      const { delete_files } = request.query;
      await ask(request, 'remove', { engine_id: request.params.engineId, delete_files });
      return done;
    },
  );
}

function settingRoutes(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.get(
    '/agents/:agentId/engines/:engineId/settings',
    {
      onRequest: permit(rooms.identity, 'getEngineSettings'),
      schema: describe(
        { ...engineWords, id: 'getEngineSettings', summary: 'Get how an engine is launched' },
        { params: ofEngine },
        { 200: engineSettings },
      ),
    },
    (request) => ask(request, 'settings', { engine_id: request.params.engineId }),
  );
  app.put(
    '/agents/:agentId/engines/:engineId/settings',
    {
      onRequest: permit(rooms.identity, 'updateEngineSettings'),
      schema: describe(
        {
          ...engineWords,
          id: 'updateEngineSettings',
          summary: 'Change how an engine is launched',
          description:
            'Checked against what this very ComfyUI offers; holds from the next start. A snapshot is taken first.',
        },
        { params: ofEngine, body: updateEngineRequest },
        { 200: successReply },
      ),
    },
    async (request) => {
      await ask(request, 'update', { engine_id: request.params.engineId, change: request.body });
      return done;
    },
  );
}

function logRoute(app: App, rooms: Rooms): void {
  const ask = asker(rooms);
  app.get(
    '/agents/:agentId/engines/:engineId/log',
    {
      onRequest: permit(rooms.identity, 'getEngineLog'),
      schema: describe(
        {
          ...engineWords,
          id: 'getEngineLog',
          summary: 'Read an engine’s log',
          description: 'The last lines; with `after`, what came since. Search and level choose among them.',
        },
        { params: ofEngine, querystring: logQuery },
        { 200: engineLog },
      ),
    },
    (request) => ask(request, 'log', { engine_id: request.params.engineId, query: request.query }),
  );
}
