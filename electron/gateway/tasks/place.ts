/** Printable ASCII, without the two ends: there is always something between two texts that do not end in the first. */
const first = 33;
const last = 127;

/**
 * A text that sorts after `low` and before `high`; an empty one is no bound. So a task moves between two others without
 * any of them being written anew. Ids are such texts too.
 */
export function placeBetween(low: string, high: string): string {
  let place = '';
  let bound = high;
  for (let at = 0; ; at += 1) {
    const from = at < low.length ? low.charCodeAt(at) : first;
    const to = at < bound.length ? bound.charCodeAt(at) : last;
    if (to - from >= 2) return place + String.fromCharCode((from + to) >> 1);
    place += String.fromCharCode(from);
    // Below the bound already: what follows is free.
    if (to > from) bound = '';
  }
}
