import { z } from 'zod';
import { parameterDef } from './workflows.ts';

/** POST /workflows/inspect, ours: what a workflow is before anybody imports it. */
export const inspectWorkflowRequest = z
  .object({
    workflow: z.record(z.string(), z.unknown()).meta({
      description:
        'A workflow of ComfyUI’s editor, a graph in API format, `{prompt, workflow}`, or an import body.',
    }),
  })
  .meta({ id: 'InspectWorkflowRequest' });

export const workflowProblem = z
  .object({
    level: z.enum(['error', 'warning', 'note']),
    code: z.string(),
    message: z.string(),
    node: z.string().optional(),
  })
  .meta({ id: 'WorkflowProblem' });

export const unknownNode = z
  .object({
    type: z.string(),
    nodes: z.array(z.string()),
    cnr_id: z.string().optional().meta({ description: 'The pack that provides it, by its registry id.' }),
    aux_id: z.string().optional().meta({ description: 'The pack by its repository, `owner/name`.' }),
    ver: z.string().optional(),
  })
  .meta({ id: 'UnknownNode' });

export const requiredModel = z
  .object({
    path: z.string(),
    node_id: z.string(),
    field: z.string(),
    url: z.string().optional(),
    hash: z.string().optional(),
  })
  .meta({ id: 'RequiredModel' });

/** Whether an agent will run it. `unknown`: it has not told what it has. */
export const agentVerdict = z
  .object({
    agent_id: z.string(),
    runs: z.enum(['yes', 'no', 'unknown']),
    missing_nodes: z.array(z.string()),
    missing_models: z.array(z.string()),
    reason: z.string().meta({ description: 'Why it takes no tasks at the moment; empty when it does.' }),
  })
  .meta({ id: 'AgentVerdict' });
export type AgentVerdict = z.infer<typeof agentVerdict>;

export const inspectWorkflowReply = z
  .object({
    format: z.enum(['ui', 'api']),
    workflow_json: z.record(z.string(), z.unknown()),
    parameters: z.array(parameterDef),
    required_models: z.array(requiredModel),
    models_known: z.boolean().meta({
      description:
        'Whether any agent tells its models. Where none does, a workflow that requires them would wait for ever.',
    }),
    required_inputs: z.array(z.string()).meta({ description: 'Keys of the files that a run must bring.' }),
    problems: z.array(workflowProblem),
    unknown_nodes: z.array(unknownNode),
    verdicts: z.array(agentVerdict).meta({ description: 'One for each connected agent.' }),
    node_info: z.enum(['connected', 'kept', 'none']).meta({
      description: 'Whose node classes were used: a connected engine’s, the last ones seen, nobody’s.',
    }),
  })
  .meta({ id: 'InspectWorkflowReply' });
export type InspectWorkflowReply = z.infer<typeof inspectWorkflowReply>;

export const workflowVerdict = z
  .object({ verdicts: z.array(agentVerdict).meta({ description: 'One for each connected agent.' }) })
  .meta({ id: 'WorkflowVerdict' });
export type WorkflowVerdict = z.infer<typeof workflowVerdict>;
