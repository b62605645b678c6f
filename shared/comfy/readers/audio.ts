import { addTag, type Bytes, type Tags } from './bytes.ts';

const mostComments = 5000;

/** A block of Vorbis comments: a vendor, then `NAME=value`, lengths in little-endian. */
function readComments(bytes: Bytes, tags: Tags): void {
  const vendor = bytes.u32(0, true) ?? 0;
  let at = 4 + vendor;
  const count = Math.min(bytes.u32(at, true) ?? 0, mostComments);
  at += 4;
  for (let index = 0; index < count && bytes.has(at, 4); index += 1) {
    const length = bytes.u32(at, true) ?? 0;
    const equals = bytes.find(0x3d, at + 4, at + 4 + Math.min(length, 100));
    const [from, end] = [equals + 1, at + 4 + length];
    if (equals > 0) addTag(tags, bytes.text(at + 4, equals), () => bytes.text(from, end));
    at += 4 + length;
  }
}

/** FLAC: the block of comments, type 4. */
export function readFlac(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  for (let at = 4; bytes.has(at, 4); ) {
    const head = bytes.u32(at) ?? 0;
    const length = head & 0xffffff;
    if (((head >>> 24) & 0x7f) === 4) readComments(bytes.slice(at + 4, at + 4 + length), tags);
    at += 4 + length;
    if (head >>> 31) break;
  }
  return tags;
}

/** What a comment packet may grow to over its pages. */
const mostPacket = 32 * 1024 * 1024;

/** Ogg with Vorbis or Opus: the second packet, put together from its pages. */
export function readOgg(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const parts: Uint8Array[] = [];
  let [packet, size] = [0, 0];
  for (let at = 0; bytes.ascii(at, 4) === 'OggS' && bytes.has(at, 27) && packet < 2 && size < mostPacket; ) {
    const segments = bytes.u8(at + 26) ?? 0;
    let place = at + 27 + segments;
    for (let index = 0; index < segments && packet < 2; index += 1) {
      const length = bytes.u8(at + 27 + index) ?? 0;
      if (packet === 1) parts.push(bytes.slice(place, place + length).data);
      size += packet === 1 ? length : 0;
      place += length;
      if (length < 255) packet += 1;
    }
    let whole = 27 + segments;
    for (let index = 0; index < segments; index += 1) whole += bytes.u8(at + 27 + index) ?? 0;
    at += whole;
  }
  const joined = bytes.slice(0, 0).joined(parts);
  const start = joined.ascii(0, 8) === 'OpusTags' ? 8 : joined.ascii(1, 6) === 'vorbis' ? 7 : -1;
  if (start > 0) readComments(joined.slice(start, joined.length), tags);
  return tags;
}

/** A length of four times seven bits. */
const syncSafe = (bytes: Bytes, at: number): number =>
  [0, 1, 2, 3].reduce((sum, index) => sum * 128 + ((bytes.u8(at + index) ?? 0) & 0x7f), 0);

const encodings = ['latin1', 'utf-16', 'utf-16be', 'utf-8'];

/** MP3 and others with an ID3 head: `TXXX` frames, a name and a text. */
export function readId3(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const version = bytes.u8(3) ?? 0;
  const end = 10 + syncSafe(bytes, 6);
  for (let at = 10; at < end && bytes.has(at, 10); ) {
    const length = version >= 4 ? syncSafe(bytes, at + 4) : (bytes.u32(at + 4) ?? 0);
    if (length <= 0) break;
    const frame = bytes.slice(at + 10, at + 10 + length);
    const encoding = encodings[frame.u8(0) ?? 0] ?? 'latin1';
    if (bytes.ascii(at, 4) === 'TXXX') {
      const text = frame.text(1, frame.length, encoding);
      const split = text.indexOf('\0');
      const value = text
        .slice(split + 1)
        .replace(/^\uFEFF/, '')
        .replace(/\0+$/, '');
      if (split > 0) addTag(tags, text.slice(0, split), () => value);
    }
    at += 10 + length;
  }
  return tags;
}
