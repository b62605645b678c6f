import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { uuid } from '#shared/wire/common.ts';
import type { App } from '../../http/app.ts';
import { sendFile } from '../../http/file-transfer.ts';
import type { Rooms } from '../../rooms.ts';
import { requireHeaders } from '../cyberun/files.ts';

const signed = z.record(z.string(), z.string());

/** The signed addresses of models: uploads to the library, and what agents fetch. The signature is the permission. */
export function modelFileRoutes(app: App, { models, files }: Rooms): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.put(
    '/files/models/:teamId/:id',
    { schema: { hide: true, params: z.object({ teamId: uuid, id: uuid }), querystring: signed } },
    async (request, reply) => {
      const { teamId, id } = request.params;
      const upload = models.uploads.permitted(`models/${teamId}/${id}`, request.query);
      requireHeaders(request, { 'content-length': String(upload.file_size), 'if-none-match': '*' });
      await models.uploads.receive(upload, request.body as Readable);
      return reply.code(200).send();
    },
  );

  app.get(
    '/api/v1/agent/models/:id',
    { schema: { hide: true, params: z.object({ id: uuid }), querystring: signed } },
    (request, reply) => {
      const file = models.sync.permitted(request.params.id, request.query);
      if (!file) throw new AppError('signature_invalid');
      return sendFile(files, file, request, reply);
    },
  );
}
