import { useQueries } from '@tanstack/react-query';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { chunkQuery } from '../../api/gallery.ts';
import type { OutputQuery } from './filter.ts';
import {
  type Anchor,
  anchorAt,
  between,
  type Chunk,
  type Day,
  heightOfAnchor,
  type PlacedDay,
  type Plan,
  planOf,
} from './plan.ts';
import { heightOf, justified, type PlacedRow, shapeOf, type Wall } from './rows.ts';
import type { View } from './use-view.ts';

export interface Laid {
  readonly items: readonly OutputItem[];
  readonly rows: readonly PlacedRow[];
}

export interface Planned {
  readonly plan: Plan;
  readonly shown: readonly PlacedDay[];
  readonly laid: ReadonlyMap<string, Laid>;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** So much beyond the window is laid out too. */
const beyond = 900;

/** Guesses until it was seen: as many rows as pictures of a common shape would fill. */
const guessed = ({ count }: Chunk, wall: Wall): number => {
  const each = 1.25 * wall.row + wall.gap;
  return Math.max(1, Math.round((count * each) / Math.max(1, wall.width))) * (wall.row + wall.gap);
};

const layoutOf = (items: readonly OutputItem[], wall: Wall, chunk: Chunk): Laid => ({
  items,
  rows: justified(
    items.map((item) => shapeOf(item.width, item.height)),
    wall,
    chunk.full,
  ),
});

/** Parts that were shown last: what is asked for anew stays on the wall until the answer is there. */
class Remembered {
  readonly #parts = new Map<string, readonly OutputItem[]>();

  keep(key: string, fresh: readonly OutputItem[] | undefined): readonly OutputItem[] | undefined {
    const items = fresh ?? this.#parts.get(key);
    if (!items) return undefined;
    this.#parts.delete(key);
    this.#parts.set(key, items);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > 60 && oldest !== undefined) this.#parts.delete(oldest);
    return items;
  }
}

/** Reaches of the wall are asked for once the scrolling rests on them, not while it flies past. */
function useRested<Value>(value: Value, key: string, rest: number): Value {
  const [rested, setRested] = useState({ value, key });
  const newest = useRef(value);
  newest.current = value;
  useEffect(() => {
    const timer = setTimeout(() => setRested({ value: newest.current, key }), rest);
    return () => clearTimeout(timer);
  }, [key, rest]);
  return rested.value;
}

/** Lays out the days: what is in reach from its pictures, what was seen before as it was, the rest by a guess. */
export function usePlan(days: readonly Day[], query: OutputQuery, wall: Wall, view: View): Planned {
  const seen = useRef(new Map<string, number>());
  const remembered = useRef(new Remembered());
  const name = (chunk: Chunk) => `${wall.width} ${chunk.key} ${chunk.count}`;
  const known = (chunk: Chunk) => seen.current.get(name(chunk)) ?? guessed(chunk, wall);
  const reach = (plan: Plan) => between(plan, view.top - beyond, view.bottom + beyond);
  const wanted = wall.width > 0 ? reach(planOf(days, known)).flatMap((day) => day.chunks) : [];
  const asked = useRested(wanted, wanted.map(name).join(), 70);
  const queries = useQueries({
    queries: asked.map((chunk) => chunkQuery(query, chunk)),
  });
  const laid = new Map<string, Laid>();
  for (const [index, chunk] of asked.entries()) {
    const items = remembered.current.keep(`${JSON.stringify(query)} ${chunk.key}`, queries[index]?.data);
    if (!items) continue;
    const layout = layoutOf(items, wall, chunk);
    laid.set(chunk.key, layout);
    seen.current.set(name(chunk), heightOf(layout.rows, wall.gap));
  }
  const plan = planOf(days, known);
  const failed = queries.find(({ isError }) => isError);
  return {
    plan,
    shown: wall.width > 0 ? reach(plan) : [],
    laid,
    error: failed?.error ?? null,
    retry: () => {
      for (const one of queries) if (one.isError) void one.refetch();
    },
  };
}

/** What one looks at stays where it is when the wall above it grows or shrinks; at the top, new works are let in. */
export function useSteady(box: RefObject<HTMLElement | null>, plan: Plan): void {
  const anchor = useRef<Anchor | null>(null);
  const current = useRef(plan);
  useLayoutEffect(() => {
    current.current = plan;
    const element = box.current;
    if (!element || !anchor.current) return;
    const now = -element.getBoundingClientRect().top;
    const then = heightOfAnchor(plan, anchor.current);
    if (now > 0 && then !== null && Math.abs(then - now) > 1) window.scrollBy(0, then - now);
  }, [box, plan]);
  useEffect(() => {
    const remember = () => {
      const top = -(box.current?.getBoundingClientRect().top ?? 0);
      anchor.current = top > 0 ? anchorAt(current.current, top) : null;
    };
    remember();
    window.addEventListener('scroll', remember, { passive: true });
    return () => window.removeEventListener('scroll', remember);
  }, [box]);
}
