import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { presignReply, presignRequest } from '#shared/wire/files.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { sendFile } from '../../http/file-transfer.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

/** Where the caller reached us, for the absolute addresses of replies. */
export const originOf = (request: FastifyRequest): string =>
  `${request.protocol}://${request.headers.host ?? ''}`;

/** Announcing an upload. */
export function presignRoute(app: App, { identity, files }: Rooms): void {
  app.post(
    '/r/files/presign',
    {
      onRequest: permit(identity, 'presignFile'),
      schema: describe(
        {
          tag: 'file',
          id: 'presignFile',
          summary: 'Request a presigned upload URL',
          description:
            'PUT the bytes to `upload_url` with every header of `upload_headers`, then use `file_key` as the value of a ' +
            'file parameter. A header that is missing is a 403, a second upload a 412.',
          errors: [413],
        },
        { body: presignRequest },
        { 200: presignReply },
      ),
    },
    (request) => files.presign(callerOf(request).teamId, request.body, originOf(request)),
  );
}

const anyKey = z.object({ '*': z.string() });
const signedQuery = z.record(z.string(), z.string());

/** The signed addresses themselves: no key needed, the signature is the permission. Outside `/api/v1`. */
export function fileRoutes(app: App, { files, objects }: Rooms): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.put(
    '/files/*',
    { schema: { hide: true, params: anyKey, querystring: signedQuery } },
    async (request, reply) => {
      const key = request.params['*'];
      if (!files.permits('put', key, request.query)) throw new AppError('signature_invalid');
      const file = files.find(key);
      if (!file) throw new AppError('not_found');
      requireHeaders(request, {
        'content-length': String(file.announced_size),
        'if-none-match': '*',
      });
      if (file.sha256) throw new AppError('already_exists', 'This file was uploaded before.');
      await files.receive(file, request.body as Readable);
      return reply.code(200).send();
    },
  );

  app.get(
    '/files/*',
    { schema: { hide: true, params: anyKey, querystring: signedQuery } },
    async (request, reply) => {
      const key = request.params['*'];
      if (!files.permits('get', key, request.query)) throw new AppError('signature_invalid');
      const file = files.readable(key);
      if (!file || !(await objects.has(file.sha256))) throw new AppError('not_found', 'This file is gone.');
      return sendFile(files, file, request, reply);
    },
  );
}

/** The presign reply's headers are part of the permission; one that is missing is a 403, a wrong length a 400. */
export function requireHeaders(request: FastifyRequest, expected: Record<string, string>): void {
  for (const [name, value] of Object.entries(expected)) {
    const given = request.headers[name];
    if (given === value) continue;
    if (name === 'content-length' && given !== undefined) {
      throw new AppError(
        'upload_mismatch',
        `The upload has ${String(given)} bytes, but ${value} were announced.`,
      );
    }
    throw new AppError(
      'signature_invalid',
      `Send the header "${name}: ${value}", as the presign reply says.`,
    );
  }
}
