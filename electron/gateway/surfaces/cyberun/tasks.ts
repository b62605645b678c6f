import { z } from 'zod';
import { paginationQuery, successReply, uuid } from '#shared/wire/common.ts';
import { runReply, runRequest, taskDetail, taskList, taskListQuery, taskResult } from '#shared/wire/tasks.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { originOf } from './files.ts';
import { describe } from './route.ts';

const tag = 'task';
const byId = z.object({ taskId: uuid });

/** Running workflows, and the tasks that come of it (Cyberun spec 3.9, 3.10). */
export function taskRoutes(app: App, rooms: Rooms): void {
  runRoutes(app, rooms);
  listRoute(app, rooms);
  readRoutes(app, rooms);
  cancelRoute(app, rooms);
}

function runRoutes(app: App, { identity, workflows, tasks }: Rooms): void {
  app.post(
    '/r/workflows/:workflowId/run',
    {
      onRequest: permit(identity, 'runWorkflow'),
      schema: describe(
        {
          tag,
          id: 'runWorkflow',
          summary: 'Execute a workflow by ID',
          description:
            'Answers once the task is on disk. Poll the task, or follow its events. An unknown key, a missing required ' +
            'one, a wrong type, a number outside min and max, a value outside options, and a file that is not uploaded, ' +
            'of another team or of a type that is not accepted are each a 400 that names the key and the rule. ' +
            '`{}` is fine when nothing is required.',
          errors: [409, 429],
        },
        { params: z.object({ workflowId: uuid }), body: runRequest },
        { 202: runReply },
      ),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const workflow = workflows.get(caller.teamId, request.params.workflowId);
      return reply.code(202).send({ task_id: await tasks.submit(caller, workflow, request.body) });
    },
  );

  app.post(
    '/r/workflows/slug/:workflowSlug/run',
    {
      onRequest: permit(identity, 'runWorkflowBySlug'),
      schema: describe(
        {
          tag,
          id: 'runWorkflowBySlug',
          summary: 'Execute a workflow by slug',
          description: 'As by id; takes `slug`, or `slug@version` for an older version.',
          errors: [409, 429],
        },
        { params: z.object({ workflowSlug: z.string().max(120) }), body: runRequest },
        { 202: runReply },
      ),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const workflow = workflows.bySlug(caller.teamId, request.params.workflowSlug);
      return reply.code(202).send({ task_id: await tasks.submit(caller, workflow, request.body) });
    },
  );
}

function listRoute(app: App, { identity, tasks }: Rooms): void {
  app.get(
    '/r/tasks',
    {
      onRequest: permit(identity, 'listTasks'),
      schema: describe(
        { tag, id: 'listTasks', summary: 'List tasks', description: 'Newest first.' },
        { querystring: taskListQuery },
        { 200: taskList },
      ),
    },
    (request) => {
      const { tasks: task_list, total } = tasks.list(callerOf(request).teamId, request.query);
      const { current_page, per_page } = paginationQuery.parse(request.query);
      return { task_list, page_meta: { current_page, per_page, total_count: total } };
    },
  );
}

function readRoutes(app: App, { identity, tasks }: Rooms): void {
  app.get(
    '/r/tasks/:taskId',
    {
      onRequest: permit(identity, 'getTask'),
      schema: describe(
        { tag, id: 'getTask', summary: 'Get task status', description: 'What it made is in its result.' },
        { params: byId },
        { 200: taskDetail },
      ),
    },
    (request) => tasks.detail(callerOf(request).teamId, request.params.taskId),
  );

  app.get(
    '/r/tasks/:taskId/result',
    {
      onRequest: permit(identity, 'getTaskResult'),
      schema: describe(
        {
          tag,
          id: 'getTaskResult',
          summary: 'Get task result',
          description:
            'For tasks that are over; of all others, and of failed and cancelled ones, the output is null.',
        },
        { params: byId },
        { 200: taskResult },
      ),
    },
    (request) => tasks.result(callerOf(request).teamId, request.params.taskId, originOf(request)),
  );
}

function cancelRoute(app: App, { identity, tasks }: Rooms): void {
  app.post(
    '/r/tasks/:taskId/cancel',
    {
      onRequest: permit(identity, 'cancelTask'),
      schema: describe(
        {
          tag,
          id: 'cancelTask',
          summary: 'Cancel a task',
          description: 'A task that is over stays as it is.',
        },
        { params: byId },
        { 200: successReply },
      ),
    },
    async (request) => {
      await tasks.cancel(callerOf(request).teamId, request.params.taskId);
      return { is_success: true as const };
    },
  );
}
