import { z } from 'zod';
import { batchReply, batchRequest } from '#shared/wire/batch.ts';
import { uuid } from '#shared/wire/common.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

/** Many runs of one workflow in one request. */
export function batchRoute(app: App, { identity, workflows, tasks }: Rooms): void {
  app.post(
    '/r/workflows/:workflowId/run-batch',
    {
      onRequest: permit(identity, 'runWorkflowBatch'),
      schema: describe(
        {
          tag: 'task',
          id: 'runWorkflowBatch',
          summary: 'Execute a workflow many times',
          description:
            'A list of runs, or a sweep over parameters; at most 1,000 tasks, all accepted or none. With `dry_run` ' +
            'everything is checked and counted, answered with 200, and nothing runs.',
          ours: true,
          errors: [409, 429],
        },
        { params: z.object({ workflowId: uuid }), body: batchRequest },
        { 200: batchReply, 202: batchReply },
      ),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const workflow = workflows.get(caller.teamId, request.params.workflowId);
      const accepted = await tasks.submitBatch(caller, workflow, request.body);
      return reply.code(request.body.dry_run ? 200 : 202).send(accepted);
    },
  );
}
