import type { UnknownNode } from '#shared/comfy/convert/convert.ts';
import { WorkflowFileError } from '#shared/comfy/convert/problems.ts';
import { inspectWorkflow, judge, type Verdict } from '#shared/comfy/inspect.ts';
import type { Json } from '#shared/comfy/json.ts';
import { neededNodes } from '#shared/comfy/needed-nodes.ts';
import { readJson } from '#shared/comfy/readers/read.ts';
import { AppError } from '#shared/errors.ts';
import type { AgentVerdict, InspectWorkflowReply, WorkflowVerdict } from '#shared/wire/inspect.ts';
import { modelsOfEngine } from '../agents/models.ts';
import type { NodeInfos } from '../agents/node-infos.ts';
import type { AgentRegistry } from '../agents/registry.ts';
import { notReady } from '../agents/view.ts';
import type { WorkflowVersion } from './workflows.ts';

/** Looks at a workflow before it is imported: its graph, a form for it, and which agents will run it. */
export class Inspection {
  readonly #agents: AgentRegistry;
  readonly #nodeInfos: NodeInfos;

  constructor(agents: AgentRegistry, nodeInfos: NodeInfos) {
    this.#agents = agents;
    this.#nodeInfos = nodeInfos;
  }

  async inspect(teamId: string, workflow: Json): Promise<InspectWorkflowReply> {
    const { info, from } = await this.#nodeInfos.of(teamId);
    const seen = asAppError(() => inspectWorkflow(readJson(workflow), info));
    const verdicts = this.#verdicts(teamId, seen);
    return {
      format: seen.format,
      workflow_json: seen.graph as Record<string, unknown>,
      parameters: [...seen.parameters],
      required_models: [...seen.models],
      models_known: this.#agents.list(teamId).some(({ models }) => models.list !== undefined),
      required_inputs: seen.parameters
        .filter((def) => def.type === 'file' && def.required)
        .map(({ key }) => key),
      problems: [...seen.problems],
      unknown_nodes: seen.usesUnknown.map((one) => ({ ...one, nodes: [...one.nodes] })),
      verdicts,
      node_info: from,
    };
  }

  /** The node types that a workflow runs, with the packs that it names for them. */
  async needed(teamId: string, workflow: Json): Promise<Omit<UnknownNode, 'nodes'>[]> {
    const { info } = await this.#nodeInfos.of(teamId);
    return asAppError(() => {
      const found = readJson(workflow);
      const { graph } = inspectWorkflow(found, info);
      return neededNodes(graph, found.ui).map(({ nodes: _, ...node }) => node);
    });
  }

  /** Will a workflow of the team run, and where? */
  judge(teamId: string, { graph, requiredModels }: WorkflowVersion): WorkflowVerdict {
    const models = requiredModels.map((path) => ({ path }));
    return { verdicts: this.#verdicts(teamId, { graph, models }) };
  }

  #verdicts(teamId: string, workflow: Parameters<typeof judge>[0]): AgentVerdict[] {
    return this.#agents.list(teamId).map((session) => {
      const { list } = session.models;
      const { runs, missingNodes, missingModels } = bestVerdict(
        session.hello.engines.map(({ name, node_types: nodeTypes }) =>
          judge(workflow, { nodeTypes, models: modelsOfEngine(list, name) }),
        ),
      );
      return {
        agent_id: session.agentId,
        runs,
        missing_nodes: [...missingNodes],
        missing_models: [...missingModels],
        reason: notReady(session),
      };
    });
  }
}

const order: readonly Verdict['runs'][] = ['yes', 'unknown', 'no'];

/** One engine must have all that a run needs: of those that do not, the one that lacks least. */
function bestVerdict(verdicts: readonly Verdict[]): Verdict {
  const best = verdicts.toSorted(
    (one, other) =>
      order.indexOf(one.runs) - order.indexOf(other.runs) ||
      one.missingNodes.length - other.missingNodes.length ||
      one.missingModels.length - other.missingModels.length,
  )[0];
  return best ?? { runs: 'unknown', missingNodes: [], missingModels: [] };
}

function asAppError<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof WorkflowFileError) throw new AppError('invalid_workflow', error.message);
    throw error;
  }
}
