import { type PointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import { encodePng } from './png.ts';
import { draw, drawAll, type Point, type Stroke } from './strokes.ts';

export interface Tool {
  readonly kind: 'paint' | 'erase';
  readonly size: number;
}

/** A canvas in the size of the picture over which the mask is painted, with every step kept to be undone. */
export function useMaskCanvas(file: File, before: readonly Stroke[], tool: Tool) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [strokes, setStrokes] = useState<readonly Stroke[]>(before);
  const current = useRef<Point[] | null>(null);

  useEffect(() => {
    let gone = false;
    void createImageBitmap(file).then((bitmap) => (gone ? bitmap.close() : setPicture(bitmap)));
    return () => {
      gone = true;
    };
  }, [file]);

  const paint = useCallback((work: (context: CanvasRenderingContext2D, on: HTMLCanvasElement) => void) => {
    const on = canvas.current;
    const context = on?.getContext('2d', { willReadFrequently: true });
    if (on && context) work(context, on);
  }, []);

  useEffect(() => {
    if (picture) paint((context, { width, height }) => drawAll(context, strokes, width, height));
  }, [picture, strokes, paint]);

  const place = (event: PointerEvent<HTMLCanvasElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = event.currentTarget.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  const pointer = {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      current.current = [place(event)];
      const points = current.current;
      paint((context, { width, height }) => draw(context, { ...tool, points }, width, height));
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => {
      const last = current.current?.at(-1);
      if (!current.current || !last) return;
      const next = place(event);
      current.current.push(next);
      paint((context, { width, height }) => draw(context, { ...tool, points: [last, next] }, width, height));
    },
    onPointerUp: () => {
      const points = current.current;
      current.current = null;
      if (points) setStrokes((all) => [...all, { ...tool, points }]);
    },
  };
  return {
    canvas,
    picture,
    strokes,
    pointer,
    add: (kind: 'fill' | 'clear' | 'invert') => setStrokes((all) => [...all, { kind }]),
    undo: () => setStrokes((all) => all.slice(0, -1)),
    /** The picture, transparent where it is masked. */
    finish: async (): Promise<File | null> => {
      const on = canvas.current;
      const mask = on?.getContext('2d')?.getImageData(0, 0, on.width, on.height);
      if (!picture || !on || !mask) return null;
      const flat = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
      flat?.drawImage(picture, 0, 0);
      const colours = flat?.getImageData(0, 0, picture.width, picture.height);
      if (!colours) return null;
      const blob = await encodePng(colours, (pixel) => 255 - (mask.data[pixel * 4 + 3] ?? 0));
      return new File([blob], `${file.name.replace(/\.[^.]*$/, '')} (mask).png`, { type: 'image/png' });
    },
  };
}
