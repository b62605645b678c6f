import { modelPathOf } from '../models/paths.ts';
import type { ParameterDef } from '../wire/workflows.ts';
import { type ConvertOptions, convertUi, type UnknownNode } from './convert/convert.ts';
import { type Problem, WorkflowFileError } from './convert/problems.ts';
import { type Graph, readGraph } from './graph.ts';
import { objectOf, textOf } from './json.ts';
import { nodeSpec, type ObjectInfo } from './object-info.ts';
import { withoutPlaceholders } from './propose/placeholders.ts';
import { appModeTargets, proposeParameters } from './propose/propose.ts';
import { type RequiredModel, requiredModels } from './propose/requirements.ts';
import type { FoundWorkflow } from './readers/read.ts';

/** All that importing a workflow needs to know of it. */
export interface Inspected {
  readonly format: 'ui' | 'api';
  readonly graph: Graph;
  readonly parameters: readonly ParameterDef[];
  readonly models: readonly RequiredModel[];
  readonly problems: readonly Problem[];
  readonly usesUnknown: readonly UnknownNode[];
}

/**
 * What a found workflow is: its graph ready to run, a form for it, what it needs and what is wrong with it. The drawn
 * form is taken where the engine's node classes are known (it is the richer one), else the graph that lies beside it.
 * Throws only `WorkflowFileError`.
 */
export function inspectWorkflow(
  found: FoundWorkflow,
  info: ObjectInfo,
  options: ConvertOptions = {},
): Inspected {
  const blind = Object.keys(info).length === 0;
  if (found.ui && !(blind && found.api)) {
    const { graph, problems, usesUnknown, promoted } = convertUi(found.ui, info, options);
    const chosen = appModeTargets(objectOf(found.ui.extra), graph, promoted);
    return finished('ui', graph, info, { problems, usesUnknown, chosen, found });
  }
  const read = readGraph(found.api ?? found.body?.workflow_json);
  if ('problem' in read) throw new WorkflowFileError(read.problem);
  const usesUnknown = blind ? [] : unknownOf(read.graph, info);
  return finished('api', read.graph, info, { problems: [], usesUnknown, chosen: [], found });
}

interface Rest extends Pick<Inspected, 'problems' | 'usesUnknown'> {
  readonly chosen: Parameters<typeof proposeParameters>[2];
  readonly found: FoundWorkflow;
}

const finished = (format: Inspected['format'], graph: Graph, info: ObjectInfo, rest: Rest): Inspected => ({
  format,
  graph: withoutPlaceholders(graph, info),
  parameters: proposeParameters(graph, info, rest.chosen),
  models: requiredModels(graph, rest.found.ui),
  problems: rest.problems,
  usesUnknown: rest.usesUnknown,
});

function unknownOf(graph: Graph, info: ObjectInfo): UnknownNode[] {
  const found = new Map<string, { nodes: string[]; pack: Record<string, string> }>();
  for (const [id, { class_type, _meta }] of Object.entries(graph)) {
    if (nodeSpec(info, class_type)) continue;
    const pack = (['cnr_id', 'aux_id', 'ver'] as const).flatMap((key) => {
      const value = textOf(objectOf(_meta)[key]);
      return value === undefined ? [] : [[key, value] as const];
    });
    const one = found.get(class_type) ?? { nodes: [], pack: Object.fromEntries(pack) };
    one.nodes.push(id);
    found.set(class_type, one);
  }
  return [...found].map(([type, { nodes, pack }]) => ({ type, nodes, ...pack }));
}

/** What an engine has, as far as anybody knows. */
export interface EngineOffer {
  /** An empty list is “unknown”, not “none”. */
  readonly nodeTypes: readonly string[];
  /** Paths, folder first; `undefined` is “unknown”, an empty list is “none”. */
  readonly models: readonly string[] | undefined;
}

/** Whether an engine will run a workflow, and what is missing there. */
export interface Verdict {
  readonly runs: 'yes' | 'no' | 'unknown';
  readonly missingNodes: readonly string[];
  readonly missingModels: readonly string[];
}

/** The verdict before the run: node classes and model files that an engine lacks. */
export function judge(
  workflow: { readonly graph: Graph; readonly models: readonly Pick<RequiredModel, 'path'>[] },
  { nodeTypes, models }: EngineOffer,
): Verdict {
  const classes = new Set(nodeTypes);
  const files = models && new Set(models.map(modelPathOf));
  const used = [...new Set(Object.values(workflow.graph).map(({ class_type }) => class_type))];
  const missingNodes = classes.size > 0 ? used.filter((type) => !classes.has(type)) : [];
  const missingModels = files
    ? workflow.models.map(({ path }) => path).filter((path) => !files.has(modelPathOf(path)))
    : [];
  const known = classes.size > 0 && (files !== undefined || workflow.models.length === 0);
  return {
    runs: missingNodes.length + missingModels.length > 0 ? 'no' : known ? 'yes' : 'unknown',
    missingNodes,
    missingModels,
  };
}
