import { sql as raw } from 'kysely';
import { v7 } from 'uuid';
import type { Graph } from '#shared/comfy/graph.ts';
import { fillGraph, resolveParameters } from '#shared/comfy/parameters.ts';
import { AppError } from '#shared/errors.ts';
import type { Canary } from '#shared/link/manage.ts';
import type {
  ExportFormat,
  ImportWorkflowRequest,
  ParameterDef,
  UpdateWorkflowRequest,
  WorkflowListQuery,
} from '#shared/wire/workflows.ts';
import type { WorkflowRow, WorkflowSnapshotRow } from '../store/schema.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import { type Definition, definitionOf, given, importedFrom } from './definition.ts';

/** One saved version, parsed. Immutable, so it is kept in memory by its snapshot's id. */
export interface WorkflowVersion {
  readonly snapshot: WorkflowSnapshotRow;
  readonly graph: Graph;
  readonly parameters: ParameterDef[];
  readonly requiredLabels: string[];
  readonly requiredModels: string[];
}

export interface Workflow {
  readonly row: WorkflowRow;
  readonly version: WorkflowVersion;
}

const keptVersions = 300;

/** Definitions and their versions. Every save is a new snapshot; tasks refer to snapshots. */
export class Workflows {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #versions = new Map<string, WorkflowVersion>();
  readonly #changed: (teamId: string) => void;

  constructor(store: Store, clock: () => number, changed: (teamId: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Creates, or overwrites the workflow of that slug in the team and raises its version (Cyberun seed 000). */
  async import(teamId: string, request: ImportWorkflowRequest): Promise<string> {
    const definition = definitionOf(request);
    const id = await this.#store.write((writer) => {
      const found = this.#bySlug(writer, teamId, request.workflow_slug);
      return found
        ? this.#save(writer, found, definition, {})
        : this.#create(writer, teamId, request.workflow_slug, definition);
    });
    this.#changed(teamId);
    return id;
  }

