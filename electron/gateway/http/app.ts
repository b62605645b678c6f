import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { AppError } from '#shared/errors.ts';
import type { GatewayConfig } from '../config.ts';
import { errorHandler } from './errors.ts';
import { guard } from './guard.ts';

export type App = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; " +
    "style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** A bare app with our manners: guard, headers, JSON only, errors in the envelope. Surfaces add their routes. */
export function createApp(config: GatewayConfig, hosts: () => ReadonlySet<string>): App {
  const app: App = Fastify({
    bodyLimit: config.limits.bodyBytes,
    forceCloseConnections: true,
    logger: false,
    routerOptions: { maxParamLength: 4096 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', null);
  app.decorateRequest('user', null);

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const refused = guard(
      {
        method: request.method,
        host: request.headers.host,
        origin: request.headers.origin,
        fetchSite: headerText(request.headers['sec-fetch-site']),
      },
      hosts(),
    );
    if (refused) throw new AppError(refused);
  });
  // A call without a body is a call with an empty one: `POST …/run` needs none when nothing is required.
  app.addHook('preValidation', async (request) => {
    if ((request.body === undefined || request.body === null) && request.routeOptions.schema?.body)
      request.body = {};
  });
  app.setErrorHandler(errorHandler(config.log));
  return app;
}

const headerText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
