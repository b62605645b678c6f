import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { placeBetween } from '../../../../electron/gateway/tasks/place.ts';

const between = (low: string, high: string): string => {
  const place = placeBetween(low, high);
  expect(low < place, `${low} < ${place}`).toBe(true);
  if (high !== '') expect(place < high, `${place} < ${high}`).toBe(true);
  return place;
};

describe('a place', () => {
  it('lies between two ids, before the first and after the last', () => {
    const [a, b] = [v7(), v7()];
    for (const [low, high] of [
      [a, b],
      ['', a],
      [b, ''],
      ['', ''],
    ] as const)
      between(low, high);
  });

  it('can be found again and again in the same gap, and stays short', () => {
    for (const side of ['low', 'high'] as const) {
      let [low, high] = [v7(), v7()];
      for (let n = 0; n < 500; n += 1) {
        const place = between(low, high);
        if (side === 'low') low = place;
        else high = place;
      }
      expect((side === 'low' ? low : high).length).toBeLessThan(250);
    }
  });

  it('can be found between any two places of a line that is shuffled at random', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const places = [v7()];
    for (let n = 0; n < 2000; n += 1) {
      const at = random(places.length + 1);
      places.splice(at, 0, between(places[at - 1] ?? '', places[at] ?? ''));
    }
    expect(places).toEqual(places.toSorted());
  });
});
