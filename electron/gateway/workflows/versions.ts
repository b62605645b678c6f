import { v7 } from 'uuid';
import type { Graph } from '#shared/comfy/graph.ts';
import { AppError } from '#shared/errors.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import type { WorkflowRow, WorkflowSnapshotRow } from '../store/schema.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import type { Definition } from './definition.ts';

/** One saved version, parsed. Immutable, so it is kept in memory by its snapshot's id. */
export interface WorkflowVersion {
  readonly snapshot: WorkflowSnapshotRow;
  readonly graph: Graph;
  readonly parameters: ParameterDef[];
  readonly requiredLabels: string[];
  readonly requiredModels: string[];
}

export function readVersion(reader: Reader, snapshotId: string): WorkflowVersion {
  const [snapshot] = reader.hot<WorkflowSnapshotRow>(
    'SELECT * FROM workflow_snapshots WHERE id = ?',
    snapshotId,
  );
  if (!snapshot) throw new AppError('not_found', 'This version of the workflow is gone.');
  return {
    snapshot,
    graph: JSON.parse(snapshot.graph_json) as Graph,
    parameters: JSON.parse(snapshot.parameters_json) as ParameterDef[],
    requiredLabels: JSON.parse(snapshot.required_labels_json) as string[],
    requiredModels: JSON.parse(snapshot.required_models_json) as string[],
  };
}

/** A workflow of the team that is not deleted. */
export function rowById(reader: Reader, teamId: string, id: string): WorkflowRow {
  const [row] = reader.hot<WorkflowRow>(
    'SELECT * FROM workflows WHERE id = ? AND team_id = ? AND deleted_at IS NULL',
    id,
    teamId,
  );
  if (!row) throw new AppError('not_found', 'There is no such workflow in this team.');
  return row;
}

export function rowBySlug(reader: Reader, teamId: string, slug: string): WorkflowRow | undefined {
  const [row] = reader.hot<WorkflowRow>(
    'SELECT * FROM workflows WHERE team_id = ? AND slug = ? AND deleted_at IS NULL',
    teamId,
    slug,
  );
  return row;
}

/** What comes with a version beside its definition. */
export interface Saving {
  /** The user who saves it. */
  readonly by: string | null;
  readonly now: number;
  readonly note?: string;
}

const snapshotOf = (
  definition: Definition,
  workflow_id: string,
  version: number,
  { by, now, note = '' }: Saving,
) => ({ ...definition, id: v7(), workflow_id, version, note, saved_by: by, created_at: now });

type Written = Pick<Store, 'sql'> & { readonly writer: Writer };

/** The first version of a new workflow. */
export function createWorkflow(
  { sql, writer }: Written,
  place: Pick<WorkflowRow, 'team_id' | 'slug' | 'tags_json'>,
  definition: Definition,
  saving: Saving,
): string {
  const id = v7();
  const snapshot = snapshotOf(definition, id, 1, saving);
  const row: WorkflowRow = {
    ...place,
    id,
    version: 1,
    status: 'active',
    snapshot_id: snapshot.id,
    starred: 0,
    created_at: saving.now,
    updated_at: saving.now,
    deleted_at: null,
    former_slug: null,
  };
  writer.run(sql.insertInto('workflows').values(row));
  writer.run(sql.insertInto('workflow_snapshots').values(snapshot));
  return id;
}

/** The next version of a workflow. */
export function saveVersion(
  { sql, writer }: Written,
  current: WorkflowRow,
  definition: Definition,
  change: Partial<Pick<WorkflowRow, 'slug' | 'status' | 'tags_json'>>,
  saving: Saving,
): string {
  const version = current.version + 1;
  const snapshot = snapshotOf(definition, current.id, version, saving);
  writer.run(sql.insertInto('workflow_snapshots').values(snapshot));
  writer.run(
    sql
      .updateTable('workflows')
      .set({ ...change, version, snapshot_id: snapshot.id, updated_at: saving.now })
      .where('id', '=', current.id),
  );
  return current.id;
}
