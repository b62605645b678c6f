import { WorkflowFileError } from '../convert/problems.ts';
import { isUiWorkflow } from '../convert/ui-graph.ts';
import { isObject, type Json, own } from '../json.ts';
import { readFlac, readId3, readOgg } from './audio.ts';
import { Bytes, type Tags } from './bytes.ts';
import { readAvif, readMovie } from './iso-media.ts';
import { readMatroska } from './matroska.ts';
import { readPng } from './png.ts';
import { readJpeg, readWebp } from './riff-jpeg.ts';
import { mostText, parseJson, readGlb, readSafetensors, readSvg } from './texts.ts';

/** What a file turned out to be. */
export type FileKind =
  | 'json'
  | 'png'
  | 'webp'
  | 'jpeg'
  | 'avif'
  | 'mp4'
  | 'webm'
  | 'flac'
  | 'ogg'
  | 'mp3'
  | 'svg'
  | 'glb'
  | 'safetensors';

/** A workflow as a file carries it: drawn (`ui`), ready to run (`api`), or an import body of our own (`body`). */
export interface FoundWorkflow {
  readonly kind: FileKind;
  readonly ui: Json | undefined;
  readonly api: Json | undefined;
  readonly body: Json | undefined;
}

const words: Readonly<Record<FileKind, string>> = {
  json: 'JSON file',
  png: 'PNG picture',
  webp: 'WebP picture',
  jpeg: 'JPEG picture',
  avif: 'AVIF picture',
  mp4: 'video',
  webm: 'WebM video',
  flac: 'FLAC sound',
  ogg: 'Ogg sound',
  mp3: 'MP3 sound',
  svg: 'SVG picture',
  glb: '3D scene',
  safetensors: 'tensor file',
};

