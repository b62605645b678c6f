import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import { type Role, roleAtLeast } from '#shared/wire/common.ts';
import type { CreatePresetRequest, UpdatePresetRequest } from '#shared/wire/workflow-life.ts';
import type { WorkflowPresetRow } from '../store/schema.ts';
import type { Reader, Store } from '../store/store.ts';
import { rowById } from './versions.ts';

/** Who asks. */
export interface PresetCaller {
  readonly teamId: string;
  readonly userId: string;
  readonly role: Role;
}

const mostOfOne = 200;

/** Named values of a form, of one person; shared ones are for the team to use. */
export class Presets {
  readonly #store: Store;
  readonly #clock: () => number;

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The caller's own and the shared ones, by name. */
  list({ teamId, userId }: PresetCaller, workflowId: string): WorkflowPresetRow[] {
    const { read } = this.#store;
    rowById(read, teamId, workflowId);
    return read
      .hot<WorkflowPresetRow>(
        'SELECT * FROM workflow_presets WHERE workflow_id = ? AND (user_id = ? OR shared = 1)',
        workflowId,
        userId,
      )
      .toSorted((one, other) => one.name.localeCompare(other.name));
  }

  /** @throws AppError `conflict` when the caller has one of that name */
  create(caller: PresetCaller, workflowId: string, request: CreatePresetRequest): Promise<WorkflowPresetRow> {
    const now = this.#clock();
    const row: WorkflowPresetRow = {
      id: v7(),
      workflow_id: workflowId,
      user_id: caller.userId,
      name: request.preset_name,
      shared: request.is_shared ? 1 : 0,
      values_json: JSON.stringify(request.values),
      created_at: now,
      updated_at: now,
    };
    return this.#store.write((writer) => {
      rowById(writer, caller.teamId, workflowId);
      refuseTwin(writer, row);
      const own = writer.hot(
        'SELECT 1 FROM workflow_presets WHERE workflow_id = ? AND user_id = ?',
        workflowId,
        caller.userId,
      );
      if (own.length >= mostOfOne) {
        throw new AppError(
          'conflict',
          `You have ${mostOfOne} presets here, which is the most; delete one first.`,
        );
      }
      writer.run(this.#store.sql.insertInto('workflow_presets').values(row));
      return row;
    });
  }

  /** The own ones; admins may also change what is shared. */
  update(
    caller: PresetCaller,
    workflowId: string,
    id: string,
    { preset_name, values, is_shared }: UpdatePresetRequest,
  ): Promise<WorkflowPresetRow> {
    return this.#store.write((writer) => {
      const before = changeable(writer, caller, workflowId, id);
      const row: WorkflowPresetRow = {
        ...before,
        name: preset_name ?? before.name,
        values_json: values ? JSON.stringify(values) : before.values_json,
        shared: is_shared === undefined ? before.shared : is_shared ? 1 : 0,
        updated_at: this.#clock(),
      };
      refuseTwin(writer, row);
      writer.run(this.#store.sql.updateTable('workflow_presets').set(row).where('id', '=', id));
      return row;
    });
  }

  delete(caller: PresetCaller, workflowId: string, id: string): Promise<void> {
    return this.#store.write((writer) => {
      changeable(writer, caller, workflowId, id);
      writer.hotRun('DELETE FROM workflow_presets WHERE id = ?', id);
    });
  }
}

function refuseTwin(reader: Reader, { id, workflow_id, user_id, name }: WorkflowPresetRow): void {
  const twins = reader.hot(
    'SELECT 1 FROM workflow_presets WHERE workflow_id = ? AND user_id = ? AND name = ? AND id <> ?',
    workflow_id,
    user_id,
    name,
    id,
  );
  if (twins.length === 0) return;
  throw new AppError(
    'conflict',
    `You have a preset "${name}" here already; choose another name or change that one.`,
  );
}

function changeable(
  reader: Reader,
  { teamId, userId, role }: PresetCaller,
  workflowId: string,
  id: string,
): WorkflowPresetRow {
  rowById(reader, teamId, workflowId);
  const [row] = reader.hot<WorkflowPresetRow>(
    'SELECT * FROM workflow_presets WHERE id = ? AND workflow_id = ? AND (user_id = ? OR shared = 1)',
    id,
    workflowId,
    userId,
  );
  if (!row) throw new AppError('not_found', 'There is no such preset of this workflow.');
  if (row.user_id !== userId && !roleAtLeast(role, 'admin')) {
    throw new AppError(
      'forbidden',
      'This preset is somebody else’s; save the values under a name of your own.',
    );
  }
  return row;
}
