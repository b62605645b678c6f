import { type RefObject, useLayoutEffect, useState } from 'react';

export interface View {
  readonly width: number;
  /** What of the box the window shows, measured from the box's own top. */
  readonly top: number;
  readonly bottom: number;
}

/** Coarse steps: between them nothing new comes into reach. */
const step = 160;

/** Follows how wide a box is and which part of it is in the window. */
export function useView(box: RefObject<HTMLElement | null>): View {
  const [view, setView] = useState<View>({ width: 0, top: 0, bottom: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const { top, width } = element.getBoundingClientRect();
      const above = Math.floor(-top / step) * step;
      const bottom = above + Math.ceil(window.innerHeight / step + 1) * step;
      setView((before) =>
        before.width === width && before.top === above && before.bottom === bottom
          ? before
          : { width, top: above, bottom },
      );
    };
    look();
    const left = new AbortController();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    window.addEventListener('scroll', look, { passive: true, signal: left.signal });
    window.addEventListener('resize', look, { signal: left.signal });
    return () => {
      observer.disconnect();
      left.abort();
    };
  }, [box]);
  return view;
}