/** Tells a file by its first bytes, never by its name. Undefined: none that can carry a workflow. */
export function detect(bytes: Bytes): FileKind | undefined {
  const four = bytes.ascii(0, 4);
  if (bytes.ascii(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (four === 'RIFF' && bytes.ascii(8, 4) === 'WEBP') return 'webp';
  if (bytes.u8(0) === 0xff && bytes.u8(1) === 0xd8) return 'jpeg';
  if (bytes.ascii(4, 4) === 'ftyp') return /^(avi|hei|mif)/.test(bytes.ascii(8, 4)) ? 'avif' : 'mp4';
  if (bytes.u32(0) === 0x1a45dfa3) return 'webm';
  if (four === 'fLaC') return 'flac';
  if (four === 'OggS') return 'ogg';
  if (four.startsWith('ID3') || (bytes.u8(0) === 0xff && ((bytes.u8(1) ?? 0) & 0xe0) === 0xe0)) return 'mp3';
  if (four === 'glTF') return 'glb';
  if (
    bytes.u8(8) === 0x7b &&
    (bytes.u64(0, true) ?? 0) <= Math.max(mostText, bytes.length) &&
    bytes.u8(7) === 0
  )
    return 'safetensors';
  const start = bytes
    .text(0, 1000)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^[{[]/.test(start)) return 'json';
  return /^<(\?xml|svg|!--|!DOCTYPE svg)/i.test(start) ? 'svg' : undefined;
}

const readers: Readonly<Record<Exclude<FileKind, 'json'>, (bytes: Bytes) => Tags | Promise<Tags>>> = {
  png: readPng,
  webp: readWebp,
  jpeg: readJpeg,
  avif: readAvif,
  mp4: readMovie,
  webm: readMatroska,
  flac: readFlac,
  ogg: readOgg,
  mp3: readId3,
  svg: readSvg,
  glb: readGlb,
  safetensors: readSafetensors,
};

/**
 * Reads the workflow out of a file of any kind (comfyui-protocol.md section 11, “embedded metadata”). Pure: nothing in
 * the file is executed, memory stays within a small multiple of the file. Throws only `WorkflowFileError`, with words
 * for the person who chose the file.
 */
export async function readWorkflowFile(data: Uint8Array): Promise<FoundWorkflow> {
  const bytes = new Bytes(data);
  if (bytes.length === 0) throw new WorkflowFileError('This file is empty.');
  const kind = detect(bytes);
  if (!kind) {
    throw new WorkflowFileError(
      'This kind of file carries no workflow: it is no JSON, and no picture, video, sound or scene that ComfyUI saves.',
    );
  }
  if (kind === 'json') {
    if (bytes.length > mostText)
      throw new WorkflowFileError(`This file is larger than ${mostText / 1024 / 1024} MB; it is not read.`);
    return readJson(parseJson(bytes.text().replace(/^\uFEFF/, ''), 'This file'));
  }
  return fromTags(kind, await readers[kind](bytes));
}

/** What a parsed JSON file holds. */
export function readJson(value: unknown): FoundWorkflow {
  const found = { kind: 'json', ui: undefined, api: undefined, body: undefined } as const;
  if (isUiWorkflow(value)) {
    if ((value.nodes as unknown[]).length === 0) throw new WorkflowFileError('This workflow has no nodes.');
    return { ...found, ui: value };
  }
  if (!isObject(value))
    throw new WorkflowFileError('This JSON file is not a workflow: it must be an object of nodes.');
  const inner = own(value, 'workflow_json');
  if (isObject(inner)) return isUiWorkflow(inner) ? { ...found, ui: inner } : { ...found, body: value };
  const [prompt, workflow] = [own(value, 'prompt'), own(value, 'workflow')];
  if (isUiWorkflow(workflow) || isGraph(prompt)) {
    return {
      ...found,
      ui: isUiWorkflow(workflow) ? workflow : undefined,
      api: isGraph(prompt) ? prompt : undefined,
    };
  }
  if (isGraph(workflow)) return { ...found, api: workflow };
  if (Object.values(value).some((node) => isObject(node) && 'class_type' in node))
    return { ...found, api: value };
  throw new WorkflowFileError(
    'This JSON file holds no workflow: neither ComfyUI’s list of nodes nor nodes with a class_type.',
  );
}

const isGraph = (value: unknown): value is Json =>
  isObject(value) &&
  !isUiWorkflow(value) &&
  Object.values(value).length > 0 &&
  Object.values(value).every((node) => isObject(node) && 'class_type' in node);

function fromTags(kind: FileKind, tags: Tags): FoundWorkflow {
  const ui = parsed(tags.get('workflow'), isUiWorkflow);
  const api = parsed(tags.get('prompt'), isGraph) ?? parsed(tags.get('workflow'), isGraph);
  if (ui || api) return { kind, ui, api, body: undefined };
  const comment = tags.get('comment') ?? tags.get('usercomment');
  if (comment?.trimStart().startsWith('{')) {
    const value = parseJson(comment, 'The comment in this file');
    const both = isObject(value)
      ? new Map(
          Object.entries(value).map(([name, one]) => [
            name,
            typeof one === 'string' ? one : JSON.stringify(one),
          ]),
        )
      : new Map<string, string>();
    const inner = {
      ui: parsed(both.get('workflow'), isUiWorkflow),
      api: parsed(both.get('prompt'), isGraph),
    };
    if (inner.ui || inner.api) return { kind, ...inner, body: undefined };
  }
  throw new WorkflowFileError(
    tags.has('parameters')
      ? `This ${words[kind]} carries settings of another program (“parameters”), but no ComfyUI workflow.`
      : `This ${words[kind]} carries no workflow. ComfyUI writes it into what it saves, unless that is switched off or another program saved the file again.`,
  );
}

function parsed<Kind extends Json>(
  text: string | undefined,
  is: (value: unknown) => value is Kind,
): Kind | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text, 'The workflow in this file');
    return is(value) ? value : undefined;
  } catch (error) {
    if (text.length > mostText || /nested/.test(String(error))) throw error;
    return undefined;
  }
}
