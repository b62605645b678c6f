import { describe, expect, it } from 'vitest';
import { gpuCodeOf } from '../../../../electron/gateway/scheduling/requirements.ts';
import { explainScore, scoreOf, warmBonus, weights } from '../../../../electron/gateway/scheduling/score.ts';
import { agent, needs } from './builders.ts';

it('has weights that make one together', () => {
  expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
  expect(warmBonus).toBe(weights['warm models']);
});

/** What a change of the agent is worth. */
const gain = (
  wanted: Parameters<typeof needs>[0],
  better: Parameters<typeof agent>[1],
  worse: Parameters<typeof agent>[1],
): number => scoreOf(needs(wanted), agent('a', better)) - scoreOf(needs(wanted), agent('a', worse));

describe('region', () => {
  const wanted = { region: 'us-east' };
  it('is worth its whole weight between the same and another one', () => {
    expect(gain(wanted, { region: 'us-east' }, { region: 'tw-tpe' })).toBeCloseTo(weights.region, 10);
  });
  it('is half when the agent does not say where it is', () => {
    expect(gain(wanted, { region: '' }, { region: 'tw-tpe' })).toBeCloseTo(weights.region / 2, 10);
  });
  it('is half for every agent when the submitter does not say where they are', () => {
    expect(gain({ region: '' }, { region: 'us-east' }, { region: '' })).toBe(0);
    const known = gain(wanted, { region: 'us-east' }, {});
    expect(known).toBeCloseTo(weights.region / 2, 10);
  });
});

describe('preferred GPU', () => {
  it.each([
    ['RTX_4090', 'NVIDIA GeForce RTX 4090'],
    ['A100_80GB', 'NVIDIA A100 80GB PCIe'],
    ['RX 7900 XTX', 'AMD Radeon RX 7900 XTX'],
  ])('%s is recognised in "%s"', (code, name) => {
    const wanted = { preferredGpu: gpuCodeOf(code) };
    expect(gain(wanted, { gpuCodes: [gpuCodeOf(name)] }, { gpuCodes: [] })).toBeCloseTo(
      weights['preferred GPU'],
      10,
    );
  });
  it('is another card when the number differs', () => {
    expect(gain({ preferredGpu: gpuCodeOf('RTX_4090') }, { gpuCodes: [gpuCodeOf('RTX 3090')] }, {})).toBe(0);
  });
  it('makes no difference when none is preferred', () => {
    expect(gain({}, { gpuCodes: [gpuCodeOf('RTX 4090')] }, {})).toBe(0);
  });
});

it('prefers the agent with more of its places free', () => {
  expect(gain({}, { slots: 4, running: 1 }, { slots: 4, running: 3 })).toBeCloseTo(
    weights['free places'] / 2,
    10,
  );
});

it('prefers success, and gives a new agent the benefit of the doubt', () => {
  expect(gain({}, {}, { recent: { done: 1, failed: 9 } })).toBeGreaterThan(0);
  expect(gain({}, { recent: { done: 9, failed: 1 } }, { recent: { done: 1, failed: 9 } })).toBeGreaterThan(0);
  expect(gain({}, { recent: { done: 50, failed: 0 } }, {})).toBe(0);
});

it('names every factor when it explains itself', () => {
  const words = explainScore(needs(), agent('a', { warmWorkflow: 'w' }), 'w');
  for (const name of Object.keys(weights)) expect(words).toContain(name);
  expect(words).toContain('warm models 100 %');
  expect(explainScore(needs(), agent('a'), 'w')).toContain('warm models 0 %');
});
