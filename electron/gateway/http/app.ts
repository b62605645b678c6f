import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { AppError } from '#shared/errors.ts';
import type { GatewayConfig } from '../config.ts';
import { errorHandler, malformedRequest } from './errors.ts';
import { guard } from './guard.ts';

export type App = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body holds a whole workflow, so it may be larger than others. */
    carriesWorkflow?: boolean;
  }
}

const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; " +
    "style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Replies hold keys and signed addresses; what may be kept says so itself.
  'cache-control': 'no-store',
} as const;

/** A bare app with our manners: guard, headers, JSON only, errors in the envelope. Surfaces add their routes. */
export function createApp(config: GatewayConfig, hosts: () => ReadonlySet<string>): App {
  const answerError = errorHandler(config.log);
  const app: App = Fastify({
    bodyLimit: config.limits.bodyBytes,
    forceCloseConnections: true,
    logger: false,
    routerOptions: { maxParamLength: 4096 },
    // An address that can't be decoded never reaches the hooks below.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.headers(securityHeaders)),
    clientErrorHandler: malformedRequest,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  acceptEmptyJson(app);
  app.decorateRequest('caller', null);
  app.decorateRequest('user', null);

  app.addHook('onRoute', (route) => {
    if (route.config?.carriesWorkflow) route.bodyLimit = config.limits.workflowBytes;
  });
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
  app.setErrorHandler(answerError);
  return app;
}

/** Clients that always say "JSON" say it of no body too, for instance when they cancel a task. */
function acceptEmptyJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
}

const headerText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
