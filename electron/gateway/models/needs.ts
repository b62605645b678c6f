import type { Json } from '#shared/comfy/json.ts';
import { requiredModels } from '#shared/comfy/propose/requirements.ts';
import { modelPathOf } from '#shared/models/paths.ts';
import type { WorkflowRef } from '#shared/wire/models.ts';
import type { Workflow, Workflows, WorkflowVersion } from '../workflows/workflows.ts';

/** A model that a workflow names: what it requires, and what its loaders load. */
export interface NeededModel {
  readonly path: string;
  /** Where the file says it can be had, and its SHA-256. */
  readonly url: string | null;
  readonly sha256: string | null;
}

/** The same with everybody who names it. */
export interface TeamNeed extends NeededModel {
  readonly workflows: WorkflowRef[];
}

const kept = new WeakMap<WorkflowVersion, readonly NeededModel[]>();

/** Versions never change, so this is worked out once for each. */
function neededBy(version: WorkflowVersion): readonly NeededModel[] {
  const known = kept.get(version);
  if (known) return known;
  const { graph, requiredModels: required, snapshot } = version;
  const drawing = snapshot.editor_json === null ? undefined : (JSON.parse(snapshot.editor_json) as Json);
  const loaded = snapshot.tool_type === 'comfyui' ? requiredModels(graph, drawing) : [];
  const needed = new Map<string, NeededModel>();
  for (const { path, url, hash } of loaded) {
    const clean = modelPathOf(path);
    needed.set(clean, { path: clean, url: url ?? null, sha256: sha256Of(hash) });
  }
  for (const path of required.map(modelPathOf)) {
    if (!needed.has(path)) needed.set(path, { path, url: null, sha256: null });
  }
  const list = [...needed.values()];
  kept.set(version, list);
  return list;
}

const sha256Of = (hash: string | undefined): string | null => {
  const digits = hash?.replace(/^sha256:/i, '').toLowerCase() ?? '';
  return /^[0-9a-f]{64}$/.test(digits) ? digits : null;
};

const mostWorkflows = 10_000;

/** Every model that active workflows of a team name, by path. */
export function needsOf(teamId: string, workflows: Workflows): ReadonlyMap<string, TeamNeed> {
  const page = { current_page: 1, per_page: mostWorkflows, workflow_status: 'active' } as const;
  const needs = new Map<string, TeamNeed>();
  for (const workflow of workflows.list(teamId, page).workflows) {
    for (const model of neededBy(workflow.version)) {
      const need = needs.get(model.path);
      const { url, sha256 } = need ?? model;
      const users = [...(need?.workflows ?? []), refOf(workflow)];
      needs.set(model.path, {
        path: model.path,
        url: url ?? model.url,
        sha256: sha256 ?? model.sha256,
        workflows: users,
      });
    }
  }
  return needs;
}

const refOf = ({ row, version }: Workflow): WorkflowRef => ({
  id: row.id,
  workflow_slug: row.slug,
  display_name: version.snapshot.display_name,
});
