import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Right, rights } from '../../../shared/rights.ts';
import { type Reply, send, withGateway } from './support.ts';

const gateway = withGateway();
let served: Reply;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

beforeAll(async () => {
  served = await gateway.call('GET', '/openapi.json', null);
});

const document = () => served.body as Document;
const operations = () =>
  Object.entries(document().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
  );

it('is served to everybody as OpenAPI 3.1, and not sent again to who has it', async () => {
  expect(served).toMatchObject({ status: 200, body: { openapi: expect.stringMatching(/^3\.1\./) } });
  const etag = served.headers.get('etag') ?? '';
  const again = await send(`${gateway.url}/api/v1/openapi.json`, { headers: { 'if-none-match': etag } });
  expect(again).toMatchObject({ status: 304, body: '' });
});

it('is the committed one, but for the version of the program', async () => {
  const committed = JSON.parse(await readFile(resolve('docs/api/openapi.json'), 'utf8')) as Document;
  const { info: _served, ...now } = document() as Document & { info: object };
  const { info: _committed, ...kept } = committed as Document & { info: object };
  // Run `node_modules/.bin/node build/check-api.mjs --write` when this difference is meant.
  expect(now).toEqual(kept);
});

it('has every endpoint of the spine', () => {
  expect(operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`)).toEqual(
    expect.arrayContaining([
      'POST /auth/login',
      'POST /auth/refresh',
      'GET /users/me',
      'POST /credentials',
      'GET /credentials',
      'DELETE /credentials/{id}',
      'POST /workflows/import',
      'GET /workflows',
      'GET /workflows/{workflowId}',
      'PUT /workflows/{workflowId}',
      'GET /r/workflows',
      'GET /r/workflows/{workflowId}',
      'GET /r/workflows/slug/{workflowSlug}',
      'POST /r/workflows/{workflowId}/run',
      'POST /r/workflows/slug/{workflowSlug}/run',
      'GET /r/tasks',
      'GET /r/tasks/{taskId}',
      'GET /r/tasks/{taskId}/result',
      'POST /r/tasks/{taskId}/cancel',
      'GET /r/tasks/{taskId}/events',
      'POST /r/files/presign',
      'GET /agents',
      'GET /r/agents',
    ]),
  );
});

it('keeps the names that Cyberun’s documentation uses', () => {
  const ids = operations().map(({ operationId }) => operationId);
  expect(ids).toEqual(expect.arrayContaining(['runWorkflow', 'runWorkflowBySlug']));
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.keys(document().components.schemas)).toEqual(
    expect.arrayContaining([
      'ParameterDef',
      'ParameterDefInput',
      'CredentialKind',
      'CreateCredentialResponse',
      'CredentialListItem',
    ]),
  );
});

it('describes every reply in words, with the team header where a team matters', () => {
  for (const {
    path,
    method,
    operationId,
    summary,
    tags,
    security,
    parameters = [],
    responses,
  } of operations()) {
    const name = `${method} ${path}`;
    expect(summary, name).toMatch(/\S/);
    expect(tags, name).toHaveLength(1);
    for (const { description } of Object.values(responses)) {
      expect(description, name).toMatch(/\S/);
      expect(description, name).not.toBe('Default Response');
    }
    const right: Right = rights[operationId as keyof typeof rights];
    expect(security?.length === 0, name).toBe(right.scope === 'anyone');
    expect(
      parameters.some((one) => one.name === 'X-Team-ID'),
      name,
    ).toBe('role' in right);
  }
  expect(document().paths['/r/tasks/{taskId}/events']?.get?.responses['200']?.content).toHaveProperty([
    'text/event-stream',
  ]);
  expect(document().paths['/credentials/{id}']?.delete?.responses['204']).not.toHaveProperty('content');
});

it('refers to nothing that it does not have, and has nothing that it does not refer to', () => {
  const text = JSON.stringify(document());
  const used = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
  );
  expect([...used].toSorted()).toEqual(Object.keys(document().components.schemas).toSorted());
});

it('is readable at /docs without a script that the page’s own rules forbid', async () => {
  const front = await fetch(`${gateway.url}/docs`);
  const html = await front.text();
  expect([front.status, front.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/html'),
  ]);
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
  expect(scripts.length).toBeGreaterThan(0);
  for (const [, attributes = '', inline] of scripts) {
    expect(inline?.trim()).toBe('');
    const source = /src="([^"]+)"/.exec(attributes)?.[1] ?? '';
    const script = await fetch(new URL(source, front.url));
    expect(script.status, source).toBe(200);
  }
});
