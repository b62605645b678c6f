import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { roleAtLeast, toTimestamp, uuid } from '#shared/wire/common.ts';
import {
  completeMultipartReply,
  completeMultipartRequest,
  initiateMultipartReply,
  initiateMultipartRequest,
  multipartReply,
  presignPartReply,
  presignPartRequest,
} from '#shared/wire/multipart.ts';
import type { Admit, UploadView } from '../../files/multipart.ts';
import { permit, userOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { originOf, requireHeaders } from './files.ts';
import { describe } from './route.ts';

const words = { tag: 'upload', team: 'none' } as const;
const params = z.object({ uploadId: uuid });
const idOf = (request: { params: { uploadId: string } }): string => request.params.uploadId.toLowerCase();

/** Uploads in parts (spec 3.11). All steps but the first are ours: Cyberun's are not published. */
export function multipartRoutes(app: App, rooms: Rooms): void {
  beginRoutes(app, rooms);
  partsRoute(app, rooms);
  endRoutes(app, rooms);
}

/** The team is the upload's own: the documented call names none. */
const admitting =
  ({ identity }: Rooms, request: FastifyRequest): Admit =>
  (teamId, need) => {
    const role = identity.roleIn(teamId, userOf(request).user.id);
    if (!role) throw new AppError('not_found', 'There is no such upload in a team of yours.');
    if (roleAtLeast(role, need)) return;
    throw new AppError('forbidden', `This needs the role ${need}; yours in this team is ${role}.`);
  };

function beginRoutes(app: App, rooms: Rooms): void {
  const { identity, multipart } = rooms;
  app.post(
    '/uploads/multipart/initiate',
    {
      onRequest: permit(identity, 'initiateMultipart'),
      schema: describe(
        {
          ...words,
          id: 'initiateMultipart',
          summary: 'Initiate a multipart upload',
          description:
            'For what a presign call announced. Ask for an address for each part, PUT the parts in any order, then ' +
            'complete. Initiating again after a break gives the same upload; its parts are kept for three days after ' +
            'the last one.',
          errors: [404, 412],
        },
        { body: initiateMultipartRequest },
        { 200: initiateMultipartReply },
      ),
    },
    async (request) => {
      const { storage_key, file_size } = request.body;
      const { upload, partCount } = await multipart.initiate(
        storage_key,
        file_size,
        admitting(rooms, request),
      );
      return { upload_id: upload.id, storage_key, part_size: upload.part_size, part_count: partCount };
    },
  );
  app.get(
    '/uploads/multipart/:uploadId',
    {
      onRequest: permit(identity, 'getMultipart'),
      schema: describe(
        { ...words, id: 'getMultipart', summary: 'List the parts that are here', ours: true },
        { params },
        { 200: multipartReply },
      ),
    },
    (request) => shown(multipart.get(idOf(request), admitting(rooms, request))),
  );
}

function shown({ upload, partCount, parts }: UploadView): z.output<typeof multipartReply> {
  const complete = upload.completed_at !== null;
  return {
    upload_id: upload.id,
    storage_key: upload.storage_key,
    file_size: upload.size,
    part_size: upload.part_size,
    part_count: partCount,
    uploaded_bytes: complete ? upload.size : parts.reduce((sum, { size }) => sum + size, 0),
    is_complete: complete,
    created_at: toTimestamp(upload.created_at),
    parts: parts.map(({ number, size, etag }) => ({ part_number: number, part_size: size, etag })),
  };
}

function partsRoute(app: App, rooms: Rooms): void {
  const { identity, multipart } = rooms;
  app.post(
    '/uploads/multipart/:uploadId/parts',
    {
      onRequest: permit(identity, 'presignPart'),
      schema: describe(
        {
          ...words,
          id: 'presignPart',
          summary: 'Request an address for one part',
          description:
            'PUT the part to `upload_url` with every header of `upload_headers`. The answer’s `ETag` names what has ' +
            'come. A part that is sent again replaces the one before.',
          ours: true,
          errors: [409],
        },
        { params, body: presignPartRequest },
        { 200: presignPartReply },
      ),
    },
    (request) => {
      const { part_number } = request.body;
      const admit = admitting(rooms, request);
      const { path, size } = multipart.presignPart(idOf(request), part_number, admit);
      return {
        part_number,
        part_size: size,
        upload_url: originOf(request) + path,
        upload_headers: { 'Content-Length': String(size) },
      };
    },
  );
}

function endRoutes(app: App, rooms: Rooms): void {
  const { identity, multipart } = rooms;
  app.post(
    '/uploads/multipart/:uploadId/complete',
    {
      onRequest: permit(identity, 'completeMultipart'),
      schema: describe(
        {
          ...words,
          id: 'completeMultipart',
          summary: 'Complete a multipart upload',
          description:
            'Makes one file of the parts: a 409 names those that are missing, a 400 one whose ETag is another. Asked ' +
            'again, it says the same again.',
          ours: true,
          errors: [409, 412],
        },
        { params, body: completeMultipartRequest },
        { 200: completeMultipartReply },
      ),
    },
    async (request) => {
      const tags = request.body.parts?.map(({ part_number, etag }) => ({
        number: part_number,
        etag: etag.replace(/^"(.*)"$/, '$1'),
      }));
      const done = await multipart.complete(idOf(request), tags, admitting(rooms, request));
      return { storage_key: done.storageKey, file_size: done.size, file_hash: `sha256:${done.sha256}` };
    },
  );
  app.delete(
    '/uploads/multipart/:uploadId',
    {
      onRequest: permit(identity, 'abortMultipart'),
      schema: describe(
        {
          ...words,
          id: 'abortMultipart',
          summary: 'Give up a multipart upload',
          description: 'Its parts are removed. What was announced can still be uploaded.',
          ours: true,
          errors: [409],
        },
        { params },
        { 204: z.null() },
      ),
    },
    async (request, reply) => {
      await multipart.abort(idOf(request), admitting(rooms, request));
      return reply.code(204).send(null);
    },
  );
}

const partParams = z.object({ uploadId: uuid, partNumber: z.coerce.number().int().min(1).max(10_000) });

/** Where parts are put: no key needed, the signature is the permission. Outside `/api/v1`. */
export function partRoute(app: App, { multipart }: Rooms): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.put(
    '/files/parts/:uploadId/:partNumber',
    { schema: { hide: true, params: partParams, querystring: z.record(z.string(), z.string()) } },
    async (request, reply) => {
      const { uploadId, partNumber } = request.params;
      const size = multipart.permits(uploadId, partNumber, request.query);
      if (size === undefined) throw new AppError('signature_invalid');
      requireHeaders(request, { 'content-length': String(size) });
      const etag = await multipart.receive(uploadId, partNumber, request.body as Readable);
      return reply.code(200).header('etag', `"${etag}"`).send();
    },
  );
}
