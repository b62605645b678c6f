import { z } from 'zod';
import { idReply, uuid } from '#shared/wire/common.ts';
import { workflowEstimate } from '#shared/wire/workflow-life.ts';
import { importWorkflowRequest, workflowTags } from '#shared/wire/workflows.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { estimateOf } from '../../workflows/estimate.ts';
import { describe } from './route.ts';

const words = { tag: 'workflow', ours: true } as const;
const byId = z.object({ workflowId: uuid });

/** How a workflow begins and ends, and what is known about all of them. */
export function workflowLifeRoutes(app: App, rooms: Rooms): void {
  createRoute(app, rooms);
  deleteRoute(app, rooms);
  tagsRoute(app, rooms);
  estimateRoute(app, rooms);
}

function createRoute(app: App, { identity, workflows }: Rooms): void {
  app.post(
    '/workflows',
    {
      config: { carriesWorkflow: true },
      onRequest: permit(identity, 'createWorkflow'),
      schema: describe(
        {
          ...words,
          id: 'createWorkflow',
          summary: 'Create a workflow',
          description: 'As an import, but a slug that is taken is a 409 instead of a new version.',
          errors: [409],
        },
        { body: importWorkflowRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { teamId, userId } = callerOf(request);
      if (request.body.tool_type === 'nerfstudio') identity.features.require('team', 'nerfstudio', teamId);
      return { id: await workflows.create(teamId, request.body, userId) };
    },
  );
}

function deleteRoute(app: App, { identity, workflows }: Rooms): void {
  app.delete(
    '/workflows/:workflowId',
    {
      onRequest: permit(identity, 'deleteWorkflow'),
      schema: describe(
        {
          ...words,
          id: 'deleteWorkflow',
          summary: 'Delete a workflow',
          description:
            'Its tasks and their outputs stay, those that are under way too, and its slug is free again. There is no way ' +
            'back; export it first.',
        },
        { params: byId },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      await workflows.delete(callerOf(request).teamId, request.params.workflowId);
      return reply.code(204).send(null);
    },
  );
}

function tagsRoute(app: App, { identity, workflows }: Rooms): void {
  app.get(
    '/workflows/tags',
    {
      onRequest: permit(identity, 'listWorkflowTags'),
      schema: describe(
        {
          ...words,
          id: 'listWorkflowTags',
          summary: 'List the tags in use',
          description: 'With how many workflows have each, the most used first.',
        },
        {},
        { 200: workflowTags },
      ),
    },
    (request) => ({ tag_list: workflows.tags(callerOf(request).teamId) }),
  );
}

function estimateRoute(app: App, { identity, store }: Rooms): void {
  app.get(
    '/workflows/:workflowId/estimate',
    {
      onRequest: permit(identity, 'estimateWorkflow'),
      schema: describe(
        {
          ...words,
          id: 'estimateWorkflow',
          summary: 'Estimate how long a run takes',
          description: 'The middle of the newest finished runs, without the time in line.',
        },
        { params: byId },
        { 200: workflowEstimate },
      ),
    },
    (request) => estimateOf(store, callerOf(request).teamId, request.params.workflowId),
  );
}
