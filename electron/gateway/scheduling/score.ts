import type { Candidate } from './candidate.ts';
import type { Requirements } from './requirements.ts';

/** How much each factor counts, together 1. */
export const weights = {
  'preferred GPU': 0.35,
  'warm models': 0.25,
  region: 0.15,
  'free places': 0.15,
  'recent success': 0.1,
} as const;

type FactorName = keyof typeof weights;

/** What makes one eligible agent better than another, 0..1 each, beside what is warm there. */
const factors: Readonly<
  Record<Exclude<FactorName, 'warm models'>, (needs: Requirements, agent: Candidate) => number>
> = {
  'preferred GPU': ({ preferredGpu }, { gpuCodes }) =>
    preferredGpu === '' ? 0.5 : gpuCodes.some((code) => code.includes(preferredGpu)) ? 1 : 0,
  // Unknown is neutral (Cyberun, run page).
  region: ({ region }, agent) =>
    region === '' || agent.region === '' ? 0.5 : region === agent.region ? 1 : 0,
  'free places': (_needs, { running, slots, staging }) => 1 - Math.min(1, running / (slots + staging)),
  // One success is assumed of everybody, so that a new agent gets its chance.
  'recent success': (_needs, { recent }) => (recent.done + 1) / (recent.done + recent.failed + 1),
};

const names = Object.keys(factors) as (keyof typeof factors)[];

/** Higher is better. What is warm depends on the workflow, not on the signature: `warmBonus` comes on top. */
export function scoreOf(needs: Requirements, agent: Candidate): number {
  let sum = 0;
  for (const name of names) sum += weights[name] * factors[name](needs, agent);
  return sum;
}

/** For an agent whose engine ran this very workflow last. */
export const warmBonus = weights['warm models'];

/** Why an agent was chosen, factor by factor, in words. */
export function explainScore(needs: Requirements, agent: Candidate, workflowId: string): string {
  const values: Record<FactorName, number> = {
    'preferred GPU': factors['preferred GPU'](needs, agent),
    'warm models': agent.warmWorkflow === workflowId ? 1 : 0,
    region: factors.region(needs, agent),
    'free places': factors['free places'](needs, agent),
    'recent success': factors['recent success'](needs, agent),
  };
  return (Object.keys(weights) as FactorName[])
    .map((name) => `${name} ${Math.round(values[name] * 100)} %`)
    .join(', ');
}
