import { modelPathOf } from '#shared/models/paths.ts';
import type { Candidate } from './candidate.ts';
import { missingModelWords } from './missing-models.ts';
import { labelOf, type Requirements } from './requirements.ts';

interface Filter {
  readonly name: string;
  readonly passes: (needs: Requirements, agent: Candidate) => boolean;
  /** Said when this filter is what leaves nobody; `left` passed all filters before it. */
  readonly words: (needs: Requirements, left: readonly Candidate[]) => string;
}

/** Would the agent serve another team? */
export const isForeign = (needs: Requirements, agent: Candidate): boolean => agent.teamId !== needs.teamId;

const missingLabels = (needs: Requirements, agent: Candidate) =>
  needs.labels.filter((label) => !agent.labels.has(labelOf(label)));
const missingModels = (needs: Requirements, agent: Candidate) =>
  needs.models.filter((path) => !agent.models.has(modelPathOf(path)));

/** Agents that have another engine ready must not be named as not ready for this one. */
const notReady = (needs: Requirements, agent: Candidate): string => agent.tools.get(needs.tool) ?? '';

/** What no agent has is the thing to mend; when each lacks something else, what the first one lacks. */
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
    passes: (needs, agent) => agent.tools.has(needs.tool),
    words: (needs) => `No agent runs ${needs.tool === 'nerfstudio' ? 'Nerfstudio' : 'ComfyUI'}.`,
  },
  {
    name: 'labels',
    passes: (needs, agent) => needs.labels.every((label) => agent.labels.has(labelOf(label))),
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
    passes: (needs, agent) => needs.models.every((path) => agent.models.has(modelPathOf(path))),
    words: (needs, left) => {
      const missing = missingEverywhere(left, needs.models, (agent) => missingModels(needs, agent));
      return `No agent has ${named('model', missing)}. ${missingModelWords(missing, left)}`;
    },
  },
  {
    name: 'ready',
    passes: (needs, agent) => notReady(needs, agent) === '',
    words: (needs, left) => {
      if (needs.pool === 'community') return 'No agent of the community pool that fits is ready.';
      const [first] = left;
      const why = first ? notReady(needs, first) : '';
      return left.length === 1
        ? `The agent ${first?.agentId} is not ready: ${why}`
        : `None of the ${left.length} matching agents is ready; ${first?.agentId}: ${why}`;
    },
  },
];

export const eligible = (needs: Requirements, agent: Candidate): boolean =>
  filters.every((filter) => filter.passes(needs, agent));

/** Is there an agent that could run it, now or when it has a free place? */
export const someoneFits = (needs: Requirements, agents: readonly Candidate[]): boolean =>
  agents.some((agent) => eligible(needs, agent));

/**
 * Has the agent every node of the graph, as far as it said? A soft rule: it chooses between eligible agents, but when
 * none has a node, its engine says so by name, which helps more than waiting for ever.
 */
export const hasNodes = (needs: Requirements, agent: Candidate): boolean =>
  agent.nodeTypes.length === 0 ||
  agent.nodeTypes.some((known) => known.size === 0 || needs.nodeTypes.every((type) => known.has(type)));

/** What is said of a task that is being given away just now. */
export const beingGiven = 'It is next: an agent is being given the work.';

/** What is said of every waiting task of a team whose line is paused. */
export const lineIsPaused = 'The queue is paused; resume it to go on.';

/** What is said while a team uses up its share of the community pool. */
export const poolIsFull =
  'The team has as many tasks in the community pool as its quota max_community_tasks allows.';

/** Why a task waits, in words: the first filter that leaves nobody, else that those who are left are busy. */
export function explain(needs: Requirements, agents: readonly Candidate[]): string {
  let left = agents;
  for (const filter of filters) {
    const passed = left.filter((agent) => filter.passes(needs, agent));
    if (passed.length === 0) return filter.words(needs, left);
    left = passed;
  }
  const knowing = left.filter((agent) => hasNodes(needs, agent));
  if (knowing.length > 0) left = knowing;
  const free = left.some(
    (agent) => agent.running < agent.slots + (isForeign(needs, agent) ? 0 : agent.staging),
  );
  if (free) return beingGiven;
  if (needs.pool === 'community') return 'The agents of the community pool that fit are busy.';
  return left.length === 1
    ? `The agent ${left[0]?.agentId} is busy.`
    : `All ${left.length} matching agents are busy.`;
}