  /** Changes the given fields only, as a new version. */
  async update(teamId: string, id: string, request: UpdateWorkflowRequest): Promise<string> {
    await this.#store.write((writer) => {
      // Read in the unit that writes: of two updates that come together, the second builds on the first.
      const current = this.#byId(writer, teamId, id);
      if (!current) throw new AppError('not_found', 'There is no such workflow in this team.');
      const {
        workflow_slug: slug = current.slug,
        workflow_status: status = current.status,
        ...fields
      } = request;
      const other = this.#bySlug(writer, teamId, slug);
      if (other && other.id !== id) {
        throw new AppError(
          'conflict',
          `Another workflow of this team has the slug "${slug}"; choose a different one.`,
        );
      }
      const before = importedFrom(readVersion(writer, current.snapshot_id));
      // A drawing of another graph than the one it came with would be a lie.
      const drawing = fields.workflow_json === undefined ? {} : { editor_json: fields.editor_json };
      const definition = definitionOf({ ...before, ...given(fields), ...drawing, workflow_slug: slug });
      return this.#save(writer, current, definition, { slug, status });
    });
    this.#changed(teamId);
    return id;
  }

  /** Not a change of the definition, so no new version. */
  async star(teamId: string, id: string, starred: boolean): Promise<void> {
    await this.#store.write((writer) => {
      if (!this.#byId(writer, teamId, id))
        throw new AppError('not_found', 'There is no such workflow in this team.');
      writer.hotRun('UPDATE workflows SET starred = ? WHERE id = ?', starred ? 1 : 0, id);
    });
    this.#changed(teamId);
  }

  /**
   * Graphs to try an engine with, filled with default values: those of the named workflows, or of the starred ones.
   * What needs a value that nobody gave is left out.
   */
  canaries(teamId: string, which: 'starred' | readonly string[]): Canary[] {
    const rows =
      which === 'starred'
        ? this.#store.read.hot<WorkflowRow>(
            `SELECT * FROM workflows WHERE team_id = ? AND starred = 1 AND status = 'active' ORDER BY slug LIMIT 20`,
            teamId,
          )
        : which.map((id) => this.get(teamId, id).row);
    return rows.flatMap(({ snapshot_id }) => canaryOf(this.version(snapshot_id)) ?? []);
  }

  /** The current version as a file: for Atelier, for programs, or for ComfyUI's editor. */
  export(teamId: string, id: string, format: ExportFormat): { name: string; content: object } {
    const { row, version } = this.get(teamId, id);
    const body = importedFrom(version);
    switch (format) {
      case 'atelier':
        return { name: `${row.slug}.json`, content: { workflow_slug: row.slug, ...body } };
      case 'api':
        return { name: `${row.slug}-api.json`, content: version.graph };
      case 'editor': {
        const { editor_json: content } = body;
        if (content) return { name: `${row.slug}-editor.json`, content };
        throw new AppError(
          'not_found',
          'This version came without a drawing of ComfyUI’s editor; export it as "api", which the editor opens too.',
        );
      }
    }
  }

  list(teamId: string, page: WorkflowListQuery): { workflows: Workflow[]; total: number } {
    const { read, sql } = this.#store;
    let query = sql
      .selectFrom('workflows')
      .innerJoin('workflow_snapshots', 'workflow_snapshots.id', 'workflows.snapshot_id')
      .where('team_id', '=', teamId);
    if (page.workflow_status) query = query.where('status', '=', page.workflow_status);
    if (page.tool_type) query = query.where('tool_type', '=', page.tool_type);
    if (page.text) {
      const like = `%${page.text.replace(/[\\%_]/g, '\\$&')}%`;
      query = query.where(
        raw<boolean>`(display_name LIKE ${like} ESCAPE '\\' OR description LIKE ${like} ESCAPE '\\' OR slug LIKE ${like} ESCAPE '\\')`,
      );
    }
    const total = read.get(query.select((of) => of.fn.countAll<number>().as('count')))?.count ?? 0;
    const rows = read.all(
      query
        .selectAll('workflows')
        .orderBy('updated_at', 'desc')
        .orderBy('workflows.id', 'desc')
        .limit(page.per_page)
        .offset((page.current_page - 1) * page.per_page),
    );
    return { workflows: rows.map((row) => ({ row, version: this.version(row.snapshot_id) })), total };
  }

  get(teamId: string, id: string): Workflow {
    const row = this.#byId(this.#store.read, teamId, id);
    if (!row) throw new AppError('not_found', 'There is no such workflow in this team.');
    return { row, version: this.version(row.snapshot_id) };
  }

  /** By slug, or by `slug@version` for an older snapshot. */
  bySlug(teamId: string, reference: string): Workflow {
    const [slug = '', wanted] = reference.split('@', 2);
    const row = this.#bySlug(this.#store.read, teamId, slug);
    if (!row) throw new AppError('not_found', `There is no workflow "${slug}" in this team.`);
    if (wanted === undefined) return { row, version: this.version(row.snapshot_id) };
    const [snapshot] = this.#store.read.hot<{ id: string }>(
      'SELECT id FROM workflow_snapshots WHERE workflow_id = ? AND version = ?',
      row.id,
      /^\d{1,9}$/.test(wanted) ? Number(wanted) : -1,
    );
    if (!snapshot) throw new AppError('not_found', `Workflow "${slug}" has no version ${wanted}.`);
    return { row, version: this.version(snapshot.id) };
  }

  /** A version by its snapshot's id, as tasks know it. */
  version(snapshotId: string): WorkflowVersion {
    const kept = this.#versions.get(snapshotId);
    if (kept) return kept;
    const version = readVersion(this.#store.read, snapshotId);
    if (this.#versions.size >= keptVersions) {
      const [oldest] = this.#versions.keys();
      if (oldest !== undefined) this.#versions.delete(oldest);
    }
    this.#versions.set(snapshotId, version);
    return version;
  }

  #byId(reader: Pick<Writer, 'hot'>, teamId: string, id: string): WorkflowRow | undefined {
    return reader.hot<WorkflowRow>('SELECT * FROM workflows WHERE id = ? AND team_id = ?', id, teamId)[0];
  }

  #bySlug(reader: Pick<Writer, 'hot'>, teamId: string, slug: string): WorkflowRow | undefined {
    return reader.hot<WorkflowRow>('SELECT * FROM workflows WHERE team_id = ? AND slug = ?', teamId, slug)[0];
  }

  #create(writer: Writer, teamId: string, slug: string, definition: Definition): string {
    const id = v7();
    const now = this.#clock();
    const snapshot_id = v7();
    const { sql } = this.#store;
    writer.run(
      sql.insertInto('workflows').values({
        id,
        team_id: teamId,
        slug,
        version: 1,
        status: 'active',
        snapshot_id,
        starred: 0,
        created_at: now,
        updated_at: now,
      }),
    );
    const snapshot = { ...definition, id: snapshot_id, workflow_id: id, version: 1, created_at: now };
    writer.run(sql.insertInto('workflow_snapshots').values(snapshot));
    return id;
  }

  #save(
    writer: Writer,
    current: WorkflowRow,
    definition: Definition,
    change: Partial<Pick<WorkflowRow, 'slug' | 'status'>>,
  ): string {
    const { sql } = this.#store;
    const now = this.#clock();
    const version = current.version + 1;
    const snapshot = { ...definition, id: v7(), workflow_id: current.id, version, created_at: now };
    writer.run(sql.insertInto('workflow_snapshots').values(snapshot));
    writer.run(
      sql
        .updateTable('workflows')
        .set({ ...change, version, snapshot_id: snapshot.id, updated_at: now })
        .where('id', '=', current.id),
    );
    return current.id;
  }
}

function canaryOf({ snapshot, graph, parameters }: WorkflowVersion): Canary | undefined {
  const resolved = resolveParameters(parameters, {});
  if (snapshot.tool_type !== 'comfyui' || 'problem' in resolved) return undefined;
  return { name: snapshot.display_name, graph: fillGraph(graph, parameters, resolved.values).graph };
}

function readVersion(reader: Reader, snapshotId: string): WorkflowVersion {
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
