import { type ImageBatch, type MaskBatch, NodeError } from '../nodes/node.ts';

/** What pixel algorithms work on: an image, or a mask as an image of one channel. */
export interface Pixels {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

type Shape = Omit<Pixels, 'data'>;

/** Lets other work run, and an interrupt arrive; algorithms await it once a row. */
export type Pace = () => Promise<void>;

/** 2 GiB of floats: more would bring the desk's machine to its knees before the CPU is done with it. */
const maxElements = 2 ** 29;

function allocate({ batch, height, width, channels }: Shape): Float32Array {
  if (height < 1 || width < 1) {
    throw new NodeError(
      `Input and output sizes should be greater than 0, but got height ${height} and width ${width}.`,
      'RuntimeError',
    );
  }
  const elements = batch * height * width * channels;
  if (elements > maxElements) {
    throw new NodeError(
      `${batch} × ${width}×${height} pixels need ${(elements / 2 ** 28).toFixed(1)} GiB; ` +
        `the starter engine works with up to ${maxElements / 2 ** 28} GiB at once. Choose a smaller size or batch.`,
      'OutOfMemoryError',
    );
  }
  return new Float32Array(elements);
}

export function newImage(shape: Shape): ImageBatch {
  const { batch, height, width, channels } = shape;
  return { kind: 'image', batch, height, width, channels, data: allocate(shape) };
}

export function newMask(batch: number, height: number, width: number): MaskBatch {
  return { kind: 'mask', batch, height, width, data: allocate({ batch, height, width, channels: 1 }) };
}

export function asImage({ batch, height, width, channels, data }: Pixels): ImageBatch {
  return { kind: 'image', batch, height, width, channels, data };
}

export function asMask({ batch, height, width, data }: Pixels): MaskBatch {
  return { kind: 'mask', batch, height, width, data };
}

export function maskPixels({ batch, height, width, data }: MaskBatch): Pixels {
  return { batch, height, width, channels: 1, data };
}

/** One picture of a batch, on the same memory. */
export function frame(pixels: Pixels, index: number): Pixels {
  const size = pixels.height * pixels.width * pixels.channels;
  return { ...pixels, batch: 1, data: pixels.data.subarray(index * size, (index + 1) * size) };
}

/** As `SaveImage` does it: `clip(255 * x, 0, 255)` in float32, then the fraction is cut off. */
export function toBytes(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const scaled = Math.fround((data[i] as number) * 255);
    bytes[i] = scaled >= 255 ? 255 : Math.max(scaled, 0);
  }
  return bytes;
}

export function fromBytes(bytes: Uint8Array, into: Float32Array): void {
  for (let i = 0; i < bytes.length; i++) into[i] = (bytes[i] as number) / 255;
}

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
