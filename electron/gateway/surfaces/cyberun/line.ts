import { z } from 'zod';
import { paginationQuery, uuid } from '#shared/wire/common.ts';
import { moveRequest, priorityReply } from '#shared/wire/queue.ts';
import { taskList } from '#shared/wire/tasks.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const words = { tag: 'task', ours: true } as const;

/** The line as people see it: in its order, and put into another. */
export function lineRoutes(app: App, { identity, tasks, scheduler }: Rooms): void {
  app.get(
    '/r/queue/tasks',
    {
      onRequest: permit(identity, 'listQueue'),
      schema: describe(
        {
          ...words,
          id: 'listQueue',
          summary: 'List the tasks that stand in line',
          description:
            'Next first, as far as agents can take them: by priority, people in turn, each one’s by their places.',
        },
        { querystring: paginationQuery },
        { 200: taskList },
      ),
    },
    (request) => {
      const { current_page, per_page } = request.query;
      const { ids, total } = scheduler.inLine(
        callerOf(request).teamId,
        (current_page - 1) * per_page,
        per_page,
      );
      return { task_list: tasks.views(ids), page_meta: { current_page, per_page, total_count: total } };
    },
  );

  app.post(
    '/r/tasks/:taskId/move',
    {
      onRequest: permit(identity, 'moveTask'),
      schema: describe(
        {
          ...words,
          id: 'moveTask',
          summary: 'Move a waiting task beside another one',
          description:
            'It takes the other one’s priority and stands directly before or after it. People still take turns: beside ' +
            'somebody else’s task it goes to the nearest turn of its own submitter. A task that is not in line is a 409.',
          errors: [409],
        },
        { params: z.object({ taskId: uuid }), body: moveRequest },
        { 200: priorityReply },
      ),
    },
    async (request) => {
      const { taskId: id } = request.params;
      const { before, after } = request.body;
      const beside = before === undefined ? { after: after ?? '' } : { before };
      return { id, priority: await tasks.line.moveBeside(callerOf(request).teamId, id, beside) };
    },
  );
}
