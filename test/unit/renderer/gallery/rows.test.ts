import { describe, expect, it } from 'vitest';
import { heightOf, justified, shapeOf } from '../../../../renderer/components/gallery/rows.ts';

const wall = { width: 1200, row: 200, gap: 8 };
const shapes = Array.from({ length: 60 }, (_, n) => [1.5, 0.67, 1, 1.46, 0.68, 2.4][n % 6] ?? 1);

describe.each([true, false])('rows (all full: %s)', (full) => {
  const rows = justified(shapes, wall, full);

  it('hold every picture once, in order and in its own shape', () => {
    const placed = rows.flatMap(({ height, pictures }) =>
      pictures.map(({ index, width }) => [index, width / height]),
    );
    expect(placed.map(([index]) => index)).toEqual(shapes.map((_, index) => index));
    for (const [index = 0, shape] of placed) expect(shape).toBeCloseTo(shapes[index] ?? 0, 5);
  });

  it('fill the width and follow each other without touching', () => {
    for (const [n, row] of rows.entries()) {
      const last = row.pictures.at(-1);
      if (full || n < rows.length - 1) expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(1200, 5);
      const next = rows[n + 1];
      if (next) expect(next.top).toBeCloseTo(row.top + row.height + wall.gap, 5);
    }
  });

  it('are about as high as wished', () => {
    for (const { height } of full ? rows : rows.slice(0, -1)) {
      expect(height).toBeGreaterThan(130);
      expect(height).toBeLessThan(300);
    }
  });
});

it('leaves a few pictures at their height instead of blowing them up', () => {
  const [row] = justified([1.5, 1], wall, false);
  expect(row?.height).toBe(200);
  expect(heightOf(justified([1.5, 1], wall, false), 8)).toBe(208);
});

it('never makes a picture wider than the wall', () => {
  for (const full of [true, false]) {
    const [row] = justified([4], { width: 360, row: 128, gap: 6 }, full);
    expect(row?.pictures[0]?.width).toBeLessThanOrEqual(360);
  }
  expect(justified([], wall, false)).toEqual([]);
});

it('keeps very long and very tall pictures bearable', () => {
  expect([shapeOf(10_000, 10), shapeOf(10, 10_000), shapeOf(null, 5)]).toEqual([4, 0.4, 1]);
});
