import { z } from 'zod';
import { idReply, toTimestamp, uuid } from '#shared/wire/common.ts';
import { workflowVerdict } from '#shared/wire/inspect.ts';
import {
  exportQuery,
  importWorkflowRequest,
  starWorkflowRequest,
  updateWorkflowRequest,
  type WorkflowDetail,
  workflowDetail,
  workflowList,
  workflowListQuery,
} from '#shared/wire/workflows.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { tagsIn, type Workflow } from '../../workflows/workflows.ts';
import { describe } from './route.ts';

const tag = 'workflow';
const byId = z.object({ workflowId: uuid });
const bySlug = z.object({
  workflowSlug: z
    .string()
    .max(120)
    .meta({ description: 'A slug, or slug@version.', examples: ['text-to-image@2'] }),
});

/** Workflows for those who manage them, and for those who run them (without the graph for keys). */
export function workflowRoutes(app: App, rooms: Rooms): void {
  saveRoutes(app, rooms);
  starRoute(app, rooms);
  exportRoute(app, rooms);
  verdictRoute(app, rooms);
  listRoutes(app, rooms);
  detailRoutes(app, rooms);
}

function saveRoutes(app: App, { identity, workflows }: Rooms): void {
  app.post(
    '/workflows/import',
    {
      config: { carriesWorkflow: true },
      onRequest: permit(identity, 'importWorkflow'),
      schema: describe(
        {
          tag,
          id: 'importWorkflow',
          summary: 'Import a workflow',
          description: 'Creates it, or overwrites the workflow of the same slug as a new version.',
        },
        { body: importWorkflowRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { teamId, userId } = callerOf(request);
      if (request.body.tool_type === 'nerfstudio') identity.features.require('team', 'nerfstudio', teamId);
      return { id: await workflows.import(teamId, request.body, userId) };
    },
  );

  app.put(
    '/workflows/:workflowId',
    {
      config: { carriesWorkflow: true },
      onRequest: permit(identity, 'updateWorkflow'),
      schema: describe(
        {
          tag,
          id: 'updateWorkflow',
          summary: 'Update a workflow',
          description:
            'Only the given fields change. Every update is a new version, unless it sets nothing but tags; the old one ' +
            'stays, as `slug@version`.',
          errors: [409],
        },
        { params: byId, body: updateWorkflowRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { teamId, userId } = callerOf(request);
      return { id: await workflows.update(teamId, request.params.workflowId, request.body, userId) };
    },
  );
}

function starRoute(app: App, { identity, workflows }: Rooms): void {
  app.put(
    '/workflows/:workflowId/star',
    {
      onRequest: permit(identity, 'starWorkflow'),
      schema: describe(
        {
          tag,
          ours: true,
          id: 'starWorkflow',
          summary: 'Star a workflow, or take the star away',
          description: 'Starred workflows are tried on a new version of an engine before it is taken.',
        },
        { params: byId, body: starWorkflowRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { workflowId: id } = request.params;
      await workflows.star(callerOf(request).teamId, id, request.body.is_starred);
      return { id };
    },
  );
}

function exportRoute(app: App, { identity, workflows }: Rooms): void {
  app.get(
    '/workflows/:workflowId/export',
    {
      onRequest: permit(identity, 'exportWorkflow'),
      schema: describe(
        {
          tag,
          ours: true,
          id: 'exportWorkflow',
          summary: 'Export a workflow as a file',
          description:
            'A version that came without a drawing of ComfyUI’s editor has no `editor` form: that is a 404.',
        },
        { params: byId, querystring: exportQuery },
        { 200: z.record(z.string(), z.unknown()) },
      ),
    },
    (request, reply) => {
      const { teamId } = callerOf(request);
      const { name, content } = workflows.export(teamId, request.params.workflowId, request.query.format);
      // Slugs are plain ASCII, so the name needs no quoting.
      void reply.header('content-disposition', `attachment; filename="${name}"`);
      return content as Record<string, unknown>;
    },
  );
}

function verdictRoute(app: App, { identity, workflows, inspection }: Rooms): void {
  app.get(
    '/workflows/:workflowId/verdict',
    {
      onRequest: permit(identity, 'judgeWorkflow'),
      schema: describe(
        {
          tag,
          ours: true,
          id: 'judgeWorkflow',
          summary: 'Say for each agent whether a workflow will run',
          description:
            'Missing node classes and models, and the packs that provide them as far as they are known.',
        },
        { params: byId },
        { 200: workflowVerdict },
      ),
    },
    (request) => {
      const { teamId } = callerOf(request);
      return inspection.judge(teamId, workflows.get(teamId, request.params.workflowId).version);
    },
  );
}

function listRoutes(app: App, { identity, workflows }: Rooms): void {
  for (const [url, id, ours] of [
    ['/workflows', 'listWorkflows', true],
    ['/r/workflows', 'listRuntimeWorkflows', false],
  ] as const) {
    app.get(
      url,
      {
        onRequest: permit(identity, id),
        schema: describe(
          { tag, id, summary: 'List workflows', ours },
          { querystring: workflowListQuery },
          { 200: workflowList },
        ),
      },
      (request) => {
        const listed = workflows.list(callerOf(request).teamId, request.query);
        return {
          workflow_list: listed.workflows.map(withoutGraph),
          page_meta: {
            current_page: request.query.current_page,
            per_page: request.query.per_page,
            total_count: listed.total,
          },
        };
      },
    );
  }
}

function detailRoutes(app: App, { identity, workflows }: Rooms): void {
  app.get(
    '/workflows/:workflowId',
    {
      onRequest: permit(identity, 'getWorkflow'),
      schema: describe(
        { tag, id: 'getWorkflow', summary: 'Get workflow details' },
        { params: byId },
        { 200: workflowDetail },
      ),
    },
    (request) => shown(workflows.get(callerOf(request).teamId, request.params.workflowId), request),
  );

  app.get(
    '/r/workflows/:workflowId',
    {
      onRequest: permit(identity, 'getRuntimeWorkflow'),
      schema: describe(
        { tag, id: 'getRuntimeWorkflow', summary: 'Get a workflow to run' },
        { params: byId },
        { 200: workflowDetail },
      ),
    },
    (request) => shown(workflows.get(callerOf(request).teamId, request.params.workflowId), request),
  );

  app.get(
    '/r/workflows/slug/:workflowSlug',
    {
      onRequest: permit(identity, 'getRuntimeWorkflowBySlug'),
      schema: describe(
        { tag, id: 'getRuntimeWorkflowBySlug', summary: 'Get a workflow to run by slug' },
        { params: bySlug },
        { 200: workflowDetail },
      ),
    },
    (request) => shown(workflows.bySlug(callerOf(request).teamId, request.params.workflowSlug), request),
  );
}

/** The graph is for people; programs with a key get the form only (Cyberun spec 3.8). */
function shown(workflow: Workflow, request: Parameters<typeof callerOf>[0]): WorkflowDetail {
  const detail = withoutGraph(workflow);
  if (callerOf(request).kind !== 'user') return detail;
  return { ...detail, workflow_json: workflow.version.graph as Record<string, unknown> };
}

function withoutGraph({ row, version }: Workflow): Omit<WorkflowDetail, 'workflow_json'> {
  const { snapshot } = version;
  return {
    id: row.id,
    workflow_slug: row.slug,
    display_name: snapshot.display_name,
    description: snapshot.description,
    version: snapshot.version,
    workflow_status: row.status,
    created_at: toTimestamp(row.created_at),
    updated_at: toTimestamp(row.updated_at),
    parameters: version.parameters,
    required_labels: version.requiredLabels,
    task_timeout: snapshot.task_timeout,
    max_retries: snapshot.max_retries,
    preferred_gpu: snapshot.preferred_gpu,
    default_dispatch_target: snapshot.default_dispatch_target,
    min_vram_gb: snapshot.min_vram_gb,
    is_starred: row.starred === 1,
    tags: tagsIn(row),
    required_models: version.requiredModels,
    tool_type: snapshot.tool_type,
  };
}
