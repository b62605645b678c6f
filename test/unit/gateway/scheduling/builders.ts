import type { Candidate } from '../../../../electron/gateway/scheduling/candidate.ts';
import { type Requirements, signatureOf } from '../../../../electron/gateway/scheduling/requirements.ts';
import type { WaitingTask } from '../../../../electron/gateway/scheduling/waiting-queue.ts';

/** An agent that can do anything that asks for nothing special. */
export const agent = (name: string, fields: Partial<Candidate> = {}): Candidate => ({
  key: `team/${name}`,
  agentId: name,
  teamId: 'team',
  community: false,
  tools: new Map([['comfyui', '']]),
  labels: new Set(),
  models: new Set(),
  fetching: { paths: new Set(), percent: 0, trouble: '' },
  vramGb: 0,
  gpuCodes: [],
  region: '',
  nodeTypes: [],
  slots: 1,
  staging: 0,
  running: 0,
  warmWorkflow: '',
  recent: { done: 0, failed: 0 },
  ...fields,
});

export const needs = (fields: Partial<Requirements> = {}): Requirements => ({
  teamId: 'team',
  pool: 'team',
  tool: 'comfyui',
  labels: [],
  models: [],
  minVramGb: 0,
  nodeTypes: [],
  preferredGpu: '',
  region: '',
  ...fields,
});

/** Ids sort as they are named here: `01`, `02`, … */
export const task = (
  id: string,
  submitterId = 'ada',
  fields: Partial<WaitingTask> = {},
  wanted: Partial<Requirements> = {},
): WaitingTask => {
  const requirements = needs(wanted);
  return {
    id,
    workflowId: 'workflow',
    requirements,
    signature: signatureOf(requirements),
    submitterId,
    priority: 0,
    place: id,
    ...fields,
  };
};
