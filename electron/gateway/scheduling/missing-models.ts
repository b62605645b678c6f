import { fileNameOf, modelPathOf } from '#shared/models/paths.ts';
import type { Candidate } from './candidate.ts';

/** What is being done about models that nobody has, or what to do. */
export function missingModelWords(missing: readonly string[], agents: readonly Candidate[]): string {
  const wanted = missing.map(modelPathOf);
  const fetching = agents.filter(({ fetching: { paths } }) => wanted.some((path) => paths.has(path)));
  const [first] = fetching.toSorted((one, other) => other.fetching.percent - one.fetching.percent);
  const it = wanted.length === 1 ? 'it' : 'them';
  if (first) {
    const { trouble, percent } = first.fetching;
    return trouble
      ? `${first.agentId} can’t fetch ${it}: ${trouble}`
      : `${first.agentId} is fetching ${it} (${percent} %).`;
  }
  for (const { agentId, models } of agents) {
    const same = [...models].find((path) => wanted.some((one) => fileNameOf(one) === fileNameOf(path)));
    if (same) return `${agentId} has a file of that name at ${same}: choose that one in the workflow.`;
  }
  return `Add ${it} on the page Models, and agents fetch ${it}.`;
}
