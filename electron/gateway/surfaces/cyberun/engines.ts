import { z } from 'zod';
import type { ManageAction } from '#shared/link/manage.ts';
import type { Operation } from '#shared/rights.ts';
import { addEngineRequest, installWish } from '#shared/wire/engine-adding.ts';
import { engineList, logQuery, updateEngineRequest } from '#shared/wire/engines.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { engineRoute, engineWords, ofAgent, ofEngine } from './engine-route.ts';
import { describe } from './route.ts';

/** The engines of the team's agents: what they are, and what is done with them. */
export function engineRoutes(app: App, rooms: Rooms): void {
  listRoute(app, rooms);
  addRoutes(app, rooms);
  lifeRoutes(app, rooms);
  settingRoutes(app, rooms);
}

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
  engineRoute(app, rooms, {
    ...{ method: 'POST', path: '/discover', id: 'discoverEngines', action: 'discover', params: ofAgent },
    summary: 'Look for ComfyUI on an agent’s machine',
    description: 'Looks in the usual places and changes nothing.',
    ask: () => ({}),
  });
  engineRoute(app, rooms, {
    ...{
      method: 'POST',
      path: '/plan',
      id: 'planEngine',
      action: 'plan',
      params: ofAgent,
      body: installWish,
    },
    summary: 'Show what an install would do',
    description: 'Looks at the machine and changes nothing.',
    ask: ({ body }) => ({ wish: body }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'POST', path: '', id: 'addEngine', action: 'add', params: ofAgent, body: addEngineRequest },
    summary: 'Attach, adopt or install an engine',
    description: 'An install goes on as the engine’s job; the list shows how far it is.',
    status: 201,
    ask: ({ body }) => ({ wish: body }),
  });
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
  [
    'dismissEngineJob',
    'dismiss_job',
    'dismiss',
    'Dismiss what was done to an engine',
    'How it ended is not shown any more; what it did stays. One that goes on is interrupted first.',
  ],
] as const satisfies readonly (readonly [Operation, ManageAction, string, string, string])[];

function lifeRoutes(app: App, rooms: Rooms): void {
  for (const [id, action, path, summary, description] of simple) {
    engineRoute(app, rooms, {
      ...{ method: 'POST', path: `/:engineId/${path}`, id, action, summary, description, params: ofEngine },
      ask: ({ params }) => ({ engine_id: params.engineId }),
    });
  }
  engineRoute(app, rooms, {
    ...{ method: 'DELETE', path: '/:engineId', id: 'removeEngine', action: 'remove', params: ofEngine },
    query: z.object({ delete_files: z.stringbool().default(false) }),
    summary: 'Forget an engine',
    description:
      'A folder that was adopted stays as it is. What Atelier installed is deleted with its node packs and ' +
      'outputs, only when `delete_files` is true; else that is a 409. What was taken out of an adopted folder, and ' +
      'outputs that lay apart from it, are kept: `kept_at` says where.',
    ask: ({ params, query }) => ({ engine_id: params.engineId, ...query }),
  });
}

function settingRoutes(app: App, rooms: Rooms): void {
  const settings = { path: '/:engineId/settings', params: ofEngine } as const;
  engineRoute(app, rooms, {
    ...{ method: 'GET', ...settings, id: 'getEngineSettings', action: 'settings' },
    summary: 'Get how an engine is launched',
    ask: ({ params }) => ({ engine_id: params.engineId }),
  });
  engineRoute(app, rooms, {
    ...{
      method: 'PUT',
      ...settings,
      id: 'updateEngineSettings',
      action: 'update',
      body: updateEngineRequest,
    },
    summary: 'Change how an engine is launched',
    description:
      'Checked against what this very ComfyUI offers; holds from the next start. A snapshot is taken first.',
    ask: ({ params, body }) => ({ engine_id: params.engineId, change: body }),
  });
  engineRoute(app, rooms, {
    ...{ method: 'GET', path: '/:engineId/log', id: 'getEngineLog', action: 'log', params: ofEngine },
    query: logQuery,
    summary: 'Read an engine’s log',
    description: 'The last lines; with `after`, what came since. Search and level choose among them.',
    ask: ({ params, query }) => ({ engine_id: params.engineId, query }),
  });
}
