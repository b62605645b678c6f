import { basename, isAbsolute, join } from 'node:path';
import { isInside } from '../nodes/folders.ts';
import type { NodeContext } from '../nodes/node.ts';
import { HttpError } from './parts.ts';

type Folders = NodeContext['folders'];

/** What a client names a file by, in `/view` and in `/upload/mask`. */
export interface FileReference {
  readonly filename?: unknown;
  readonly subfolder?: unknown;
  readonly type?: unknown;
}

/** The folder and the name that a reference means (comfyui-protocol.md section 9); refuses what leads outside. */
export function placeOf(reference: FileReference, folders: Folders): { folder: string; name: string } {
  const said = typeof reference.filename === 'string' ? reference.filename : '';
  const annotated = /^(.*) \[(input|output|temp)\]$/s.exec(said);
  const filename = annotated?.[1] ?? said;
  if (filename === '' || filename.startsWith('/') || filename.includes('..') || filename.includes('\0')) {
    throw new HttpError(400);
  }
  const type = annotated?.[2] ?? reference.type ?? 'output';
  if (type !== 'input' && type !== 'output' && type !== 'temp') throw new HttpError(400);
  const root = folders[type];
  const subfolder = typeof reference.subfolder === 'string' ? reference.subfolder : '';
  const folder = join(root, subfolder);
  if (isAbsolute(subfolder) || !isInside(root, folder)) throw new HttpError(403);
  return { folder, name: basename(filename) };
}
