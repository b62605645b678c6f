import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { TaskDetail } from '#shared/wire/tasks.ts';

interface ReorderPorts {
  readonly box: RefObject<HTMLElement | null>;
  readonly height: number;
  readonly total: number;
  readonly taskAt: (index: number) => TaskDetail | undefined;
  /** A row goes before or after another one; `to` is where it then stands. */
  readonly onMove: (task: TaskDetail, beside: { before: string } | { after: string }, to: number) => void;
}

interface Drag {
  readonly from: number;
  /** The gap it would fall into: before the row with this index. */
  readonly gap: number;
}

/** So close to an edge of the window the page scrolls by itself. */
const edge = 90;

/** Puts rows of equal height into another order: with the pointer by their handle, or step by step with the arrows. */
export function useReorder({ box, height, total, taskAt, onMove }: ReorderPorts) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const pointer = useRef(0);
  const dragging = drag !== null;

  const drop = (from: number, gap: number) => {
    const task = taskAt(from);
    if (!task || gap === from || gap === from + 1) return;
    const next = gap < total ? taskAt(gap) : undefined;
    const last = taskAt(gap - 1);
    const to = gap > from ? gap - 1 : gap;
    if (next) onMove(task, { before: next.id }, to);
    else if (last) onMove(task, { after: last.id }, to);
  };

  const latest = useRef({ drag, drop, total, height });
  latest.current = { drag, drop, total, height };

  useEffect(() => {
    if (!dragging) return;
    const left = new AbortController();
    const { signal } = left;
    let frame = 0;
    const follow = () => {
      const now = latest.current;
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const gap = Math.max(0, Math.min(now.total, Math.round((pointer.current - top) / now.height)));
      setDrag((before) => before && (before.gap === gap ? before : { ...before, gap }));
      if (pointer.current < edge) window.scrollBy(0, -14);
      else if (pointer.current > window.innerHeight - edge) window.scrollBy(0, 14);
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    const move = (event: globalThis.PointerEvent) => {
      pointer.current = event.clientY;
    };
    const end = () => {
      const now = latest.current;
      if (now.drag) now.drop(now.drag.from, now.drag.gap);
      setDrag(null);
    };
    window.addEventListener('pointermove', move, { signal });
    window.addEventListener('pointerup', end, { signal });
    window.addEventListener('pointercancel', () => setDrag(null), { signal });
    window.addEventListener('keydown', (event) => event.key === 'Escape' && setDrag(null), { signal });
    return () => {
      cancelAnimationFrame(frame);
      left.abort();
    };
  }, [dragging, box]);

  const handle = (index: number) => ({
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.preventDefault();
      pointer.current = event.clientY;
      setDrag({ from: index, gap: index });
    },
    onKeyDown: (event: { key: string; preventDefault: () => void }) => {
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      event.preventDefault();
      if (event.key === 'ArrowUp' && index > 0) drop(index, index - 1);
      if (event.key === 'ArrowDown' && index < total - 1) drop(index, index + 2);
    },
  });
  return { drag, handle };
}
