import { z } from 'zod';
import { idReply, toTimestamp, uuid } from '#shared/wire/common.ts';
import {
  type SnapshotItem,
  snapshotDetail,
  snapshotList,
  snapshotListQuery,
  snapshotNoteRequest,
} from '#shared/wire/workflow-life.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import type { WorkflowRow, WorkflowSnapshotRow } from '../../store/schema.ts';
import { describe } from './route.ts';

const tag = 'workflow';
const byId = z.object({ workflowId: uuid });
const bySnapshot = z.object({ workflowId: uuid, snapshotId: uuid });

/** The versions of a workflow (Cyberun spec 5.9). Every save makes one; there is no other way to make one. */
export function snapshotRoutes(app: App, rooms: Rooms): void {
  lookRoutes(app, rooms);
  changeRoutes(app, rooms);
}

function lookRoutes(app: App, { identity, workflows }: Rooms): void {
  app.get(
    '/workflows/:workflowId/snapshots',
    {
      onRequest: permit(identity, 'listWorkflowSnapshots'),
      schema: describe(
        {
          tag,
          ours: true,
          id: 'listWorkflowSnapshots',
          summary: 'List the versions of a workflow',
          description: 'Newest first, 50 to a page. None is ever thrown away.',
        },
        { params: byId, querystring: snapshotListQuery },
        { 200: snapshotList },
      ),
    },
    (request) => {
      const { teamId } = callerOf(request);
      const { workflowId } = request.params;
      const { workflow, snapshots, total } = workflows.history.list(teamId, workflowId, request.query);
      return {
        snapshot_list: snapshots.map((snapshot) => item(identity, workflow, snapshot)),
        page_meta: { ...request.query, total_count: total },
      };
    },
  );

  app.get(
    '/workflows/:workflowId/snapshots/:snapshotId',
    {
      onRequest: permit(identity, 'getWorkflowSnapshot'),
      schema: describe(
        { tag, id: 'getWorkflowSnapshot', summary: 'Get a version of a workflow' },
        { params: bySnapshot },
        { 200: snapshotDetail },
      ),
    },
    (request) => {
      const { teamId, kind } = callerOf(request);
      const { workflowId, snapshotId } = request.params;
      const { workflow, version } = workflows.history.get(teamId, workflowId, snapshotId);
      const { snapshot } = version;
      return {
        ...item(identity, workflow, snapshot),
        ...(kind === 'user' ? { workflow_json: version.graph as Record<string, unknown> } : {}),
        workflow_params: version.parameters,
        description: snapshot.description,
        required_labels: version.requiredLabels,
        required_models: version.requiredModels,
        task_timeout: snapshot.task_timeout,
        max_retries: snapshot.max_retries,
        preferred_gpu: snapshot.preferred_gpu,
        min_vram_gb: snapshot.min_vram_gb,
      };
    },
  );
}

function changeRoutes(app: App, { identity, workflows }: Rooms): void {
  app.put(
    '/workflows/:workflowId/snapshots/:snapshotId/note',
    {
      onRequest: permit(identity, 'noteWorkflowSnapshot'),
      schema: describe(
        { tag, ours: true, id: 'noteWorkflowSnapshot', summary: 'Write a note on a version' },
        { params: bySnapshot, body: snapshotNoteRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { workflowId, snapshotId: id } = request.params;
      await workflows.history.note(callerOf(request).teamId, workflowId, id, request.body.snapshot_note);
      return { id };
    },
  );

  app.post(
    '/workflows/:workflowId/snapshots/:snapshotId/restore',
    {
      onRequest: permit(identity, 'restoreWorkflowSnapshot'),
      schema: describe(
        {
          tag,
          ours: true,
          id: 'restoreWorkflowSnapshot',
          summary: 'Bring an older version back',
          description:
            'It becomes the newest version; the one that was current stays in the list. Tasks that were submitted keep ' +
            'theirs.',
          errors: [409],
        },
        { params: bySnapshot },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { teamId, userId } = callerOf(request);
      const { workflowId, snapshotId } = request.params;
      return { id: await workflows.history.restore(teamId, workflowId, snapshotId, userId) };
    },
  );
}

function item(
  identity: Rooms['identity'],
  workflow: WorkflowRow,
  snapshot: WorkflowSnapshotRow,
): SnapshotItem {
  const by = snapshot.saved_by === null ? undefined : identity.user(snapshot.saved_by);
  return {
    id: snapshot.id,
    workflow_id: workflow.id,
    workflow_version: snapshot.version,
    created_at: toTimestamp(snapshot.created_at),
    ...(snapshot.note ? { snapshot_note: snapshot.note } : {}),
    tool_type: snapshot.tool_type,
    display_name: snapshot.display_name,
    is_current: snapshot.id === workflow.snapshot_id,
    saved_by: by?.display_name ?? null,
  };
}
