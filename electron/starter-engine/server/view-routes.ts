import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { fileExists } from '../nodes/folders.ts';
import { HttpError, type Parts } from './parts.ts';
import { alphaPng, opaquePng, smallPreview } from './pictures.ts';
import { placeOf } from './places.ts';

interface Query {
  filename?: string;
  subfolder?: string;
  type?: string;
  preview?: string;
  channel?: string;
}

/** Kinds that a browser would run: for download only. */
const active = /^\.(html?|xhtml|m?js|css|svg|xml)$/i;

/** Files of the three folders: as they are, with ranges, or as a preview or a channel of a picture. */
export function viewRoutes(app: FastifyInstance, { folders }: Parts): void {
  app.get<{ Querystring: Query }>('/view', async ({ query }, reply) => {
    if (query.filename === undefined) throw new HttpError(404);
    const { folder, name } = placeOf(query, folders);
    const path = join(folder, name);
    if (!fileExists(path)) throw new HttpError(404);
    reply.headers({
      'content-disposition': `filename="${headerName(name)}"`,
      'x-content-type-options': 'nosniff',
    });
    if (query.preview !== undefined) {
      const { mime, bytes } = await smallPreview(await readFile(path), query.preview, query.channel ?? '');
      return reply.type(mime).send(bytes);
    }
    if (query.channel === 'rgb' || query.channel === 'a') {
      const convert = query.channel === 'a' ? alphaPng : opaquePng;
      return reply.type('image/png').send(await convert(await readFile(path)));
    }
    if (!active.test(extname(name))) return reply.sendFile(name, folder);
    reply.type('application/octet-stream');
    reply.header('content-disposition', `attachment; filename="${headerName(name)}"`);
    return reply.sendFile(name, folder, { contentType: false });
  });
}

/** A header holds one byte a character: names go as UTF-8, as ComfyUI sends them. */
const headerName = (name: string): string =>
  Buffer.from(name.replace(/[\p{Cc}"\\]/gu, '_'), 'utf8').toString('latin1');
