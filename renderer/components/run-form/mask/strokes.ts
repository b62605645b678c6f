/** What was done to a mask, in order: undone by forgetting the last. Places and sizes are pixels of the picture. */
export type Stroke = Line | { readonly kind: 'fill' | 'clear' | 'invert' };

interface Line {
  readonly kind: 'paint' | 'erase';
  readonly size: number;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Only to be seen by: the mask is where there is any. */
const colour = '#ff8a4c';

type Paint = Pick<
  CanvasRenderingContext2D,
  | 'globalCompositeOperation'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'strokeStyle'
  | 'fillStyle'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'fillRect'
  | 'clearRect'
>;

/** Draws one onto the mask: opaque where it is masked. */
export function draw(paint: Paint, stroke: Stroke, width: number, height: number): void {
  if ('points' in stroke) drawLine(paint, stroke);
  else if (stroke.kind === 'clear') paint.clearRect(0, 0, width, height);
  else {
    paint.fillStyle = colour;
    paint.globalCompositeOperation = stroke.kind === 'fill' ? 'source-over' : 'xor';
    paint.fillRect(0, 0, width, height);
    paint.globalCompositeOperation = 'source-over';
  }
}

function drawLine(paint: Paint, { kind, size, points }: Line): void {
  const [first, ...rest] = points;
  if (!first) return;
  paint.globalCompositeOperation = kind === 'erase' ? 'destination-out' : 'source-over';
  paint.strokeStyle = colour;
  paint.lineWidth = size;
  paint.lineCap = 'round';
  paint.lineJoin = 'round';
  paint.beginPath();
  paint.moveTo(first.x, first.y);
  // A dot is a line of no length: round caps make it round.
  for (const point of rest.length ? rest : [first]) paint.lineTo(point.x, point.y);
  paint.stroke();
  paint.globalCompositeOperation = 'source-over';
}

export function drawAll(paint: Paint, strokes: readonly Stroke[], width: number, height: number): void {
  paint.clearRect(0, 0, width, height);
  for (const stroke of strokes) draw(paint, stroke, width, height);
}
