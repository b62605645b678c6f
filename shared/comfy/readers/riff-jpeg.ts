import { addTag, type Bytes, type Tags } from './bytes.ts';
import { readExif } from './exif.ts';

/** WebP: the `EXIF` chunk of its RIFF list. */
export function readWebp(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  for (let at = 12; bytes.has(at, 8); ) {
    const length = bytes.u32(at + 4, true) ?? 0;
    if (bytes.ascii(at, 4) === 'EXIF') readExif(bytes.slice(at + 8, at + 8 + length), tags);
    at += 8 + length + (length % 2);
  }
  return tags;
}

/** JPEG: EXIF in the first application segment, or a comment that is JSON. */
export function readJpeg(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  for (let at = 2; bytes.u8(at) === 0xff && bytes.has(at, 4); ) {
    const marker = bytes.u8(at + 1);
    const length = bytes.u16(at + 2) ?? 0;
    if (marker === 0xda || length < 2) break;
    const segment = bytes.slice(at + 4, at + 2 + length);
    if (marker === 0xe1) readExif(segment, tags);
    if (marker === 0xfe) addTag(tags, 'comment', () => segment.text());
    at += 2 + length;
  }
  return tags;
}
