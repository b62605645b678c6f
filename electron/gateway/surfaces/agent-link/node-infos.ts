import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { uuid } from '#shared/wire/common.ts';
import { nodeInfoPath } from '../../agents/node-infos.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';

/** Where an agent puts what its engine says of its node classes; the signature is its permission. */
export function nodeInfoRoute(app: App, { nodeInfos, signer }: Rooms): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.put(
    '/api/v1/agent/node-info/:teamId/:hash',
    {
      schema: {
        hide: true,
        params: z.object({ teamId: uuid, hash: z.string().regex(/^[0-9a-f]{64}$/) }),
        querystring: z.record(z.string(), z.string()),
        response: { 200: z.object({ is_success: z.literal(true) }) },
      },
    },
    async (request) => {
      const { teamId, hash } = request.params;
      if (!signer.verify(nodeInfoPath(teamId, hash), request.query, []))
        throw new AppError('signature_invalid');
      await nodeInfos.keep(teamId, hash, request.body as Readable);
      return { is_success: true as const };
    },
  );
}
