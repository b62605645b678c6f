import { describe, expect, it } from 'vitest';
import {
  anchorAt,
  between,
  chunksOf,
  type Day,
  headingHeight,
  heightOfAnchor,
  planOf,
} from '../../../../renderer/components/gallery/plan.ts';

const day = (name: string, count: number): Day => ({
  day: name,
  begins_at: `${name}T00:00:00.000Z`,
  ends_at: `${name}T24:00:00.000Z`,
  count,
});

describe('the parts of a day', () => {
  it.each([1, 59, 60, 61, 119, 120, 1234])('hold all %i of it, the newest first', (count) => {
    const parts = chunksOf(day('2026-11-25', count));
    const places = parts
      .toReversed()
      .flatMap((part) => Array.from({ length: part.count }, (_, n) => part.offset + n));
    expect(places).toEqual(Array.from({ length: count }, (_, n) => n));
  });

  it('stay what they are when one more is made, but for the newest', () => {
    const before = chunksOf(day('2026-11-25', 190)).slice(1);
    const after = chunksOf(day('2026-11-25', 191)).slice(1);
    expect(after.map(({ key, offset, count }) => [key, offset, count])).toEqual(
      before.map(({ key, offset, count }) => [key, offset, count]),
    );
  });
});

describe('a plan', () => {
  const days = Array.from({ length: 500 }, (_, n) => day(`day-${n}`, 200));
  const plan = planOf(days, () => 1000);

  it('knows what lies between two heights, without looking at the rest', () => {
    const shown = between(plan, 100_000, 101_500);
    const parts = shown.flatMap(({ top, chunks }) => chunks.map((chunk) => top + chunk.top));
    expect(parts.length).toBeGreaterThan(0);
    for (const top of parts) expect(top > 99_000 && top < 101_500).toBe(true);
    expect(between(plan, -500, 1)[0]?.day.day).toBe('day-0');
    expect(between(plan, plan.height + 1, plan.height + 900)).toEqual([]);
  });

  it('finds again what one looked at when something above it has grown', () => {
    const anchor = anchorAt(plan, 50_500);
    const grown = planOf([day('newest', 70), ...days], (chunk) => (chunk.day.day === 'day-3' ? 1300 : 1000));
    const moved = 1000 + headingHeight + 3 * 300;
    expect(anchor && heightOfAnchor(grown, anchor)).toBe(50_500 + moved);
  });

  it('says so when what one looked at is gone', () => {
    const anchor = anchorAt(plan, 50_500);
    expect(
      anchor &&
        heightOfAnchor(
          planOf([], () => 0),
          anchor,
        ),
    ).toBeNull();
  });
});
