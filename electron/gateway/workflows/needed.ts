import { neededNodes } from '#shared/comfy/needed-nodes.ts';
import type { MissingPacksRequest, NeededNode } from '#shared/wire/engine-missing.ts';
import type { Inspection } from './inspection.ts';
import type { Workflow, Workflows } from './workflows.ts';

interface Sources {
  readonly workflows: Workflows;
  readonly inspection: Inspection;
}

/** As many as are looked through when nobody names any. */
const mostWorkflows = 300;

/** The node types that workflows of a team run, or that one runs which is not saved. */
export async function neededBy(
  teamId: string,
  { workflow_ids: ids, workflow }: MissingPacksRequest,
  { workflows, inspection }: Sources,
): Promise<NeededNode[]> {
  const file = workflow ? await inspection.needed(teamId, workflow) : [];
  const wanted = ids?.map((id) => workflows.get(teamId, id)) ?? (workflow ? [] : all(teamId, workflows));
  const found = new Map<string, NeededNode>();
  for (const node of file.map((one) => ({ ...one, needed_by: [] }))) add(found, node);
  for (const one of wanted) for (const node of ofWorkflow(one)) add(found, node);
  return [...found.values()];
}

function all(teamId: string, workflows: Workflows): Workflow[] {
  const page = { current_page: 1, per_page: mostWorkflows, workflow_status: 'active' } as const;
  return workflows.list(teamId, { ...page, tool_type: 'comfyui' }).workflows;
}

function ofWorkflow({ row, version }: Workflow): NeededNode[] {
  const { snapshot, graph } = version;
  if (snapshot.tool_type !== 'comfyui') return [];
  const drawing: unknown = snapshot.editor_json === null ? undefined : JSON.parse(snapshot.editor_json);
  const needed_by = [{ workflow_id: row.id, display_name: snapshot.display_name }];
  return neededNodes(graph, drawing).map(({ nodes: _, ...node }) => ({ ...node, needed_by }));
}

/** The first that names a pack is believed. */
function add(found: Map<string, NeededNode>, node: NeededNode): void {
  const known = found.get(node.type);
  if (!known) return void found.set(node.type, node);
  const named = known.cnr_id !== undefined || known.aux_id !== undefined;
  found.set(node.type, { ...(named ? known : node), needed_by: [...known.needed_by, ...node.needed_by] });
}
