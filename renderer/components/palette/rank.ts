import { matching } from './fuzzy.ts';
import { type Group, groups, type PaletteItem } from './items.ts';

/** Shown of each group: a list that fits the eye, not all there is. */
const most: Readonly<Record<Group, number>> = { pages: 8, workflows: 6, tasks: 5, actions: 8 };
/** While nothing is typed the list is a reminder of what there is. */
const atRest: Readonly<Record<Group, number>> = { pages: 8, workflows: 5, tasks: 3, actions: 5 };

export interface Ranked {
  readonly group: Group;
  readonly items: readonly PaletteItem[];
}

/** What fits what is typed, the group with the best first. */
export function rank(items: readonly PaletteItem[], typed: string): Ranked[] {
  const limits = typed.trim() ? most : atRest;
  const scored = items.flatMap((item) => {
    if (item.rare && !typed.trim()) return [];
    const [label, hint] = [matching(typed, item.label), item.hint ? matching(typed, item.hint) : null];
    // Found by its hint alone it comes after what is called so.
    const score = label ?? (hint === null ? null : hint - 20);
    return score === null ? [] : [{ item, score }];
  });
  return groups
    .map((group) => ({
      group,
      found: scored.filter(({ item }) => item.group === group).toSorted((a, b) => b.score - a.score),
    }))
    .filter(({ found }) => found.length > 0)
    .toSorted((a, b) => (typed.trim() ? (b.found[0]?.score ?? 0) - (a.found[0]?.score ?? 0) : 0))
    .map(({ group, found }) => ({ group, items: found.slice(0, limits[group]).map(({ item }) => item) }));
}
