import type { FastifyInstance } from 'fastify';

export type Document = Record<string, unknown>;

const words = {
  title: 'Atelier',
  description:
    'The job API of an Atelier studio. Paths, fields and codes follow Cyberun Cloud’s published API; what is ours ' +
    'is marked `x-atelier: true`.',
};

/**
 * Adds the OpenAPI document to an app, before its routes. Loaded only when somebody asks for the document: it costs more
 * to load than the rest of the gateway.
 */
export async function documentRoutes(
  app: FastifyInstance,
  version: string,
  withPage: boolean,
): Promise<void> {
  const [{ default: swagger }, { jsonSchemaTransform, jsonSchemaTransformObject }] = await Promise.all([
    import('@fastify/swagger'),
    import('fastify-type-provider-zod'),
  ]);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...words, version },
      servers: [{ url: '/api/v1' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A sign-in token, or a key (sk-, dk-).' },
        },
      },
      security: [{ bearer: [] }],
    },
    transform: ({ schema, url, ...rest }) =>
      // Routes are documented below the server's own prefix.
      jsonSchemaTransform({ ...rest, schema, url: url.replace(/^\/api\/v1/, '') }),
    transformObject: jsonSchemaTransformObject,
  });
  if (!withPage) return;
  const { default: page } = await import('@fastify/swagger-ui');
  await app.register(page, {
    routePrefix: '/docs',
    theme: { title: 'Atelier API' },
    uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0 },
  });
}
