import { addTag, type Bytes, type Tags } from './bytes.ts';

const ids = {
  segment: 0x18538067,
  tags: 0x1254c367,
  tag: 0x7373,
  simple: 0x67c8,
  name: 0x45a3,
  text: 0x4487,
};
const mostElements = 200_000;

interface Element {
  readonly id: number;
  readonly body: Bytes;
}

/** A number of one to eight bytes whose first bits say how many; `keep` leaves those bits in, as ids have them. */
function variable(bytes: Bytes, at: number, keep: boolean): { value: number; size: number } | undefined {
  const first = bytes.u8(at);
  if (!first) return undefined;
  const size = Math.clz32(first) - 23;
  if (!bytes.has(at, size)) return undefined;
  let value = keep ? first : first & (0xff >> size);
  let ones = (first & (0xff >> size)) === 0xff >> size;
  for (let more = 1; more < size; more += 1) {
    const byte = bytes.u8(at + more) ?? 0;
    value = value * 256 + byte;
    ones &&= byte === 0xff;
  }
  // All ones: a length that nobody knew while writing; it reaches to the end.
  return { value: !keep && ones ? Number.POSITIVE_INFINITY : value, size };
}

function* elements(bytes: Bytes): Generator<Element> {
  for (let at = 0, count = 0; at < bytes.length && count < mostElements; count += 1) {
    const id = variable(bytes, at, true);
    const length = id && variable(bytes, at + id.size, false);
    if (!id || !length) return;
    const start = at + id.size + length.size;
    yield { id: id.value, body: bytes.slice(start, start + length.value) };
    at = start + length.value;
  }
}

/** WebM and Matroska: simple tags by name. */
export function readMatroska(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  for (const segment of elements(bytes)) {
    if (segment.id !== ids.segment) continue;
    for (const part of elements(segment.body)) {
      if (part.id !== ids.tags) continue;
      for (const tag of elements(part.body)) if (tag.id === ids.tag) readTag(tag.body, tags);
    }
  }
  return tags;
}

function readTag(tag: Bytes, tags: Tags): void {
  for (const simple of elements(tag)) {
    if (simple.id !== ids.simple) continue;
    let name = '';
    for (const { id, body } of elements(simple.body)) {
      if (id === ids.name) name = body.text();
      if (id === ids.text) addTag(tags, name, () => body.text());
    }
  }
}
