import { z } from 'zod';
import { successReply, uuid } from '#shared/wire/common.ts';
import {
  cancelManyReply,
  cancelManyRequest,
  priorityReply,
  priorityRequest,
  queueState,
} from '#shared/wire/queue.ts';
import { runReply } from '#shared/wire/tasks.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const words = { tag: 'task', ours: true } as const;
const byId = z.object({ taskId: uuid });

/** The line of tasks: its order, its pauses, and what is done to tasks by hand. */
export function queueRoutes(app: App, rooms: Rooms): void {
  stateRoutes(app, rooms);
  orderRoutes(app, rooms);
  retryRoute(app, rooms);
  cancelManyRoute(app, rooms);
}

function stateRoutes(app: App, { identity, tasks }: Rooms): void {
  app.get(
    '/r/queue',
    {
      onRequest: permit(identity, 'getQueue'),
      schema: describe(
        { ...words, id: 'getQueue', summary: 'Get the state of the queue' },
        {},
        { 200: queueState },
      ),
    },
    (request) => tasks.line.state(callerOf(request).teamId),
  );

  for (const [verb, pause, description] of [
    [
      'pause',
      true,
      'No waiting task of the team starts until it is resumed, also after a restart; what runs goes on.',
    ],
    ['resume', false, 'Waiting tasks start again. A queue that is not paused stays as it is.'],
  ] as const) {
    app.post(
      `/queue/${verb}`,
      {
        onRequest: permit(identity, `${verb}Queue`),
        schema: describe(
          { ...words, id: `${verb}Queue`, summary: `${pause ? 'Pause' : 'Resume'} the queue`, description },
          {},
          { 200: successReply },
        ),
      },
      async (request) => {
        await tasks.line.pause(callerOf(request).teamId, pause);
        return { is_success: true as const };
      },
    );
  }
}

function orderRoutes(app: App, { identity, tasks }: Rooms): void {
  app.put(
    '/r/tasks/:taskId/priority',
    {
      onRequest: permit(identity, 'setTaskPriority'),
      schema: describe(
        {
          ...words,
          id: 'setTaskPriority',
          summary: 'Set the priority of a waiting task',
          description: 'For a task that stands in line; one that an agent has is a 409.',
          errors: [409],
        },
        { params: byId, body: priorityRequest },
        { 200: priorityReply },
      ),
    },
    async (request) => {
      const { taskId: id } = request.params;
      const { priority } = request.body;
      return { id, priority: await tasks.line.setPriority(callerOf(request).teamId, id, priority) };
    },
  );

  app.post(
    '/r/tasks/:taskId/move-first',
    {
      onRequest: permit(identity, 'moveTaskFirst'),
      schema: describe(
        {
          ...words,
          id: 'moveTaskFirst',
          summary: 'Move a waiting task to the front of the line',
          description: 'It gets a priority above all other tasks of the team that stand in line.',
          errors: [409],
        },
        { params: byId },
        { 200: priorityReply },
      ),
    },
    async (request) => {
      const { taskId: id } = request.params;
      return { id, priority: await tasks.line.moveFirst(callerOf(request).teamId, id) };
    },
  );
}

function retryRoute(app: App, { identity, tasks }: Rooms): void {
  app.post(
    '/r/tasks/:taskId/retry',
    {
      onRequest: permit(identity, 'retryTask'),
      schema: describe(
        {
          ...words,
          id: 'retryTask',
          summary: 'Run a task again',
          description:
            'A new task with the same workflow version and values; its `retry_of` names the old one. One that is not ' +
            'over yet, or whose workflow is disabled, is a 409.',
          errors: [409, 429],
        },
        { params: byId },
        { 202: runReply },
      ),
    },
    async (request, reply) => {
      const task_id = await tasks.retry(callerOf(request), request.params.taskId);
      return reply.code(202).send({ task_id });
    },
  );
}

function cancelManyRoute(app: App, { identity, tasks }: Rooms): void {
  app.post(
    '/r/tasks/cancel',
    {
      onRequest: permit(identity, 'cancelTasks'),
      schema: describe(
        {
          ...words,
          id: 'cancelTasks',
          summary: 'Cancel many tasks',
          description:
            'Those named, all open ones of a workflow, or all of the team. Those that are over stay as they are.',
        },
        { body: cancelManyRequest },
        { 200: cancelManyReply },
      ),
    },
    (request) => tasks.cancelMany(callerOf(request).teamId, request.body),
  );
}
