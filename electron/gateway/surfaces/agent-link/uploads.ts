import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { uploadReply } from '#shared/link/protocol.ts';
import { uuid } from '#shared/wire/common.ts';
import { uploadPath } from '../../agents/assignment.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { openAttempt } from '../../store/repositories/tasks.ts';

/** Outputs of an attempt come up as streams, to the signed address of its assignment. */
export function uploadRoutes(app: App, { objects, signer, store, config }: Rooms): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.put(
    '/api/v1/agent/outputs/:attemptId',
    {
      schema: {
        hide: true,
        params: z.object({ attemptId: uuid }),
        querystring: z.record(z.string(), z.string()),
        response: { 200: uploadReply },
      },
    },
    (request) => {
      const { attemptId } = request.params;
      const claims = signer.verify(uploadPath(attemptId), request.query, ['fence']);
      if (!claims) throw new AppError('signature_invalid');
      if (!openAttempt(store.read, attemptId, Number(claims.fence))) {
        throw new AppError('conflict', 'This attempt is over; its outputs are not wanted any more.');
      }
      return objects.put(request.body as Readable, { maxBytes: config.limits.fileBytes });
    },
  );
}
