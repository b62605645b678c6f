import { type Canvas, createCanvas, type Image, loadImage } from '@napi-rs/canvas';
import type { Drawing, Drawn } from './painter.ts';

/**
 * A program of its own that makes small pictures of large ones, for the gateway that started it. A picture that is made
 * to crash or to hang its reader takes only this with it.
 */
const small = 320;
const large = 640;
const tiny = 12;
const quality = 80;

async function draw({ bytes }: Drawing): Promise<Drawn> {
  const image = await loadImage(Buffer.from(bytes));
  const { width, height } = image;
  const half = fitted(image, width, height, large);
  const third = fitted(half, width, height, small);
  const few = fitted(third, width, height, tiny);
  return {
    width,
    height,
    large: await half.encode('webp', quality),
    small: await third.encode('webp', quality),
    placeholder: `data:image/webp;base64,${bare(await flat(few).encode('webp', 60)).toString('base64')}`,
    colour: meanOf(few),
  };
}

/** At most this long on its longer side, never larger than it is. */
function fitted(source: Image | Canvas, width: number, height: number, longest: number): Canvas {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = createCanvas(
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Without transparency, which a few blurred pixels have no use for. */
function flat(source: Canvas): Canvas {
  const canvas = createCanvas(source.width, source.height);
  const context = canvas.getContext('2d');
  context.fillStyle = meanOf(source);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0);
  return canvas;
}

function meanOf(canvas: Canvas): string {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const sums = [0, 0, 0];
  let weight = 0;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0;
    weight += alpha;
    for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (data[at + channel] ?? 0) * alpha;
  }
  const hex = (sum: number) =>
    Math.round(weight ? sum / weight : 0)
      .toString(16)
      .padStart(2, '0');
  return `#${sums.map(hex).join('')}`;
}

/** Only the picture of a WebP file: its colour profile is larger than the few pixels themselves. */
function bare(webp: Buffer): Buffer {
  for (let at = 12; at + 8 <= webp.length; ) {
    const size = webp.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (webp.toString('latin1', at, at + 3) === 'VP8' && webp.toString('latin1', at, at + 4) !== 'VP8X') {
      const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
      head.writeUInt32LE(4 + end - at, 4);
      return Buffer.concat([head, webp.subarray(at, end)]);
    }
    at = end;
  }
  return webp;
}

process.on('message', (drawing: Drawing) => {
  draw(drawing).then(
    (drawn) => process.send?.({ drawn }),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.message : String(error) }),
  );
});
// The gateway is gone, however it went: nobody is left to draw for.
process.on('disconnect', () => process.exit());
