import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { thumbnailSizes } from '../../gallery/thumbnails.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';

const inert = { 'content-security-policy': "default-src 'none'; sandbox" } as const;
const signedQuery = z.record(z.string(), z.string());
const thumbnail = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  file: z.enum(thumbnailSizes.map((size) => `${size}.webp` as const)),
});

export const zipPath = (ticket: string): string => `/zips/${ticket}/pictures.zip`;

/** Thumbnails and zips: no key needed, the address is the permission. Outside `/api/v1`. */
export function outputFileRoutes(app: App, { gallery }: Rooms): void {
  app.get(
    '/thumbnails/:sha256/:file',
    { schema: { hide: true, params: thumbnail, querystring: signedQuery } },
    async (request, reply) => {
      const { sha256, file } = request.params;
      const size = file === 'small.webp' ? 'small' : 'large';
      if (!gallery.thumbnails.permits(sha256, size, request.query)) throw new AppError('signature_invalid');
      const stream = await gallery.thumbnails.open(sha256, size);
      if (!stream) throw new AppError('not_found', 'There is no small picture of this file.');
      reply.headers({
        ...inert,
        'content-type': 'image/webp',
        // Content under this address never changes.
        'cache-control': 'private, max-age=86400, immutable',
      });
      return reply.send(stream);
    },
  );

  app.get(
    '/zips/:ticket/pictures.zip',
    { exposeHeadRoute: false, schema: { hide: true, params: z.object({ ticket: z.string().max(64) }) } },
    async (request, reply) => {
      const { stream, size } = await gallery.zips.open(request.params.ticket);
      reply.headers({
        ...inert,
        'content-type': 'application/zip',
        'content-disposition': 'attachment; filename="atelier.zip"',
      });
      // Unknown only where a file is larger than it can be.
      if (size >= 0) reply.header('content-length', size);
      return reply.send(stream);
    },
  );
}
