import { addTag, type Bytes, type Tags } from './bytes.ts';
import { readExif } from './exif.ts';
import { inflate } from './inflate.ts';

/**
 * PNG: `tEXt`, `zTXt` and `iTXt` chunks, `eXIf`, and ComfyUI's own `comf` chunk of animated ones (key, NUL, JSON in
 * Latin-1; comfyui-protocol.md section 11).
 */
export async function readPng(bytes: Bytes): Promise<Tags> {
  const tags: Tags = new Map();
  for (let at = 8; bytes.has(at, 12); ) {
    const length = bytes.u32(at) ?? 0;
    const type = bytes.ascii(at + 4, 4);
    const chunk = bytes.slice(at + 8, at + 8 + length);
    if (type === 'IEND') break;
    if (type === 'eXIf') readExif(chunk, tags);
    else if (['tEXt', 'zTXt', 'iTXt', 'comf'].includes(type)) await readText(type, chunk, tags);
    at += 12 + length;
  }
  return tags;
}

async function readText(type: string, chunk: Bytes, tags: Tags): Promise<void> {
  const end = chunk.find(0, 0, 200);
  if (end < 0) return;
  const name = chunk.text(0, end, 'latin1');
  if (type === 'tEXt' || type === 'comf') return addTag(tags, name, () => json(chunk, end + 1));
  if (type === 'zTXt') return add(tags, name, chunk, end + 2, true);
  const packed = chunk.u8(end + 1) === 1;
  const language = chunk.find(0, end + 3, chunk.length);
  const translated = language < 0 ? -1 : chunk.find(0, language + 1, chunk.length);
  if (translated >= 0) await add(tags, name, chunk, translated + 1, packed);
}

async function add(tags: Tags, name: string, chunk: Bytes, from: number, packed: boolean): Promise<void> {
  const part = chunk.slice(from, chunk.length);
  // Only what is wanted is unpacked, and once.
  const probe: Tags = new Map();
  addTag(probe, name, () => '');
  const [key] = probe.keys();
  if (key === undefined || tags.has(key)) return;
  const data = packed ? await inflate(part.data) : part.data;
  addTag(tags, name, () => new TextDecoder().decode(data));
}

/** The standard says Latin-1, and writers of workflows put UTF-8 there all the same: what is valid UTF-8 is UTF-8. */
function json(chunk: Bytes, from: number): string {
  const part = chunk.data.subarray(from);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(part);
  } catch {
    return new TextDecoder('latin1').decode(part);
  }
}
