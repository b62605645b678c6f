import { fillGraph, resolveParameters } from '#shared/comfy/parameters.ts';
import { AppError } from '#shared/errors.ts';
import type { Canary } from '#shared/link/manage.ts';
import type {
  ExportFormat,
  ImportWorkflowRequest,
  UpdateWorkflowRequest,
  WorkflowListQuery,
} from '#shared/wire/workflows.ts';
import type { WorkflowRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { definitionOf, given, importedFrom } from './definition.ts';
import { WorkflowHistory } from './history.ts';
import { listWorkflows, tagsOf } from './list.ts';
import {
  createWorkflow,
  readVersion,
  rowById,
  rowBySlug,
  saveVersion,
  type WorkflowVersion,
} from './versions.ts';

export type { WorkflowVersion } from './versions.ts';

export interface Workflow {
  readonly row: WorkflowRow;
  readonly version: WorkflowVersion;
}

const keptVersions = 300;

/** Definitions and their versions. Every save is a new snapshot; tasks refer to snapshots. */
export class Workflows {
  readonly history: WorkflowHistory;
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #versions = new Map<string, WorkflowVersion>();
  readonly #changed: (teamId: string) => void;

  constructor(store: Store, clock: () => number, changed: (teamId: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#changed = changed;
    this.history = new WorkflowHistory({ store, clock, changed });
  }

  /** @throws AppError `conflict` when the slug is taken */
  async create(teamId: string, request: ImportWorkflowRequest, by: string | null = null): Promise<string> {
    const definition = definitionOf(request);
    const { sql } = this.#store;
    const id = await this.#store.write((writer) => {
      if (rowBySlug(writer, teamId, request.workflow_slug)) throw slugTaken(request.workflow_slug);
      const place = { team_id: teamId, slug: request.workflow_slug, tags_json: tagsJson(request.tags) };
      return createWorkflow({ sql, writer }, place, definition, { by, now: this.#clock() });
    });
    this.#changed(teamId);
    return id;
  }

  /** Creates, or overwrites the workflow of that slug in the team and raises its version (Cyberun seed 000). */
  async import(teamId: string, request: ImportWorkflowRequest, by: string | null = null): Promise<string> {
    const definition = definitionOf(request);
    const { sql } = this.#store;
    const { workflow_slug: slug, tags } = request;
    const id = await this.#store.write((writer) => {
      const saving = { by, now: this.#clock() };
      const found = rowBySlug(writer, teamId, slug);
      if (!found) {
        const place = { team_id: teamId, slug, tags_json: tagsJson(tags) };
        return createWorkflow({ sql, writer }, place, definition, saving);
      }
      const tagged = tags ? { tags_json: tagsJson(tags) } : {};
      return saveVersion({ sql, writer }, found, definition, tagged, saving);
    });
    this.#changed(teamId);
    return id;
  }

  /** Changes the given fields only, as a new version; tags alone are none, since no run depends on them. */
  async update(
    teamId: string,
    id: string,
    request: UpdateWorkflowRequest,
    by: string | null = null,
  ): Promise<string> {
    const { sql } = this.#store;
    await this.#store.write((writer) => {
      // Read in the unit that writes: of two updates that come together, the second builds on the first.
      const current = rowById(writer, teamId, id);
      const {
        workflow_slug: slug = current.slug,
        workflow_status: status = current.status,
        tags,
        ...fields
      } = request;
      const tags_json = tags ? tagsJson(tags) : current.tags_json;
      if (tags && Object.keys(given(request)).length === 1) {
        writer.hotRun('UPDATE workflows SET tags_json = ? WHERE id = ?', tags_json, id);
        return;
      }
      const other = rowBySlug(writer, teamId, slug);
      if (other && other.id !== id) throw slugTaken(slug);
      const before = importedFrom(readVersion(writer, current.snapshot_id));
      // A drawing of another graph than the one it came with would be a lie.
      const drawing = fields.workflow_json === undefined ? {} : { editor_json: fields.editor_json };
      const definition = definitionOf({ ...before, ...given(fields), ...drawing, workflow_slug: slug });
      const saving = { by, now: this.#clock() };
      saveVersion({ sql, writer }, current, definition, { slug, status, tags_json }, saving);
    });
    this.#changed(teamId);
    return id;
  }

  /**
   * Takes it away from everybody who looks for it. What ran and what runs keeps its version, so tasks and outputs stay
   * as they are; its slug is free again.
   */
  async delete(teamId: string, id: string): Promise<void> {
    await this.#store.write((writer) => {
      rowById(writer, teamId, id);
      // No slug can begin with a tilde, so nobody else can ever want this one.
      writer.hotRun(
        `UPDATE workflows SET deleted_at = ?, former_slug = slug, slug = '~' || id, starred = 0 WHERE id = ?`,
        this.#clock(),
        id,
      );
    });
    this.#changed(teamId);
  }

  /** Not a change of the definition, so no new version. */
  async star(teamId: string, id: string, starred: boolean): Promise<void> {
    await this.#store.write((writer) => {
      rowById(writer, teamId, id);
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
            `SELECT * FROM workflows WHERE team_id = ? AND starred = 1 AND status = 'active' AND deleted_at IS NULL ORDER BY slug LIMIT 20`,
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
        return { name: `${row.slug}.json`, content: { workflow_slug: row.slug, ...body, tags: tagsIn(row) } };
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
    const { rows, total } = listWorkflows(this.#store, teamId, page);
    return { workflows: rows.map((row) => ({ row, version: this.version(row.snapshot_id) })), total };
  }

  tags(teamId: string): { tag: string; count: number }[] {
    return tagsOf(this.#store, teamId);
  }

  get(teamId: string, id: string): Workflow {
    const row = rowById(this.#store.read, teamId, id);
    return { row, version: this.version(row.snapshot_id) };
  }

  /** By slug, or by `slug@version` for an older snapshot. */
  bySlug(teamId: string, reference: string): Workflow {
    const [slug = '', wanted] = reference.split('@', 2);
    const row = rowBySlug(this.#store.read, teamId, slug);
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
}

function canaryOf({ snapshot, graph, parameters }: WorkflowVersion): Canary | undefined {
  const resolved = resolveParameters(parameters, {});
  if (snapshot.tool_type !== 'comfyui' || 'problem' in resolved) return undefined;
  return { name: snapshot.display_name, graph: fillGraph(graph, parameters, resolved.values).graph };
}

export const tagsIn = (row: WorkflowRow): string[] => JSON.parse(row.tags_json) as string[];

const tagsJson = (tags: readonly string[] = []): string => JSON.stringify([...new Set(tags)].toSorted());

const slugTaken = (slug: string) =>
  new AppError('conflict', `Another workflow of this team has the slug "${slug}"; choose a different one.`);
