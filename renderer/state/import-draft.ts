import { create } from 'zustand';
import type { Graph } from '#shared/comfy/graph.ts';
import { shapeOf, subjectOf } from '#shared/comfy/propose/shape.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import type { Draft } from '../components/importing/read-file.ts';

interface ImportState {
  readonly draft: Draft | null;
}

/** The workflow on the import page. It outlives the page, so a look elsewhere loses no ticks. */
export const useImportDraft = create<ImportState>(() => ({ draft: null }));

export const isTarget = (def: ParameterDef, node: string, field: string): boolean =>
  def.node_id === node && def.field === field;

/** The parameters without the one of a field, or with one for it. */
export function toggled(
  graph: Graph,
  parameters: readonly ParameterDef[],
  node: string,
  field: string,
): readonly ParameterDef[] {
  const rest = parameters.filter((def) => !isTarget(def, node, field));
  if (rest.length < parameters.length) return rest;
  const shape = shapeOf(subjectOf(graph), node, field, new Set(rest.map((def) => def.key)));
  return shape ? [...rest, shape.definition] : rest;
}

function change(edit: (draft: Draft) => readonly ParameterDef[]): void {
  useImportDraft.setState(({ draft }) => ({ draft: draft && { ...draft, parameters: edit(draft) } }));
}

export const importDraft = {
  open: (draft: Draft) => useImportDraft.setState({ draft }),
  close: () => useImportDraft.setState({ draft: null }),
  toggle: (node: string, field: string) =>
    change((draft) => toggled(draft.graph, draft.parameters, node, field)),
  edit: (key: string, next: ParameterDef) =>
    change((draft) => draft.parameters.map((def) => (def.key === key ? next : def))),
};
