import { addTag, type Bytes, type Tags } from './bytes.ts';
import { readExif } from './exif.ts';

interface Box {
  readonly type: string;
  readonly body: Bytes;
}

const mostBoxes = 10_000;

/** Boxes of ISO media files. One that claims more than there is ends where its parent ends. */
function* boxes(bytes: Bytes): Generator<Box> {
  for (let at = 0, count = 0; bytes.has(at, 8) && count < mostBoxes; count += 1) {
    const short = bytes.u32(at) ?? 0;
    const head = short === 1 ? 16 : 8;
    const size = short === 1 ? (bytes.u64(at + 8) ?? 0) : short === 0 ? bytes.length - at : short;
    if (size < head) return;
    yield { type: bytes.ascii(at + 4, 4), body: bytes.slice(at + head, at + size) };
    at += size;
  }
}

const child = (bytes: Bytes | undefined, type: string): Bytes | undefined => {
  for (const box of bytes ? boxes(bytes) : []) if (box.type === type) return box.body;
  return undefined;
};

/**
 * MP4, MOV, M4V: names in `keys`, values in `ilst` under `meta` (the way of QuickTime, which ComfyUI asks its muxer
 * for), or entries of `----` with their name inside (the way of iTunes).
 */
export function readMovie(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const movie = child(bytes, 'moov');
  for (const place of [child(movie, 'udta'), movie, bytes]) {
    const meta = child(place, 'meta');
    // The older form has a version before its boxes, QuickTime's has none.
    for (const body of meta ? [meta, meta.slice(4, meta.length)] : []) readMeta(body, tags);
  }
  return tags;
}

function readMeta(meta: Bytes, tags: Tags): void {
  const list = child(meta, 'ilst');
  if (!list) return;
  const names = keyNames(child(meta, 'keys'));
  for (const { type, body } of boxes(list)) {
    const data = child(body, 'data');
    if (!data) continue;
    const index = [...type].reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0);
    const inner = child(body, 'name');
    const name =
      type === '----'
        ? inner?.text(4)
        : type === '©cmt' || type === '\u00a9cmt'
          ? 'comment'
          : names[index - 1];
    if (name) addTag(tags, name, () => data.text(8));
  }
}

function keyNames(keys: Bytes | undefined): string[] {
  const names: string[] = [];
  for (const { body } of keys ? boxes(keys.slice(8, keys.length)) : []) names.push(body.text());
  return names;
}

/** AVIF and HEIC: the EXIF item, found by its mark inside the `meta` and `mdat` boxes' first part. */
export function readAvif(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const meta = child(bytes, 'meta');
  const places = meta ? exifPlaces(meta.slice(4, meta.length)) : [];
  for (const { start, length } of places) {
    const item = bytes.slice(start, start + length);
    // The item begins with the distance to its TIFF head.
    const skip = item.u32(0) ?? 0;
    readExif(item.slice(4 + skip, item.length), tags);
    if (tags.size === 0) readExif(item.slice(4, item.length), tags);
  }
  return tags;
}

/** Where the items of type `Exif` lie, by `iinf` (what there is) and `iloc` (where). */
function exifPlaces(meta: Bytes): { start: number; length: number }[] {
  const ids = new Set<number>();
  const info = child(meta, 'iinf');
  const skip = info?.u8(0) === 0 ? 6 : 8;
  for (const { type, body } of info ? boxes(info.slice(skip, info.length)) : []) {
    const wide = (body.u8(0) ?? 0) >= 3;
    const id = wide ? body.u32(4) : body.u16(4);
    if (type === 'infe' && id !== undefined && body.ascii(wide ? 10 : 8, 4) === 'Exif') ids.add(id);
  }
  const location = child(meta, 'iloc');
  return location ? itemPlaces(location, ids) : [];
}

function itemPlaces(iloc: Bytes, ids: ReadonlySet<number>): { start: number; length: number }[] {
  const version = iloc.u8(0) ?? 0;
  const sizes = [
    (iloc.u8(4) ?? 0) >> 4,
    (iloc.u8(4) ?? 0) & 15,
    (iloc.u8(5) ?? 0) >> 4,
    (iloc.u8(5) ?? 0) & 15,
  ];
  const [offsetSize = 0, lengthSize = 0, baseSize = 0, indexSize = 0] = sizes;
  const wide = version === 2;
  const count = Math.min((wide ? iloc.u32(6) : iloc.u16(6)) ?? 0, 1000);
  const number = (at: number, size: number) =>
    size === 8
      ? (iloc.u64(at) ?? 0)
      : size === 4
        ? (iloc.u32(at) ?? 0)
        : size === 2
          ? (iloc.u16(at) ?? 0)
          : 0;
  const found: { start: number; length: number }[] = [];
  let at = wide ? 10 : 8;
  for (let item = 0; item < count && at < iloc.length; item += 1) {
    const id = (wide ? iloc.u32(at) : iloc.u16(at)) ?? -1;
    at += (wide ? 4 : 2) + (version > 0 ? 2 : 0) + 2;
    const base = number(at, baseSize);
    const extents = Math.min(iloc.u16(at + baseSize) ?? 0, 100);
    at += baseSize + 2;
    for (let extent = 0; extent < extents; extent += 1) {
      if (version > 0) at += indexSize;
      if (ids.has(id))
        found.push({ start: base + number(at, offsetSize), length: number(at + offsetSize, lengthSize) });
      at += offsetSize + lengthSize;
    }
  }
  return found;
}
