export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Width and height in pixels from the first bytes of a PNG, JPEG, WebP or GIF; `undefined` for anything else. */
export function readImageSize(head: Uint8Array): ImageSize | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length >= 24 && textAt(head, 1, 4) === 'PNG') {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (head.length >= 10 && textAt(head, 0, 4) === 'GIF8') {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (head.length >= 30 && textAt(head, 0, 4) === 'RIFF' && textAt(head, 8, 12) === 'WEBP') {
    return webpSize(head, view);
  }
  return head.length >= 4 && view.getUint16(0) === 0xffd8 ? jpegSize(head, view) : undefined;
}

const textAt = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

function webpSize(head: Uint8Array, view: DataView): ImageSize | undefined {
  switch (textAt(head, 12, 16)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return {
        width: (view.getUint16(24, true) | ((head[26] ?? 0) << 16)) + 1,
        height: (view.getUint16(27, true) | ((head[29] ?? 0) << 16)) + 1,
      };
    default:
      return undefined;
  }
}

/** Walks the segments up to the frame header (SOF0–SOF15 without DHT, JPG and DAC). */
function jpegSize(head: Uint8Array, view: DataView): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= head.length) {
    if (head[at] !== 0xff) return undefined;
    const marker = head[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
