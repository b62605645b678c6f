import { z } from 'zod';
import { roleAtLeast, successReply, uuid } from '#shared/wire/common.ts';
import { statisticsQuery, taskStatistics } from '#shared/wire/statistics.ts';
import { type TaskLog, taskLog, taskLogQuery } from '#shared/wire/task-log.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const words = { tag: 'task', ours: true } as const;
const byId = z.object({ taskId: uuid });

/** What stays of tasks: their logs and their statistics; and how they go. */
export function taskRecordRoutes(app: App, rooms: Rooms): void {
  statisticsRoute(app, rooms);
  logRoute(app, rooms);
  deleteRoute(app, rooms);
}

function statisticsRoute(app: App, { identity, tasks }: Rooms): void {
  app.get(
    '/r/tasks/statistics',
    {
      onRequest: permit(identity, 'getTaskStatistics'),
      schema: describe(
        {
          ...words,
          id: 'getTaskStatistics',
          summary: 'Get statistics of tasks',
          description:
            'Of the tasks that were submitted in a window: how many by status, day, workflow and agent, how long they ' +
            'ran and how long they waited. Deleted tasks count no more.',
        },
        { querystring: statisticsQuery },
        { 200: taskStatistics },
      ),
    },
    (request) => tasks.statistics.tasks(callerOf(request).teamId, request.query),
  );
}

const textType = 'text/plain; charset=utf-8';
const linesType = 'application/x-ndjson; charset=utf-8';

function logRoute(app: App, { identity, tasks }: Rooms): void {
  app.get(
    '/r/tasks/:taskId/log',
    {
      onRequest: permit(identity, 'getTaskLog'),
      schema: describe(
        {
          ...words,
          id: 'getTaskLog',
          summary: 'Get the log of a task',
          description:
            'What the engine said during the run, over all attempts, also while it runs. Kept with the task: its last ' +
            '5,000 lines, or 1 MB of them.',
        },
        { params: byId, querystring: taskLogQuery },
        {
          200: {
            description: 'The lines, as asked for by `format`',
            content: {
              'application/json': { schema: taskLog },
              'text/plain': { schema: z.string() },
              'application/x-ndjson': { schema: z.string() },
            },
          },
        },
      ),
    },
    async (request, reply) => {
      const { id } = tasks.find(callerOf(request).teamId, request.params.taskId);
      const { format, ...query } = request.query;
      const log = await tasks.logs.read(id, query);
      if (format === 'json') return log;
      return reply.type(format === 'text' ? textType : linesType).send(asText(log, format));
    },
  );
}

const asText = ({ lines }: TaskLog, format: 'text' | 'jsonl'): string =>
  lines.map((line) => `${format === 'text' ? line.text : JSON.stringify(line)}\n`).join('');

function deleteRoute(app: App, { identity, tasks }: Rooms): void {
  app.delete(
    '/r/tasks/:taskId',
    {
      onRequest: permit(identity, 'deleteTask'),
      schema: describe(
        {
          ...words,
          id: 'deleteTask',
          summary: 'Delete a task',
          description:
            'Its outputs, events and log go with it; its webhooks have been told. Members delete what they submitted, ' +
            'admins everything. One that is not over is a 409.',
          errors: [409],
        },
        { params: byId },
        { 200: successReply },
      ),
    },
    async (request) => {
      const { teamId, role, submitterId } = callerOf(request);
      const own = roleAtLeast(role, 'admin') ? undefined : submitterId;
      await tasks.delete(teamId, request.params.taskId, own);
      return { is_success: true as const };
    },
  );
}
