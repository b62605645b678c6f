import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { maxUploadSize } from './features.ts';
import { infoRoutes } from './info-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { isForeign } from './origin.ts';
import { HttpError, type Parts } from './parts.ts';
import { promptRoutes } from './prompt-routes.ts';
import { uploadRoutes } from './upload-routes.ts';
import { viewRoutes } from './view-routes.ts';

/** ComfyUI's server API. Every route stands bare and under `/api`. */
export async function createApp(parts: Parts): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: maxUploadSize, forceCloseConnections: true });
  app.addHook('onRequest', async (request) => {
    if (isForeign(request.headers)) throw new HttpError(403, 'Cross-origin requests are refused.');
  });
  readBodies(app);
  app.setErrorHandler((error, _request, reply) => {
    const status =
      error instanceof HttpError ? error.status : ((error as { statusCode?: number }).statusCode ?? 500);
    if (status >= 500)
      parts.log.say(`[ERROR] ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const words = error instanceof Error ? error.message : String(error);
    return reply.code(status).type('text/plain; charset=utf-8').send(words);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('404: Not Found'),
  );
  // As ComfyUI: any OPTIONS is answered, without a word that would let a foreign page in.
  app.options('*', async (_request, reply) => reply.send());
  await app.register(fastifyStatic, { root: parts.folders.output, serve: false, cacheControl: false });
  for (const prefix of ['', '/api']) {
    await app.register(
      async (scope) => {
        promptRoutes(scope, parts);
        viewRoutes(scope, parts);
        uploadRoutes(scope, parts);
        infoRoutes(scope, parts);
      },
      { prefix },
    );
  }
  await app.register(async (scope) => jobRoutes(scope, parts), { prefix: '/api' });
  return app;
}

/** Bodies are JSON whatever their content type says, as aiohttp reads them; multipart ones stay streams. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    try {
      done(null, JSON.parse(body.toString('utf8')));
    } catch (error) {
      // ComfyUI's own answers to broken JSON: an interrupt is one whatever its body says.
      if (request.routeOptions.url?.endsWith('/interrupt')) done(null, undefined);
      else done(new HttpError(500, (error as Error).message));
    }
  });
}
