import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';

export interface Zoom {
  /** 1 = fits in the frame. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const fit: Zoom = { scale: 1, x: 0, y: 0 };
const most = 16;

/** Closer or farther around a point of the frame, which stays where it is. Measured from the frame's middle. */
export function zoomed(zoom: Zoom, scale: number, x = 0, y = 0): Zoom {
  const next = Math.min(most, Math.max(1, scale));
  if (next === 1) return fit;
  const by = next / zoom.scale;
  return { scale: next, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by };
}

interface Pointer {
  readonly x: number;
  readonly y: number;
}

const apart = ([a, b]: readonly Pointer[]) => (a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0);

/** Zoom and pan by wheel, drag, two fingers and double click. */
export function useZoom(frame: RefObject<HTMLElement | null>) {
  const [zoom, setZoom] = useState<Zoom>(fit);
  const pointers = useRef(new Map<number, Pointer>());

  const pointOf = useCallback(
    (event: { clientX: number; clientY: number }): Pointer => {
      const box = frame.current?.getBoundingClientRect();
      if (!box) return { x: 0, y: 0 };
      return {
        x: event.clientX - box.left - box.width / 2,
        y: event.clientY - box.top - box.height / 2,
      };
    },
    [frame],
  );

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // Not React's: its listener may not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { x, y } = pointOf(event);
      setZoom((now) => zoomed(now, now.scale * 1.0015 ** -event.deltaY, x, y));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [frame, pointOf]);

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, pointOf(event));
  };
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = pointOf(event);
    const apartBefore = apart([...pointers.current.values()]);
    pointers.current.set(event.pointerId, now);
    const apartNow = apart([...pointers.current.values()]);
    setZoom((zoom) => {
      if (pointers.current.size > 1 && apartBefore > 0)
        return zoomed(zoom, (zoom.scale * apartNow) / apartBefore, now.x, now.y);
      return zoom.scale === 1
        ? zoom
        : { ...zoom, x: zoom.x + now.x - before.x, y: zoom.y + now.y - before.y };
    });
  };
  const onPointerUp = (event: PointerEvent) => void pointers.current.delete(event.pointerId);

  return {
    zoom,
    setZoom,
    reset: useCallback(() => setZoom(fit), []),
    by: useCallback((factor: number) => setZoom((now) => zoomed(now, now.scale * factor)), []),
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp },
    pointOf,
  };
}

export const transformOf = ({ scale, x, y }: Zoom): string => `translate(${x}px, ${y}px) scale(${scale})`;
