import { AppError } from '#shared/errors.ts';
import type { Pagination } from '#shared/wire/common.ts';
import type { WorkflowRow, WorkflowSnapshotRow } from '../store/schema.ts';
import type { Reader, Store } from '../store/store.ts';
import { readVersion, rowById, saveVersion, type WorkflowVersion } from './versions.ts';

interface HistoryPorts {
  readonly store: Store;
  readonly clock: () => number;
  readonly changed: (teamId: string) => void;
}

export interface Snapshot {
  readonly workflow: WorkflowRow;
  readonly version: WorkflowVersion;
}

/** The versions of a workflow: looked at, noted on, and brought back (Cyberun spec 5.9). */
export class WorkflowHistory {
  readonly #ports: HistoryPorts;

  constructor(ports: HistoryPorts) {
    this.#ports = ports;
  }

  /** Newest first. */
  list(
    teamId: string,
    id: string,
    page: Pagination,
  ): { workflow: WorkflowRow; snapshots: WorkflowSnapshotRow[]; total: number } {
    const { read } = this.#ports.store;
    const workflow = rowById(read, teamId, id);
    const snapshots = read.hot<WorkflowSnapshotRow>(
      'SELECT * FROM workflow_snapshots WHERE workflow_id = ? ORDER BY version DESC LIMIT ? OFFSET ?',
      id,
      page.per_page,
      (page.current_page - 1) * page.per_page,
    );
    // Versions count up by one from 1, and none ever goes.
    return { workflow, snapshots, total: workflow.version };
  }

  get(teamId: string, id: string, snapshotId: string): Snapshot {
    const { read } = this.#ports.store;
    return { workflow: rowById(read, teamId, id), version: versionOf(read, id, snapshotId) };
  }

  async note(teamId: string, id: string, snapshotId: string, note: string): Promise<void> {
    const { store, changed } = this.#ports;
    await store.write((writer) => {
      rowById(writer, teamId, id);
      versionOf(writer, id, snapshotId);
      writer.hotRun('UPDATE workflow_snapshots SET note = ? WHERE id = ?', note, snapshotId);
    });
    changed(teamId);
  }

  /**
   * Makes an older version the newest one. What is current now stays in the history, since every save is a snapshot;
   * tasks keep the version that they were submitted with.
   *
   * @throws AppError `conflict` for the version that is current already
   */
  async restore(teamId: string, id: string, snapshotId: string, by: string | null): Promise<string> {
    const { store, clock, changed } = this.#ports;
    await store.write((writer) => {
      const current = rowById(writer, teamId, id);
      const { snapshot } = versionOf(writer, id, snapshotId);
      if (snapshot.id === current.snapshot_id) {
        throw new AppError('conflict', `Version ${snapshot.version} is the current one already.`);
      }
      const { id: _, workflow_id, version, created_at, note: __, saved_by, ...definition } = snapshot;
      const note = `Version ${version} brought back`;
      saveVersion({ sql: store.sql, writer }, current, definition, {}, { by, now: clock(), note });
    });
    changed(teamId);
    return id;
  }
}

function versionOf(reader: Reader, workflowId: string, snapshotId: string): WorkflowVersion {
  const [known] = reader.hot(
    'SELECT 1 FROM workflow_snapshots WHERE id = ? AND workflow_id = ?',
    snapshotId,
    workflowId,
  );
  if (!known) throw new AppError('not_found', 'This workflow has no such version.');
  return readVersion(reader, snapshotId);
}
