import type { Candidate } from './candidate.ts';
import type { Requirements } from './requirements.ts';

interface Factor {
  readonly name: string;
  readonly weight: number;
  /** 0..1. */
  readonly value: (needs: Requirements, agent: Candidate) => number;
}

/** `RTX_4090` and `NVIDIA GeForce RTX 4090` are the same card: letters and digits, without the maker's words. */
const gpuCode = (name: string): string =>
  name
    .toLowerCase()
    .replace(/nvidia|geforce|amd|radeon|intel/g, '')
    .replace(/[^a-z0-9]/g, '');

const matchesGpu = (wanted: string, names: readonly string[]): boolean =>
  names.some((name) => gpuCode(name).includes(gpuCode(wanted)));

/** What makes one eligible agent better than another. The weights say how much; they add up to 1. */
export const factors: readonly Factor[] = [
  {
    name: 'preferred GPU',
    weight: 0.35,
    value: ({ preferredGpu }, { gpuNames }) =>
      preferredGpu === '' ? 0.5 : matchesGpu(preferredGpu, gpuNames) ? 1 : 0,
  },
  {
    name: 'models are warm',
    weight: 0.25,
    value: ({ workflowId }, { warmWorkflow }) => (warmWorkflow === workflowId ? 1 : 0),
  },
  {
    // Unknown is neutral (Cyberun, run page).
    name: 'region',
    weight: 0.15,
    value: ({ region }, agent) =>
      region === '' || agent.region === '' ? 0.5 : region === agent.region ? 1 : 0,
  },
  {
    name: 'free places',
    weight: 0.15,
    value: (_needs, { running, slots, staging }) => 1 - Math.min(1, running / (slots + staging)),
  },
  {
    // One success is assumed of everybody, so that a new agent gets its chance.
    name: 'recent success',
    weight: 0.1,
    value: (_needs, { recent }) => (recent.done + 1) / (recent.done + recent.failed + 1),
  },
];

/** 0..1; higher is better. */
export const scoreOf = (needs: Requirements, agent: Candidate): number =>
  factors.reduce((sum, { weight, value }) => sum + weight * value(needs, agent), 0);

/** The same, factor by factor, for people who ask why. */
export const explainScore = (needs: Requirements, agent: Candidate) =>
  factors.map(({ name, weight, value }) => ({ name, weight, value: value(needs, agent) }));
