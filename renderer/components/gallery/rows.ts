/** One picture's place in a row. */
export interface Placed {
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

export interface PlacedRow {
  readonly top: number;
  readonly height: number;
  readonly pictures: readonly Placed[];
}

export interface Wall {
  readonly width: number;
  /** What a row is to be high. */
  readonly row: number;
  readonly gap: number;
}

/** Very long and very tall pictures are shown whole inside of a bearable shape. */
export const shapeOf = (width: number | null, height: number | null): number =>
  width && height ? Math.min(4, Math.max(0.4, width / height)) : 1;

/**
 * Pictures in rows that fill the width, each in its own shape and in its order. All rows are about as high as wished; the
 * last is stretched with the others when `full`, else it keeps its height.
 */
export function justified(shapes: readonly number[], wall: Wall, full: boolean): PlacedRow[] {
  const rows: PlacedRow[] = [];
  let top = 0;
  let index = 0;
  for (const shapesOfRow of broken(shapes, wall, full)) {
    const sum = shapesOfRow.reduce((all, shape) => all + shape, 0);
    const free = wall.width - wall.gap * (shapesOfRow.length - 1);
    const last = index + shapesOfRow.length === shapes.length;
    const filling = free / sum;
    const height = last && !full ? Math.min(filling, wall.row) : Math.min(filling, wall.row * 2);
    let left = 0;
    const pictures = shapesOfRow.map((shape) => {
      const width = Math.min(shape * height, wall.width);
      const placed = { index, left, width };
      left += width + wall.gap;
      index += 1;
      return placed;
    });
    rows.push({ top, height, pictures });
    top += height + wall.gap;
  }
  return rows;
}

/** Which shapes go in one row. */
function broken(shapes: readonly number[], wall: Wall, full: boolean): number[][] {
  const widthOf = (shape: number) => shape * wall.row + wall.gap;
  const whole = shapes.reduce((all, shape) => all + widthOf(shape), 0);
  const count = Math.max(1, Math.round(whole / (wall.width + wall.gap)));
  // Of one height throughout: every row takes its share of the whole.
  const share = full ? whole / count : wall.width + wall.gap;
  const rows: number[][] = [];
  let row: number[] = [];
  let taken = 0;
  let goal = share;
  for (const shape of shapes) {
    const width = widthOf(shape);
    // A picture goes where the larger part of it lies.
    if (row.length > 0 && taken + width / 2 > goal && (!full || rows.length < count - 1)) {
      rows.push(row);
      row = [];
      goal = full ? goal + share : taken + share;
    }
    row.push(shape);
    taken += width;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

export const heightOf = (rows: readonly PlacedRow[], gap: number): number => {
  const last = rows.at(-1);
  return last ? last.top + last.height + gap : 0;
};
