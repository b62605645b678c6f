import { create } from 'zustand';
import { mostOutputs, type OutputItem } from '#shared/wire/outputs.ts';
import { outputsBetween } from '../../api/gallery.ts';
import type { OutputQuery } from './filter.ts';

interface Selection {
  readonly items: ReadonlyMap<string, OutputItem>;
  /** Where the next range begins. */
  readonly last: OutputItem | null;
}

const none: Selection = { items: new Map(), last: null };

/** What is chosen on the wall. */
export const useSelection = create<Selection>(() => none);

export const selection = {
  clear: () => useSelection.setState(none),
  toggle: (item: OutputItem) =>
    useSelection.setState(({ items }) => {
      const next = new Map(items);
      if (!next.delete(item.id) && next.size < mostOutputs) next.set(item.id, item);
      return { items: next, last: item };
    }),
  /** From the one that was chosen last to this one, also where the wall was not looked at in between. */
  async reach(query: OutputQuery, item: OutputItem): Promise<void> {
    const { last } = useSelection.getState();
    if (!last) return selection.toggle(item);
    const range = await outputsBetween(query, last, item);
    useSelection.setState(({ items }) => {
      const next = new Map(items);
      for (const one of range) if (next.size < mostOutputs || next.has(one.id)) next.set(one.id, one);
      return { items: next, last: item };
    });
  },
  all: (all: readonly OutputItem[]) =>
    useSelection.setState({ items: new Map(all.map((item) => [item.id, item])), last: all.at(-1) ?? null }),
  drop: (ids: readonly string[]) =>
    useSelection.setState(({ items, last }) => {
      const next = new Map(items);
      for (const id of ids) next.delete(id);
      return { items: next, last };
    }),
};

export const useIsChosen = (id: string): boolean => useSelection(({ items }) => items.has(id));
export const useIsChoosing = (): boolean => useSelection(({ items }) => items.size > 0);
