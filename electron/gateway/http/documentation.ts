import { createHash } from 'node:crypto';
import Fastify from 'fastify';
import type { App } from './app.ts';
import { documentRoutes } from './openapi.ts';

/** Adds the routes to be documented to an app. */
export type Routes = (app: App) => void;

/**
 * The OpenAPI document and its readable page. Both come from a second app with the same routes that is made at the first
 * request: the generator and the page take longer to load than the gateway itself.
 */
export function documentation(app: App, routes: Routes, version: string): void {
  let made: Promise<App> | undefined;
  const documented = (): Promise<App> => {
    made ??= describedApp(routes, version, true);
    return made;
  };
  app.addHook('onClose', async () => (await made?.catch(() => undefined))?.close());

  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async (request, reply) => {
    const text = JSON.stringify((await documented()).swagger());
    const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('application/json').serializer(String).send(text);
  });

  for (const path of ['/docs', '/docs/*']) {
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      const described = await documented();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      reply.hijack();
      described.routing(request.raw, reply.raw);
    });
  }
}

/** An app that is never listened to: only its document, and the page that shows it. */
async function describedApp(routes: Routes, version: string, withPage: boolean): Promise<App> {
  const app = Fastify() as unknown as App;
  const { serializerCompiler, validatorCompiler } = await import('fastify-type-provider-zod');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await documentRoutes(app, version, withPage);
  app.decorateRequest('caller', null);
  app.decorateRequest('user', null);
  await app.register(async (scope) => routes(scope as App), { prefix: '/api/v1' });
  await app.ready();
  return app;
}

/** The OpenAPI 3.1 document of these routes. */
export async function openApiDocument(routes: Routes, version: string): Promise<unknown> {
  const app = await describedApp(routes, version, false);
  const document = app.swagger();
  await app.close();
  return document;
}
