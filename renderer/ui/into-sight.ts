/**
 * Scrolls a row sideways until an item of it stands in the middle. Not by `scrollIntoView`: a browser would go on from
 * there with the Tab key, past everything above.
 */
export function intoSight(row: HTMLElement | null, item: HTMLElement | null | undefined): void {
  if (!row || !item) return;
  const [outer, inner] = [row.getBoundingClientRect(), item.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}
