import { inspectWorkflowReply, inspectWorkflowRequest } from '#shared/wire/inspect.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

/** What a workflow is, before it is imported. Changes nothing. */
export function inspectRoute(app: App, { identity, inspection }: Rooms): void {
  app.post(
    '/workflows/inspect',
    {
      config: { carriesWorkflow: true },
      onRequest: permit(identity, 'inspectWorkflow'),
      schema: describe(
        {
          tag: 'workflow',
          id: 'inspectWorkflow',
          summary: 'Inspect a workflow',
          description:
            'Converts a workflow of the editor’s format, proposes a form, and says for each connected agent whether it will run. Nothing is saved.',
          ours: true,
        },
        { body: inspectWorkflowRequest },
        { 200: inspectWorkflowReply },
      ),
    },
    (request) => inspection.inspect(callerOf(request).teamId, request.body.workflow),
  );
}
