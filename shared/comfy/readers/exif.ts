import { addTag, type Bytes, type Tags } from './bytes.ts';

const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 9: 4, 10: 8 };
const subDirectory = 0x8769;
const userComment = 0x9286;
const mostEntries = 2000;

/** `prompt:{…}` in a tag of text: ComfyUI writes WebP so, one tag for each (comfyui-protocol.md section 11). */
function addPair(tags: Tags, text: string): void {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon));
  if (/^(prompt|workflow)$/i.test(name)) addTag(tags, name, () => text.slice(colon + 1));
  else if (text.trimStart().startsWith('{')) addTag(tags, 'comment', () => text);
}

/** The texts of an EXIF block: TIFF directories in either byte order, with or without the `Exif` mark before them. */
export function readExif(block: Bytes, tags: Tags): void {
  const bytes = block.ascii(0, 4) === 'Exif' ? block.slice(6, block.length) : block;
  const order = bytes.ascii(0, 2);
  if (order !== 'II' && order !== 'MM') return;
  const little = order === 'II';
  const waiting = [bytes.u32(4, little) ?? 0];
  const seen = new Set<number>();
  for (let at = waiting.pop(); at !== undefined && seen.size < 16; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const count = Math.min(bytes.u16(at, little) ?? 0, mostEntries);
    for (let entry = 0; entry < count; entry += 1) {
      const place = at + 2 + entry * 12;
      const tag = bytes.u16(place, little);
      const type = bytes.u16(place + 2, little) ?? 0;
      const size = (bytes.u32(place + 4, little) ?? 0) * (sizes[type] ?? 0);
      if (tag === subDirectory) waiting.push(bytes.u32(place + 8, little) ?? 0);
      if (size === 0 || (type !== 2 && tag !== userComment)) continue;
      const start = size <= 4 ? place + 8 : (bytes.u32(place + 8, little) ?? bytes.length);
      addPair(tags, textAt(bytes, start, size, tag === userComment, little));
    }
  }
}

/** User comments start with eight bytes that name their encoding. */
function textAt(bytes: Bytes, start: number, size: number, comment: boolean, little: boolean): string {
  const wide = comment && bytes.ascii(start, 7) === 'UNICODE';
  const from = comment && /^(ASCII|UNICODE|\0)/.test(bytes.ascii(start, 8)) ? start + 8 : start;
  const text = bytes.text(from, start + size, wide ? (little ? 'utf-16le' : 'utf-16be') : 'utf-8');
  return text.replace(/\0+$/, '');
}
