import type { Pace } from './pixels.ts';

/** Colours as PIL's median cut chooses them, and the nearest of them as PIL looks it up. */
export type Palette = readonly (readonly [number, number, number])[];

/** Beyond so many distinct colours the cut works with one bit less of each channel, then two, … */
const maxColours = 65536;
const axisWeights = [77, 150, 29] as const;

interface Colour {
  /** The channels, shifted to the precision of the cut. */
  readonly at: readonly [number, number, number];
  count: number;
  readonly sum: [number, number, number];
}

interface Box {
  readonly colours: readonly Colour[];
  readonly pixels: number;
  halves?: readonly [Box, Box];
}

async function countColours(rgb: Uint8Array, pace: Pace): Promise<Colour[]> {
  for (let shift = 0; ; shift++) {
    const colours = new Map<number, Colour>();
    for (let i = 0; i < rgb.length && colours.size <= maxColours; i += 3) {
      if (i % 24576 === 0) await pace();
      const [r, g, b] = [rgb[i] as number, rgb[i + 1] as number, rgb[i + 2] as number];
      const at = [r >> shift, g >> shift, b >> shift] as const;
      const key = (at[0] << 16) | (at[1] << 8) | at[2];
      let colour = colours.get(key);
      if (!colour) {
        colour = { at, count: 0, sum: [0, 0, 0] };
        colours.set(key, colour);
      }
      colour.count++;
      colour.sum[0] += r;
      colour.sum[1] += g;
      colour.sum[2] += b;
    }
    if (colours.size <= maxColours) return [...colours.values()];
  }
}

function boxOf(colours: readonly Colour[]): Box {
  return { colours, pixels: colours.reduce((total, colour) => total + colour.count, 0) };
}

function ranges(box: Box): number[] {
  const low = [255, 255, 255];
  const high = [0, 0, 0];
  for (const { at } of box.colours) {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis] as number, at[axis] as number);
      high[axis] = Math.max(high[axis] as number, at[axis] as number);
    }
  }
  return high.map((value, axis) => value - (low[axis] as number));
}

/** The bright half holds more than half of the pixels, never all; a level of the axis stays in one half. */
function split(box: Box, spans: readonly number[]): readonly [Box, Box] {
  const weighted = axisWeights.map((weight, axis) => weight * (spans[axis] as number));
  const axis = weighted.indexOf(Math.max(...weighted));
  const levels = new Float64Array(256);
  for (const colour of box.colours)
    levels[colour.at[axis] as number] = (levels[colour.at[axis] as number] as number) + colour.count;
  const lowest = levels.findIndex((count) => count > 0);
  let border = 255;
  for (let bright = levels[255] as number; bright * 2 <= box.pixels; bright += levels[border] as number)
    border--;
  if (border === lowest) border++;
  const isBright = (colour: Colour) => (colour.at[axis] as number) >= border;
  return [boxOf(box.colours.filter(isBright)), boxOf(box.colours.filter((colour) => !isBright(colour)))];
}

/** A max-heap by pixel count. Which of two equals comes first decides the palette, so it moves as PIL's does. */
class BoxHeap {
  readonly #boxes: Box[] = [];

  #at(index: number): Box {
    return this.#boxes[index - 1] as Box;
  }

  add(box: Box): void {
    this.#boxes.push(box);
    let hole = this.#boxes.length;
    for (; hole > 1 && box.pixels > this.#at(hole >> 1).pixels; hole >>= 1)
      this.#boxes[hole - 1] = this.#at(hole >> 1);
    this.#boxes[hole - 1] = box;
  }

  take(): Box | undefined {
    const top = this.#boxes[0];
    const last = this.#boxes.pop();
    const size = this.#boxes.length;
    if (!last || size === 0) return top;
    let hole = 1;
    while (hole * 2 <= size) {
      let child = hole * 2;
      if (child < size && this.#at(child).pixels < this.#at(child + 1).pixels) child++;
      if (last.pixels > this.#at(child).pixels) break;
      this.#boxes[hole - 1] = this.#at(child);
      hole = child;
    }
    this.#boxes[hole - 1] = last;
    return top;
  }
}

function leaves(box: Box): Box[] {
  return box.halves ? box.halves.flatMap(leaves) : [box];
}

function average(box: Box): [number, number, number] {
  const mean = (axis: 0 | 1 | 2) =>
    Math.trunc(0.5 + box.colours.reduce((total, colour) => total + colour.sum[axis], 0) / box.pixels);
  return [mean(0), mean(1), mean(2)];
}

/** PIL's median cut of RGB bytes into at most `size` colours. */
export async function medianCut(rgb: Uint8Array, size: number, pace: Pace): Promise<Palette> {
  const root = boxOf(await countColours(rgb, pace));
  const heap = new BoxHeap();
  heap.add(root);
  for (let boxes = 1; boxes < size; boxes++) {
    let box = heap.take();
    let spans = box ? ranges(box) : [];
    while (box && spans.every((span) => span === 0)) {
      box = heap.take();
      spans = box ? ranges(box) : [];
    }
    if (!box) break;
    box.halves = split(box, spans);
    await pace();
    heap.add(box.halves[0]);
    heap.add(box.halves[1]);
  }
  return leaves(root).map(average);
}

/** Looks colours up as PIL does: one answer for each cube of 4 levels a side, the nearest to the cube's dark corner. */
export function paletteLookup(palette: Palette): (r: number, g: number, b: number) => number {
  const answers = new Int16Array(64 * 64 * 64).fill(-1);
  return (r, g, b) => {
    const slot = ((r >> 2) << 12) | ((g >> 2) << 6) | (b >> 2);
    const known = answers[slot] as number;
    if (known >= 0) return known;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    palette.forEach(([pr, pg, pb], index) => {
      const distance = ((r & 252) - pr) ** 2 + ((g & 252) - pg) ** 2 + ((b & 252) - pb) ** 2;
      if (distance < least) {
        least = distance;
        best = index;
      }
    });
    answers[slot] = best;
    return best;
  };
}
