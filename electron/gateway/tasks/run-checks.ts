import { resolveParameters } from '#shared/comfy/parameters.ts';
import { AppError } from '#shared/errors.ts';
import type { RunRequest } from '#shared/wire/tasks.ts';
import type { Files } from '../files/files.ts';
import type { NewTask } from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Workflow, Workflows, WorkflowVersion } from '../workflows/workflows.ts';

/** Who submits, as far as tasks care. */
export interface Submitter {
  readonly teamId: string;
  readonly submitterId: string;
}

export interface CheckPorts {
  readonly workflows: Workflows;
  readonly files: Files;
  /** May the team's tasks run at ComfyUI Cloud? */
  readonly hasCloudKey: (teamId: string) => boolean;
}

/** What is stored of a run that was accepted. */
export type NewRun = Omit<NewTask, 'id' | 'retry_count' | 'status' | 'created_at'>;

/** What a run must be before it is accepted: every value checked, every input there. */
export class RunChecks {
  readonly #ports: CheckPorts;

  constructor(ports: CheckPorts) {
    this.#ports = ports;
  }

  #target(teamId: string, run: RunRequest, { snapshot }: WorkflowVersion): TaskRow['dispatch_target'] {
    const wanted = run.dispatch_target ?? snapshot.default_dispatch_target;
    if (wanted === 'comfy_cloud' && !this.#ports.hasCloudKey(teamId)) {
      throw new AppError(
        'bad_request',
        'dispatch_target: no ComfyUI Cloud key is in use in this team; set one up, or use "agent".',
      );
    }
    return wanted;
  }

  /**
   * A run as it is frozen.
   *
   * @throws AppError `invalid_parameter`, `workflow_disabled`, `bad_request`
   */
  run(caller: Submitter, { row, version }: Workflow, run: RunRequest): NewRun {
    if (row.status === 'disabled') throw new AppError('workflow_disabled');
    const values = this.#values(caller.teamId, version, run);
    return {
      team_id: caller.teamId,
      workflow_id: row.id,
      snapshot_id: version.snapshot.id,
      parameters_json: JSON.stringify(values),
      dispatch_target: this.#target(caller.teamId, run, version),
      target_pool: run.target_pool,
      tool_type: version.snapshot.tool_type,
      submitter_region: run.submitter_region,
      submitter_id: caller.submitterId,
      priority: run.priority,
      retry_of: null,
    };
  }

  #values(teamId: string, version: WorkflowVersion, run: RunRequest): Record<string, unknown> {
    if (run.tool_type && run.tool_type !== version.snapshot.tool_type) {
      throw new AppError('bad_request', `tool_type: this workflow runs on ${version.snapshot.tool_type}.`);
    }
    const resolved = resolveParameters(version.parameters, run.parameters);
    if ('problem' in resolved) {
      const { key, rule, message } = resolved.problem;
      throw new AppError('invalid_parameter', message, { key, rule });
    }
    this.files(teamId, version, resolved.values);
    return resolved.values;
  }

  /**
   * Are the inputs that a run names there, in the team, and of a kind that is taken?
   *
   * @throws AppError `invalid_parameter`
   */
  files(teamId: string, version: WorkflowVersion, values: Readonly<Record<string, unknown>>): void {
    for (const def of version.parameters) {
      const value = values[def.key];
      if (def.type === 'file' && value !== undefined) {
        this.#ports.files.checkInput(teamId, def.key, String(value), def.accept);
      }
    }
  }

  /** Keys of the inputs that a task was given. */
  inputsOf({ snapshot_id, parameters_json }: TaskRow): string[] {
    const defs = this.#ports.workflows.version(snapshot_id).parameters.filter(({ type }) => type === 'file');
    if (defs.length === 0) return [];
    const values = JSON.parse(parameters_json) as Record<string, unknown>;
    return defs.flatMap(({ key }) => (values[key] === undefined ? [] : String(values[key])));
  }
}
