import type { FastifyInstance } from 'fastify';
import { type OpenApiDocument, tidyDocument } from './openapi-tidy.ts';

const words = {
  title: 'Atelier',
  description:
    'The job API of an Atelier studio: import a workflow, run it, follow the task, fetch what it made. Paths, fields ' +
    'and codes follow Cyberun Cloud’s published API; what is ours is marked `x-atelier: true`.\n\n' +
    'Send `Authorization: Bearer …` with a sign-in token, an integration key (`sk-`, runtime endpoints below `/r` ' +
    'only) or a device key (`dk-`). With a sign-in token also say which team you mean, in `X-Team-ID`; keys belong to ' +
    'one team already. Every error is `{ "error_message": … }` with a code for programs beside it.',
};

const tags = [
  { name: 'auth', description: 'Sign in and stay signed in.' },
  { name: 'user', description: 'The signed-in user.' },
  { name: 'team', description: 'Teams: everything belongs to one.' },
  { name: 'member', description: 'Who is in the team, and as what.' },
  { name: 'invitation', description: 'Asking people in, and coming in.' },
  { name: 'studio', description: 'The studio itself.' },
  { name: 'feature', description: 'What is switched on, and how much of it. The studio’s owner only.' },
  { name: 'devicepair', description: 'Letting a device in by typing its code.' },
  { name: 'credential', description: 'Keys for programs and agents. Signed-in admins only.' },
  { name: 'workflow', description: 'Workflows and their versions.' },
  { name: 'task', description: 'Runs of workflows: submit, list, follow, fetch, cancel.' },
  { name: 'file', description: 'Uploads for file parameters.' },
  { name: 'storage', description: 'What is kept, for how long, and how much of it.' },
  { name: 'upload', description: 'Large files in parts, in any order and after a break.' },
  { name: 'agent', description: 'The machines that execute.' },
  {
    name: 'engine',
    description: 'What executes on them: found, installed, launched, watched, kept up to date.',
  },
];

const teamHeader = {
  type: 'string',
  format: 'uuid',
  description:
    'The team to work in. Sign-in tokens must send it; keys belong to one team, so theirs is ignored.',
  examples: ['019abc12-4567-7890-abcd-ef1234567891'],
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
      servers: [{ url: '/api/v1', description: 'This studio' }],
      tags,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A sign-in token, or a key (sk-, dk-).' },
        },
      },
      security: [{ bearer: [] }],
    },
    transform({ schema, url, ...rest }) {
      // Routes are documented below the server's own prefix.
      const shown = jsonSchemaTransform({ ...rest, schema, url: url.replace(/^\/api\/v1/, '') });
      const { 'x-team': team, ...described } = shown.schema as Record<string, unknown>;
      const headers = { type: 'object', properties: { 'X-Team-ID': teamHeader } };
      if (team === undefined) return { ...shown, schema: described };
      const required = team === 'required' ? { required: ['X-Team-ID'] } : {};
      return { ...shown, schema: { ...described, headers: { ...headers, ...required } } };
    },
    transformObject: (made) => tidyDocument(jsonSchemaTransformObject(made) as OpenApiDocument) as object,
  });
  if (!withPage) return;
  const { default: page } = await import('@fastify/swagger-ui');
  await app.register(page, {
    routePrefix: '/docs',
    theme: { title: 'Atelier API' },
    uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0 },
  });
}
