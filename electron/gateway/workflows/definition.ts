import { type Graph, readGraph } from '#shared/comfy/graph.ts';
import { defineParameters } from '#shared/comfy/parameters.ts';
import { AppError } from '#shared/errors.ts';
import type { ImportWorkflowRequest } from '#shared/wire/workflows.ts';
import type { WorkflowSnapshotRow } from '../store/schema.ts';
import type { WorkflowVersion } from './workflows.ts';

export type Definition = Omit<
  WorkflowSnapshotRow,
  'id' | 'workflow_id' | 'version' | 'created_at' | 'note' | 'saved_by'
>;

/** Checks a request and turns it into what a snapshot holds. */
export function definitionOf(request: ImportWorkflowRequest): Definition {
  const graph =
    request.tool_type === 'comfyui' ? readGraph(request.workflow_json) : { graph: request.workflow_json };
  if ('problem' in graph) throw new AppError('invalid_workflow', graph.problem);
  const defined = defineParameters(
    request.parameters,
    request.tool_type === 'comfyui' ? (graph.graph as Graph) : null,
  );
  if ('problem' in defined) throw new AppError('invalid_workflow', defined.problem);
  return {
    display_name: request.display_name,
    description: request.description,
    tool_type: request.tool_type,
    graph_json: JSON.stringify(graph.graph),
    editor_json: request.editor_json ? JSON.stringify(request.editor_json) : null,
    parameters_json: JSON.stringify(defined.parameters),
    required_labels_json: JSON.stringify(request.required_labels),
    required_models_json: JSON.stringify(request.required_models),
    task_timeout: request.task_timeout,
    max_retries: request.max_retries,
    preferred_gpu: request.preferred_gpu,
    min_vram_gb: request.min_vram_gb,
    default_dispatch_target: request.default_dispatch_target,
  };
}

/** A version as the request that would make it again. */
export function importedFrom({
  snapshot,
  graph,
  parameters,
  requiredLabels,
  requiredModels,
}: WorkflowVersion) {
  return {
    display_name: snapshot.display_name,
    description: snapshot.description,
    workflow_json: graph as Record<string, unknown>,
    ...(snapshot.editor_json !== null && {
      editor_json: JSON.parse(snapshot.editor_json) as Record<string, unknown>,
    }),
    parameters,
    tool_type: snapshot.tool_type,
    required_labels: requiredLabels,
    required_models: requiredModels,
    task_timeout: snapshot.task_timeout,
    max_retries: snapshot.max_retries,
    preferred_gpu: snapshot.preferred_gpu,
    min_vram_gb: snapshot.min_vram_gb,
    default_dispatch_target: snapshot.default_dispatch_target,
  };
}

/** The fields that were given: JSON knows no `undefined`, so one that is undefined was left out. */
export function given<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
