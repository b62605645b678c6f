import { expect, it } from 'vitest';
import { RankedHeap } from '../../../../electron/gateway/scheduling/heap.ts';

/** The same numbers in every run. */
function* numbers(): Generator<number, never> {
  for (let seed = 7; ; seed = (seed * 48271) % 2147483647) yield seed;
}

it('has the member of the highest rank on top through any changes', () => {
  const heap = new RankedHeap<string>();
  const ranks = new Map<string, number>();
  const random = numbers();
  for (let n = 0; n < 3000; n += 1) {
    const key = `m${random.next().value % 60}`;
    if (random.next().value % 3 === 0) {
      heap.remove(key);
      ranks.delete(key);
    } else {
      const rank = random.next().value % 1000;
      heap.set(key, rank, key);
      ranks.set(key, rank);
    }
    expect(heap.size).toBe(ranks.size);
    expect(heap.top?.rank).toBe(ranks.size === 0 ? undefined : Math.max(...ranks.values()));
    if (heap.top) expect(ranks.get(heap.top.item)).toBe(heap.top.rank);
  }
});

it('holds a member once, with what it was last given', () => {
  const heap = new RankedHeap<string>();
  heap.set('a', 1, 'old');
  heap.set('a', 1, 'new');
  expect([heap.size, heap.top?.item]).toEqual([1, 'new']);
});
