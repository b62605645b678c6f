/**
 * A PNG with the colours of a picture and an alpha of its own. A canvas can't write it: it loses the colour of pixels
 * that are transparent, and those are the very ones that a mask marks (ComfyUI's LoadImage takes the mask from alpha).
 */
export async function encodePng(
  { width, height, data }: Pick<ImageData, 'width' | 'height' | 'data'>,
  alpha: (pixel: number) => number,
): Promise<Blob> {
  const stride = width * 4;
  const raw = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * (stride + 1);
    raw[row] = 1; // filter Sub: each byte as its difference from the one a pixel before; photos shrink by it
    for (let x = 0; x < stride; x += 1) {
      const now = byteAt(data, alpha, y * stride + x);
      const before = x < 4 ? 0 : byteAt(data, alpha, y * stride + x - 4);
      raw[row + 1 + x] = now - before;
    }
  }
  const stream = new Blob([raw]).stream().pipeThrough(new CompressionStream('deflate'));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
  const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Blob(
    [signature, chunk('IHDR', header), chunk('IDAT', packed), chunk('IEND', new Uint8Array())],
    { type: 'image/png' },
  );
}

const byteAt = (data: ImageData['data'], alpha: (pixel: number) => number, at: number): number =>
  (at & 3) === 3 ? alpha(at >> 2) : (data[at] ?? 0);

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

function chunk(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  bytes.set(
    [...type].map((letter) => letter.charCodeAt(0)),
    4,
  );
  bytes.set(body, 8);
  let sum = 0xffffffff;
  for (let at = 4; at < body.length + 8; at += 1) {
    sum = (table[(sum ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  }
  view.setUint32(body.length + 8, (sum ^ 0xffffffff) >>> 0);
  return bytes;
}
