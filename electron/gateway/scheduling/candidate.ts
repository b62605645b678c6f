import type { EngineInfo } from '#shared/link/protocol.ts';
import type { ToolType } from '#shared/wire/common.ts';
import { type ModelList, modelsOfEngine, type SyncState } from '../agents/models.ts';
import type { AgentSession } from '../agents/session.ts';
import { gpusOf, notReady, vramGb } from '../agents/view.ts';
import { gpuCodeOf, labelOf } from './requirements.ts';

/** An agent as scheduling sees it. Labels, models and GPUs in the form in which `requirements.ts` compares them. */
export interface Candidate {
  /** `<team>/<agent>`. */
  readonly key: string;
  readonly agentId: string;
  readonly teamId: string;
  /** Serves tasks of other teams too. */
  readonly community: boolean;
  /** What its engines run, each with why that takes nothing now, in words; empty = ready. */
  readonly tools: ReadonlyMap<ToolType, string>;
  readonly labels: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  /** Those that it is fetching, and how far it has come with all of them, in per cent. */
  readonly fetching: {
    readonly paths: ReadonlySet<string>;
    readonly percent: number;
    readonly trouble: string;
  };
  /** Decimal gigabytes of its largest GPU. */
  readonly vramGb: number;
  readonly gpuCodes: readonly string[];
  readonly region: string;
  /** Node classes of each of its engines; an empty set = not known. */
  readonly nodeTypes: readonly ReadonlySet<string>[];
  readonly slots: number;
  /** Attempts it takes ahead of its slots. */
  readonly staging: number;
  /** Attempts open on it, running or ahead. */
  readonly running: number;
  readonly warmWorkflow: string;
  readonly recent: { readonly done: number; readonly failed: number };
}

/** Sets of what an agent said live as long as it says nothing else: they can hold a hundred thousand models. */
function once<Said extends object, Made>(make: (said: Said) => Made): (said: Said) => Made {
  const kept = new WeakMap<Said, Made>();
  return (said) => {
    let made = kept.get(said);
    if (made === undefined) {
      made = make(said);
      kept.set(said, made);
    }
    return made;
  };
}

const labelsOf = once((labels: readonly string[]) => new Set(labels.map(labelOf)));
const modelsOf = once(
  (list: ModelList) =>
    new Map([...list.known].map((engine) => [engine, new Set(modelsOfEngine(list, engine))] as const)),
);
const noModels: ReadonlySet<string> = new Set();
const nodeTypesOf = once((engines: readonly EngineInfo[]) =>
  engines.map(({ node_types }) => new Set(node_types)),
);

const fetchingOf = once(({ fetching, percent, phase, detail }: SyncState) => ({
  paths: new Set(fetching),
  percent,
  trouble: phase === 'stuck' ? detail : '',
}));

/** A tool is ready when one of the engines that run it is. */
function toolsOf(session: AgentSession): ReadonlyMap<ToolType, string> {
  const tools = new Map<ToolType, string>();
  for (const engine of session.hello.engines) {
    if (tools.get(engine.tool) !== '') tools.set(engine.tool, notReady(session, engine));
  }
  return tools;
}

/** What any of its engines can load. Mostly one engine, or several with the same folders: no set is made anew. */
function loadable({ hello, models }: AgentSession): ReadonlySet<string> {
  if (!models.list) return noModels;
  const byEngine = modelsOf(models.list);
  const sets = hello.engines.flatMap(({ name }) => byEngine.get(name) ?? []);
  const [first = noModels, ...others] = sets.filter(({ size }) => size > 0);
  return others.every((set) => set.size === first.size && [...set].every((path) => first.has(path)))
    ? first
    : new Set([first, ...others].flatMap((set) => [...set]));
}

export function candidateOf(session: AgentSession): Candidate {
  const { hello } = session;
  return {
    key: session.key,
    agentId: session.agentId,
    teamId: session.teamId,
    community: session.community,
    tools: toolsOf(session),
    labels: labelsOf(session.labels),
    models: loadable(session),
    fetching: fetchingOf(session.sync),
    vramGb: vramGb(session),
    gpuCodes: gpusOf(session).map(({ name }) => gpuCodeOf(name)),
    region: hello.region.trim().toLowerCase(),
    nodeTypes: nodeTypesOf(hello.engines),
    slots: hello.slots,
    staging: hello.staging,
    running: session.attempts.size,
    warmWorkflow: session.lastWorkflow,
    recent: session.recent,
  };
}
