import { extname } from 'node:path';
import { fillGraph } from '#shared/comfy/parameters.ts';
import type { AssignedInput, Assignment } from '#shared/link/protocol.ts';
import type { Files } from '../files/files.ts';
import type { Signer } from '../files/signer.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Workflows } from '../workflows/workflows.ts';

export interface AssignmentPorts {
  readonly workflows: Workflows;
  readonly files: Files;
  readonly signer: Signer;
  /** How long the addresses in it stay good: as long as a run may take. */
  readonly addressMs: number;
}

/** Where an agent puts the outputs of an attempt; the signature is its permission. */
export const uploadPath = (attemptId: string): string => `/api/v1/agent/outputs/${attemptId}`;

/**
 * What an agent needs to carry out an attempt: the frozen graph, its inputs, a place for its outputs. An agent of
 * another team learns no names: not of the workflow, of the files, or of the team.
 */
export function assignmentOf(
  task: TaskRow,
  attempt: { readonly id: string; readonly fence: number },
  agentTeamId: string,
  { workflows, files, signer, addressMs }: AssignmentPorts,
): Assignment {
  const version = workflows.version(task.snapshot_id);
  const values = JSON.parse(task.parameters_json) as Record<string, unknown>;
  const filled = fillGraph(version.graph, version.parameters, values);
  const foreign = agentTeamId !== task.team_id;
  const inputs = filled.files.map(({ key, node_id, field, file_key }): AssignedInput => {
    const file = files.checkInput(task.team_id, key, file_key);
    return {
      node_id,
      field,
      file_name: foreign ? `input${extname(file.file_name)}` : file.file_name,
      content_type: file.content_type,
      size: file.announced_size,
      sha256: file.sha256 ?? '',
      url: files.contentPath(file),
    };
  });
  return {
    attempt_id: attempt.id,
    fence: attempt.fence,
    task_id: task.id,
    tool_type: task.tool_type,
    graph: filled.graph,
    inputs,
    upload_url: signer.sign(
      { path: uploadPath(attempt.id), claims: { fence: String(attempt.fence) } },
      addressMs,
    ),
    workflow: {
      id: task.workflow_id,
      slug: '',
      version: version.snapshot.version,
      name: foreign ? '' : version.snapshot.display_name,
    },
    foreign,
  };
}
