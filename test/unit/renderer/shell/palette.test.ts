import { describe, expect, it } from 'vitest';
import { matching } from '../../../../renderer/components/palette/fuzzy.ts';

const best = (typed: string, ...texts: string[]): string | undefined =>
  texts
    .map((text) => ({ text, score: matching(typed, text) }))
    .filter((one): one is { text: string; score: number } => one.score !== null)
    .toSorted((a, b) => b.score - a.score)[0]?.text;

describe('what fits what is typed', () => {
  it('takes its letters in their order, whatever their case and accents', () => {
    expect(matching('wfl', 'Workflows')).not.toBeNull();
    expect(matching('CAFE', 'Café at night')).not.toBeNull();
    expect(matching('lfw', 'Workflows')).toBeNull();
  });

  it.each([
    ['pq', 'Pause the queue', 'Pipeline of antiques'],
    ['port', 'Portrait', 'Run soft portrait study'],
    ['set key', 'Settings: API keys', 'Asset turnkey'],
    ['task', 'Tasks', 'Start a sketch'],
  ])('finds by %s rather “%s” than “%s”', (typed, wanted, other) => {
    expect(best(typed, other, wanted)).toBe(wanted);
    expect(best(typed, wanted, other)).toBe(wanted);
  });

  it('takes all while nothing is typed', () => {
    expect(matching('  ', 'anything')).toBe(0);
  });
});
