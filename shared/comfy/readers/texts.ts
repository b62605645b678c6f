import { WorkflowFileError } from '../convert/problems.ts';
import { isObject, type Json, objectOf } from '../json.ts';
import { addTag, type Bytes, type Tags } from './bytes.ts';

/** Largest text that is parsed. */
export const mostText = 64 * 1024 * 1024;
const deepest = 200;

/**
 * Parses JSON that a stranger wrote. The depth is counted before parsing: a file of brackets only must not reach the
 * parser's own limits. `NaN` and `Infinity`, which Python writes, are read as null.
 */
export function parseJson(text: string, what: string): unknown {
  if (text.length > mostText) {
    throw new WorkflowFileError(`${what} is longer than ${mostText / 1024 / 1024} MB; it is not read.`);
  }
  checkDepth(text, what);
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(/([[:,]\s*)-?(?:NaN|Infinity)(?=\s*[,\]}])/g, '$1null'));
    } catch {
      throw new WorkflowFileError(`${what} is not valid JSON; the file may be cut off or damaged.`);
    }
  }
}

function checkDepth(text: string, what: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest)
        throw new WorkflowFileError(`${what} is nested more than ${deepest} levels deep; it is not read.`);
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
}

/** Values of metadata are JSON text, or already objects where the format is JSON itself. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function addAll(tags: Tags, record: Json): void {
  for (const [name, value] of Object.entries(record)) addTag(tags, name, () => asText(value));
}

/** `.safetensors` and `.latent`: a length, then a JSON head whose `__metadata__` holds texts. */
export function readSafetensors(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const length = Math.min(bytes.u64(0, true) ?? 0, mostText);
  const head = parseJson(bytes.text(8, 8 + length), 'The head of this file');
  addAll(tags, objectOf(objectOf(head).__metadata__));
  return tags;
}

/** GLB: the JSON chunk's `asset.extras`. */
export function readGlb(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const length = Math.min(bytes.u32(12, true) ?? 0, mostText);
  if (bytes.ascii(16, 4) !== 'JSON') return tags;
  const scene = objectOf(parseJson(bytes.text(20, 20 + length), 'The scene in this file'));
  addAll(tags, objectOf(objectOf(scene.asset).extras));
  return tags;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** SVG: the `metadata` element with one JSON of both. Found by its marks; no XML is interpreted. */
export function readSvg(bytes: Bytes): Tags {
  const tags: Tags = new Map();
  const text = bytes.text(0, Math.min(bytes.length, mostText));
  const start = text.search(/<metadata[\s>]/);
  const end = start < 0 ? -1 : text.indexOf('</metadata>', start);
  if (end < 0) return tags;
  const inside = text.slice(text.indexOf('>', start) + 1, end).trim();
  const plain = inside.startsWith('<![CDATA[')
    ? inside.slice(9, inside.lastIndexOf(']]>'))
    : inside.replace(
        /&(lt|gt|amp|quot|apos|#34|#39);/g,
        (_, name: string) => entities[name] ?? (name === '#34' ? '"' : "'"),
      );
  const value = parseJson(plain, 'The metadata of this picture');
  if (isObject(value)) addAll(tags, value);
  return tags;
}
