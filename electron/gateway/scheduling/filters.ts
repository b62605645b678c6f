import type { Candidate } from './candidate.ts';
import type { Requirements } from './requirements.ts';

interface Filter {
  readonly name: string;
  readonly passes: (needs: Requirements, agent: Candidate) => boolean;
  /** Said when this filter is what leaves nobody; `left` passed all filters before it. */
  readonly words: (needs: Requirements, left: readonly Candidate[]) => string;
}

const plain = (label: string): string => label.trim().toLowerCase();
const modelPath = (path: string): string => path.replace(/^\/?models\//, '');

const has = (set: ReadonlySet<string>, value: string): boolean =>
  set.has(value) || [...set].some((one) => plain(one) === plain(value));
const hasModel = (agent: Candidate, path: string): boolean =>
  agent.models.has(modelPath(path)) || [...agent.models].some((one) => modelPath(one) === modelPath(path));

const missingLabels = (needs: Requirements, agent: Candidate) =>
  needs.labels.filter((label) => !has(agent.labels, label));
const missingModels = (needs: Requirements, agent: Candidate) =>
  needs.models.filter((path) => !hasModel(agent, path));

/** The one that is missing on fewest agents is not the thing to mend; the one missing everywhere is. */
function missingEverywhere(
  agents: readonly Candidate[],
  wanted: readonly string[],
  missing: (agent: Candidate) => readonly string[],
): string[] {
  const lacking = agents.map((agent) => new Set(missing(agent)));
  const everywhere = wanted.filter((one) => lacking.every((set) => set.has(one)));
  return everywhere.length > 0 ? everywhere : [...(lacking[0] ?? [])];
}

const named = (what: string, all: readonly string[]): string =>
  all.length === 1 ? `the ${what} ${all[0]}` : `the ${what}s ${all.join(', ')}`;

/** The hard filters, in the order in which they explain themselves. */
export const filters: readonly Filter[] = [
  {
    name: 'pool',
    passes: (needs, agent) => (needs.pool === 'community' ? agent.community : agent.teamId === needs.teamId),
    words: (needs) =>
      needs.pool === 'community' ? 'No agent of the community pool is connected.' : 'No agent is connected.',
  },
  {
    name: 'tool',
    passes: (needs, agent) => agent.tools.includes(needs.tool),
    words: (needs) => `No agent runs ${needs.tool === 'nerfstudio' ? 'Nerfstudio' : 'ComfyUI'}.`,
  },
  {
    name: 'labels',
    passes: (needs, agent) => missingLabels(needs, agent).length === 0,
    words: (needs, left) =>
      `No agent has ${named(
        'label',
        missingEverywhere(left, needs.labels, (agent) => missingLabels(needs, agent)),
      )}.`,
  },
  {
    name: 'vram',
    passes: (needs, agent) => needs.minVramGb === 0 || agent.vramGb >= needs.minVramGb,
    words: (needs, left) => {
      const largest = Math.max(0, ...left.map(({ vramGb }) => vramGb));
      return `No agent has ${needs.minVramGb} GB of VRAM; the largest has ${Math.floor(largest)} GB.`;
    },
  },
  {
    name: 'models',
    passes: (needs, agent) => missingModels(needs, agent).length === 0,
    words: (needs, left) =>
      `No agent has ${named(
        'model',
        missingEverywhere(left, needs.models, (agent) => missingModels(needs, agent)),
      )}.`,
  },
  {
    name: 'ready',
    passes: (_needs, agent) => agent.notReady === '',
    words: (_needs, left) =>
      left.length === 1
        ? `The agent ${left[0]?.agentId} is not ready: ${left[0]?.notReady}`
        : `None of the ${left.length} matching agents is ready: ${left[0]?.agentId}: ${left[0]?.notReady}`,
  },
];

export const eligible = (needs: Requirements, agent: Candidate): boolean =>
  filters.every((filter) => filter.passes(needs, agent));

/**
 * Has the agent every node of the graph, as far as it said? A soft rule: it chooses between eligible agents, but when
 * none has a node, its engine says so by name, which helps more than waiting for ever.
 */
export const hasNodes = (needs: Requirements, agent: Candidate): boolean =>
  agent.nodeTypes.size === 0 || needs.nodeTypes.every((type) => agent.nodeTypes.has(type));

/** Why a task waits, in words: the first filter that leaves nobody, else that those who are left are busy. */
export function explain(needs: Requirements, agents: readonly Candidate[]): string {
  let left = agents;
  for (const filter of filters) {
    const passed = left.filter((agent) => filter.passes(needs, agent));
    if (passed.length === 0) return filter.words(needs, left);
    left = passed;
  }
  const free = left.some((agent) => agent.running < agent.slots + agent.staging);
  if (free) return 'It is next: an agent is being given the work.';
  return left.length === 1
    ? `The agent ${left[0]?.agentId} is busy.`
    : `All ${left.length} matching agents are busy.`;
}
