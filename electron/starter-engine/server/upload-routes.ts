import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isObject } from '../execution/prompt.ts';
import { fileExists, isInside } from '../nodes/folders.ts';
import { maxUploadSize } from './features.ts';
import { HttpError, isStream, type Parts } from './parts.ts';
import { withMask } from './pictures.ts';
import { placeOf } from './places.ts';

/** A received form: its file lies under a name of its own until it gets its place. */
interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly filename: string;
  readonly path: string;
}

/** Files into the input folder (comfyui-protocol.md section 10). */
export function uploadRoutes(app: FastifyInstance, { folders }: Parts): void {
  const route = (path: string, prepare?: (form: Form) => Promise<void>): void => {
    app.post(path, async (request) => {
      const form = await receive(request, folders.temp);
      try {
        const place = destination(form, folders);
        await prepare?.(form);
        return await settle(form, place);
      } finally {
        await rm(form.path, { force: true });
      }
    });
  };
  route('/upload/image');
  route('/upload/mask', async ({ fields, path }) => {
    const reference = parse(fields.get('original_ref') ?? '');
    const { folder, name } = placeOf(isObject(reference) ? reference : {}, folders);
    if (!fileExists(join(folder, name))) throw new HttpError(400, `There is no ${name} to lay the mask on.`);
    await writeFile(path, await withMask(await readFile(join(folder, name)), await readFile(path)));
  });
}

async function receive(request: FastifyRequest, temp: string): Promise<Form> {
  if (!isStream(request.body)) throw new HttpError(400);
  const fields = new Map<string, string>();
  const path = join(temp, `upload-${randomUUID()}`);
  let filename = '';
  let writing: Promise<void> | undefined;
  const parser = new Busboy({
    headers: request.headers as BusboyHeaders,
    // A name with folders in it is answered as such, not quietly shortened.
    preservePath: true,
    limits: { fileSize: maxUploadSize, files: 1 },
  });
  parser.on('field', (name: string, value: string) => fields.set(name, value));
  parser.on('file', (name: string, stream: Readable & { truncated: boolean }, said: string | undefined) => {
    if (name !== 'image' || !said) {
      stream.resume();
      return;
    }
    filename = said;
    writing = pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 })).then(() => {
      if (stream.truncated) throw new HttpError(413, `More than ${maxUploadSize} bytes.`);
    });
    writing.catch(() => undefined);
  });
  try {
    await pipeline(request.body, parser);
    await writing;
  } catch (error) {
    await rm(path, { force: true });
    throw error instanceof HttpError ? error : new HttpError(400, (error as Error).message);
  }
  if (filename === '') throw new HttpError(400);
  return { fields, filename, path };
}

interface Place {
  readonly folder: string;
  readonly name: string;
  readonly subfolder: string;
  readonly type: string;
}

function destination({ fields, filename }: Form, folders: Parts['folders']): Place {
  const type = fields.get('type') ?? 'input';
  if (type !== 'input' && type !== 'output' && type !== 'temp')
    throw new HttpError(500, `unknown type ${type}`);
  const subfolder = fields.get('subfolder') ?? '';
  const folder = join(folders[type], normalize(subfolder));
  const path = join(folder, filename);
  const escapes =
    isAbsolute(subfolder) || isAbsolute(filename) || !isInside(folders[type], folder) || path.includes('\0');
  if (escapes || !isInside(folders[type], path) || path === folders[type]) throw new HttpError(400);
  return { folder, name: filename, subfolder, type };
}

/** Gives the file its name: the one that is there when it holds the same, else the next that is free. */
async function settle(form: Form, { folder, name, subfolder, type }: Place): Promise<Record<string, string>> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  const overwrite = ['true', '1'].includes(form.fields.get('overwrite') ?? '');
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? name : `${stem} (${count})${extension}`;
    const path = join(folder, candidate);
    if (overwrite) await rename(form.path, path);
    else if (!(await claim(form.path, path)) && !(await sameContent(form.path, path))) continue;
    return { name: candidate, subfolder, type };
  }
}

/** True when the name was free and is ours now; never over a file that another upload put there meanwhile. */
async function claim(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function sameContent(one: string, other: string): Promise<boolean> {
  return (await digest(one)).equals(await digest(other));
}

async function digest(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'original_ref must be JSON.');
  }
}
